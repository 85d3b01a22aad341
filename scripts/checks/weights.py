#!/usr/bin/env python3
"""Checks exported weights with the programs that they are meant for, and runs the examples of Documentation/weights.md.

usage: scripts/checks/weights.py HALOMPI RUN TRAINING [N]

HALOMPI is the program, RUN a run directory with fields, a training and its predictions, TRAINING its name (raw-seed1).
The first N predictions (64) are compared. scripts/interop/setup makes the environment:

    scripts/interop/setup
    .venv-interop/bin/python scripts/checks/weights.py .build/release/halompi runs/quickstart raw-seed1

1  PyTorch and ONNX Runtime predict what halompi predicted, to 1e-5 dex; onnx's checker accepts the graph.
2  An exported model that is imported is the same file, byte for byte; safetensors reads and writes it.
3  The examples of the page run, in their order, in a folder of their own; they share their variables.
4  A network of Keras with the weights of the model predicts the same, by the page.
5  A network made and saved by Keras, converted by the page, predicts through halompi what it predicts in Keras; its
   channels in another order are refused.

The boxes may have several channels.
Ends with 1 at the first that fails.
"""

import os
import re
import subprocess
import sys
import tempfile

os.environ["KERAS_BACKEND"] = "torch"
root = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
sys.path.insert(0, os.path.join(root, "scripts/interop"))

import json

import h5py
import keras
import numpy as np
import onnx
import onnxruntime
import safetensors
import safetensors.numpy
import torch
import torch_model

TOLERANCE = 1e-5


def halompi(*arguments):
    end = subprocess.run([program, *arguments], capture_output=True, text=True)
    if end.returncode != 0:
        sys.exit(f"halompi {' '.join(arguments)} ended with {end.returncode}: {end.stderr}")


def agree(what, found, expected):
    difference = np.abs(np.asarray(found, float).ravel() - np.asarray(expected, float).ravel()).max()
    print(f"{what}: {len(expected)} predictions, largest difference {difference:.1e} dex")
    if not difference <= TOLERANCE:
        sys.exit(f"{what} differs by more than {TOLERANCE} dex")


def same_bytes(first, second):
    with open(first, "rb") as a, open(second, "rb") as b:
        if a.read() != b.read():
            sys.exit(f"{first} and {second} differ")


def keras_network(shape):
    """The network by Keras, with weights of its own and biases that are not zero."""
    keras.utils.set_random_seed(7)
    layers = [keras.layers.Input((shape["boxWidth"],) * 3 + (shape.get("inputChannels", 1),))]
    bias = keras.initializers.RandomUniform(-0.1, 0.1)
    for number, channels in enumerate(shape["convolutionChannels"]):
        layers.append(keras.layers.Conv3D(channels, 3, padding="same", bias_initializer=bias))
        if number > 0:
            layers.append(keras.layers.MaxPooling3D(2, padding="same"))
        layers.append(keras.layers.LeakyReLU(negative_slope=shape["leakySlope"]))
    layers.append(keras.layers.Flatten())
    for units in shape["hiddenUnits"]:
        layers += [keras.layers.Dense(units, bias_initializer=bias), keras.layers.LeakyReLU(negative_slope=shape["leakySlope"])]
    return keras.Sequential(layers + [keras.layers.Dense(1, bias_initializer=bias)])


def examples(variables):
    """Runs the blocks of the page that are marked as Python."""
    page = os.path.join(root, "Documentation/weights.md")
    with open(page, encoding="utf-8") as file:
        text = file.read()
    blocks = list(re.finditer(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    for block in blocks:
        line = text.count("\n", 0, block.start(1))
        exec(compile("\n" * line + block.group(1), page, "exec"), variables)
    print(f"{len(blocks)} examples of the page ran")
    return blocks


def main(run, training, count):
    model = os.path.abspath(f"{run}/training/{training}/model.h5")
    predictions, fields = os.path.abspath(f"{run}/predictions/{training}/predictions.h5"), os.path.abspath(f"{run}/fields")
    experiment = os.path.abspath(f"{run}/experiment.yaml")
    scratch = tempfile.TemporaryDirectory()
    os.chdir(scratch.name)
    halompi("export", model, "--to", "safetensors", "--output", "raw.safetensors")
    halompi("export", model, "--to", "onnx", "--output", "raw.onnx")

    network = torch_model.Network.load("raw.safetensors")
    boxes, expected = torch_model.boxes(network.metadata, predictions, fields, count)
    with torch.no_grad():
        agree(f"PyTorch {torch.__version__}", network(torch.from_numpy(boxes)), expected)
    onnx.checker.check_model("raw.onnx", full_check=True)
    session = onnxruntime.InferenceSession("raw.onnx", providers=["CPUExecutionProvider"])
    agree(f"ONNX Runtime {onnxruntime.__version__}", session.run(["logMass"], {"box": boxes})[0], expected)
    metadata = session.get_modelmeta().custom_metadata_map
    assert np.float32(metadata.pop("gamma")) == network.gamma.item()
    assert metadata == network.metadata, "the metadata of the two files differ"

    halompi("import", "raw.safetensors", "--output", "back/model.h5")
    same_bytes(model, "back/model.h5")
    with safetensors.safe_open("raw.safetensors", framework="np") as file:
        safetensors.numpy.save_file({name: file.get_tensor(name) for name in file.keys()}, "again.safetensors", file.metadata())
    halompi("import", "again.safetensors", "--output", "again/model.h5")
    same_bytes(model, "again/model.h5")
    print("exported and imported: the same bytes")

    shape = json.loads(metadata["architecture"])
    network = keras_network(shape)
    network.save("keras.h5")
    channels = json.loads(metadata.get("channels", json.dumps([metadata["field"]])))
    trained = json.loads(metadata["standardization"])
    trained = trained if isinstance(trained, list) else [trained]
    page = {
        "boxes": boxes, "w": shape["boxWidth"], "voxel_size": float(metadata["voxelSize"]), "model": model,
        "keras_network": keras_network(shape), "field": metadata["field"], "channels": channels,
        # Other scales than those of the training, each channel its own.
        "scales": [{"mean": scale["mean"] + n * scale["standardDeviation"] / 10, "standardDeviation": (1 + n / 2) * scale["standardDeviation"]}
                   for n, scale in enumerate(trained, 1)]}
    examples(page)
    agree(f"Keras {keras.__version__} with the weights of {len(channels)} channels", page["in_keras"](page["keras_network"], metadata, boxes), expected)
    # Weights alone, as older versions of Keras save them, are what a whole model has in a group.
    with h5py.File("keras.h5") as whole, h5py.File("alone.h5", "w") as alone:
        group = whole["model_weights"]
        alone.attrs["layer_names"] = group.attrs["layer_names"]
        for name in group:
            whole.copy(group[name], alone)
    alone = page["from_keras"]("alone.h5", 0.2)
    assert all(np.array_equal(alone[name], value) for name, value in page["tensors"].items())

    # Where `predict` looks for fields.
    os.makedirs("runs/keras")
    os.symlink(fields, "runs/keras/fields")
    imported_model = "runs/keras/training/raw-seed99/model.h5"
    halompi("import", "keras.safetensors", "--output", imported_model)
    changes = ["name=keras", "training.variant=raw", f"sampling.testSamples={count}", "training.threadsPerRank=1"]
    halompi("predict", experiment, "--runs", os.path.abspath("runs"), "--model", imported_model, "--quiet",
            *(word for change in changes for word in ("--set", change)))
    imported = torch_model.Network.load("keras.safetensors").metadata
    inputs, expected = torch_model.boxes(imported, "runs/keras/predictions/raw-seed99/predictions.h5", fields)
    agree(f"Keras {keras.__version__}", page["in_keras"](network, imported, inputs), expected)
    if len(channels) > 1:
        others = imported | {"channels": json.dumps(channels[::-1])}
        safetensors.numpy.save_file(page["tensors"], "others.safetensors", others)
        end = subprocess.run([program, "import", "others.safetensors", "--output", "others/model.h5"], capture_output=True, text=True)
        assert end.returncode == 65 and "into the order of its channels" in end.stderr, end.stderr
    return 0


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        print(__doc__.strip())
        sys.exit(64)
    program = os.path.abspath(sys.argv[1])
    sys.exit(main(sys.argv[2], sys.argv[3], int(sys.argv[4]) if len(sys.argv) == 5 else 64))
