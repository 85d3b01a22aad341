#!/usr/bin/env python3
"""Makes small.safetensors, plain.safetensors and small.onnx, with packages that know nothing of halompi.

    scripts/interop/setup
    .venv-interop/bin/python Tests/InterchangeTests/Fixtures/make_fixtures.py

A network of box width 4, two convolutions and one hidden layer. Element i of tensor number t, in the layout of
PyTorch, is ((37 i + 11 t) mod 101 - 50) / 256, and gamma 0.25. PyTorch computes its predictions in double precision.
"""

import json
import os

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from onnx import TensorProto, helper
from safetensors.numpy import save_file

SHAPES = {
    "conv1.weight": (2, 1, 3, 3, 3), "conv1.bias": (2,),
    "conv2.weight": (3, 2, 3, 3, 3), "conv2.bias": (3,),
    "dense1.weight": (5, 24), "dense1.bias": (5,),
    "dense2.weight": (1, 5), "dense2.bias": (1,),
}
METADATA = {
    "halompi": "1", "variant": "raw", "field": "density", "voxelSize": "0.5",
    "architecture": json.dumps({"boxWidth": 4, "convolutionChannels": [2, 3], "hiddenUnits": [5], "leakySlope": 0.03}),
    "standardization": json.dumps({"mean": 1.5, "standardDeviation": 0.25}),
    "labels": json.dumps({"minimum": 11.0, "maximum": 13.5}),
    "comment": "a quote \", a line\n, a tab\t, and λ",
}


def write_onnx(path, weights):
    """The same network with the package onnx, operation by operation."""
    constants, nodes, last = [], [], "box"

    def constant(name, kind, shape, values):
        data = np.asarray(values, "f4" if kind == TensorProto.FLOAT else "f8")
        constants.append(helper.make_tensor(name, kind, shape, data.tobytes(), raw=True))

    def add(operation, others, output, **attributes):
        nonlocal last
        nodes.append(helper.make_node(operation, [last] + others, [output], output, **attributes))
        last = output

    for name, values in weights.items():
        constant(name, TensorProto.FLOAT, values.shape, values)
    constant("standardization.shift", TensorProto.FLOAT, [], 1.5)
    constant("standardization.scale", TensorProto.FLOAT, [], 4)
    for name, value in {"one": 1, "half": 0.5, "range": 2.5, "minimum": 11}.items():
        constant(f"labels.{name}", TensorProto.DOUBLE, [], value)
    add("Sub", ["standardization.shift"], "shifted")
    add("Mul", ["standardization.scale"], "standardized")
    for layer in ("conv1", "conv2"):
        add("Conv", [f"{layer}.weight", f"{layer}.bias"], layer,
            kernel_shape=[3] * 3, pads=[1] * 6, strides=[1] * 3)
        if layer == "conv2":
            add("MaxPool", [], "conv2.pooled", kernel_shape=[2] * 3, strides=[2] * 3, ceil_mode=1)
        add("LeakyRelu", [], f"{layer}.rectified", alpha=0.03)
    add("Flatten", [], "features", axis=1)
    add("Gemm", ["dense1.weight", "dense1.bias"], "dense1", transB=1)
    add("LeakyRelu", [], "dense1.rectified", alpha=0.03)
    add("Gemm", ["dense2.weight", "dense2.bias"], "scaledLabel", transB=1)
    add("Cast", [], "labels.double", to=TensorProto.DOUBLE)
    for operation, name, output in (("Add", "one", "above"), ("Mul", "half", "share"), ("Mul", "range", "part"),
                                    ("Add", "minimum", "mass")):
        add(operation, [f"labels.{name}"], f"labels.{output}")
    add("Cast", [], "logMass", to=TensorProto.FLOAT)

    def value(name, shape, text):
        return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n"] + shape, text)

    graph = helper.make_graph(
        nodes, "halompi", [value("box", [1, 4, 4, 4], "boxes of density (raw), not standardized")],
        [value("scaledLabel", [1], "halo mass, scaled to [-1, 1]"), value("logMass", [1], "halo mass, log10 of Msun")],
        constants)
    model = helper.make_model(
        graph, producer_name="test", ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    helper.set_model_props(model, {
        "architecture": '{"boxWidth":4,"convolutionChannels":[2,3],"hiddenUnits":[5],"leakySlope":0.03}',
        "creator": "test", "epoch": "0", "field": "density", "format": "pt", "gamma": "0.25", "halompi": "1",
        "labels": '{"maximum":13.5,"minimum":11}', "seed": "0", "settings": "[]",
        "standardization": '{"mean":1.5,"standardDeviation":0.25}', "step": "0", "training": "[]",
        "trainingSamples": "0", "validation": "[]", "validationSamples": "0", "variant": "raw", "voxelSize": "0.5",
    })
    onnx.checker.check_model(model, full_check=True)
    with open(path, "wb") as file:
        file.write(model.SerializeToString(deterministic=True))


def main():
    folder = os.path.dirname(os.path.abspath(__file__))
    weights = {
        name: (((37 * np.arange(np.prod(shape)) + 11 * number) % 101 - 50) / 256).astype("f4").reshape(shape)
        for number, (name, shape) in enumerate(SHAPES.items())
    }
    save_file(weights | {"gamma": np.array([0.25], "f4")}, f"{folder}/small.safetensors", metadata=METADATA)
    save_file({"b.x": np.arange(6, dtype="f4").reshape(2, 3), "a": np.array([1.5, -0.0], "f4")}, f"{folder}/plain.safetensors",
              metadata={"comment": METADATA["comment"] + " \u0001\\/"})

    write_onnx(f"{folder}/small.onnx", weights)

    w = {name: torch.from_numpy(value).double() for name, value in weights.items()}
    box = torch.arange(64).double().reshape(1, 1, 4, 4, 4) * 29 % 64 / 64 + 1
    x = (box - 1.5) * 4
    x = F.leaky_relu(F.conv3d(x, w["conv1.weight"], w["conv1.bias"], padding=1), 0.03)
    x = F.leaky_relu(F.max_pool3d(F.conv3d(x, w["conv2.weight"], w["conv2.bias"], padding=1), 2, ceil_mode=True), 0.03)
    x = F.leaky_relu(F.linear(x.flatten(1), w["dense1.weight"], w["dense1.bias"]), 0.03)
    scaled = F.linear(x, w["dense2.weight"], w["dense2.bias"]).item()
    print("scaled label of the box 1 + (29 i mod 64) / 64:", repr(scaled))


if __name__ == "__main__":
    main()
