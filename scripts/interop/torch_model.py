#!/usr/bin/env python3
"""The network of halompi in PyTorch, with weights of `halompi export --to safetensors`.

    from torch_model import Network
    network = Network.load("raw.safetensors")
    masses = network(boxes)                       # log10 M/Msun of [n, channel, w, w, w], not standardised

Compared with predictions of halompi, all of them or the first N; ends with 1 if one differs by more than 1e-5 dex:

    scripts/interop/torch_model.py raw.safetensors runs/gadget/predictions/raw-seed1/predictions.h5 \\
        runs/gadget/fields [N]

Needs torch, safetensors, h5py and numpy; scripts/interop/setup makes an environment with them.
"""

import functools
import json
import sys

import h5py
import numpy as np
import torch
import torch.nn.functional as F
from safetensors import safe_open
from safetensors.torch import load_file


class Network(torch.nn.Module):
    """Convolutions with max pools, then dense layers, then one number: see Documentation/weights.md."""

    def __init__(self, metadata):
        super().__init__()
        self.metadata = metadata
        shape = json.loads(metadata["architecture"])
        self.width, self.slope = shape["boxWidth"], shape["leakySlope"]
        channels = [shape.get("inputChannels", 1)] + shape["convolutionChannels"]
        width = self.width
        for layer, (inputs, outputs) in enumerate(zip(channels, channels[1:]), 1):
            self.add_module(f"conv{layer}", torch.nn.Conv3d(inputs, outputs, 3, padding=1))
            width = width if layer == 1 else (width + 1) // 2
        units = [channels[-1] * width**3] + shape["hiddenUnits"] + [1]
        for layer, (inputs, outputs) in enumerate(zip(units, units[1:]), 1):
            self.add_module(f"dense{layer}", torch.nn.Linear(inputs, outputs))
        self.gamma = torch.nn.Parameter(torch.ones(1))
        self.depth, self.last = len(channels) - 1, len(units) - 1

        scales, labels = json.loads(metadata["standardization"]), json.loads(metadata["labels"])
        scales = scales if isinstance(scales, list) else [scales]

        def column(values):
            return torch.tensor(np.array(values, np.float32))[:, None, None, None]

        self.mean = column([channel["mean"] for channel in scales])
        self.scale = column([1 / channel["standardDeviation"] for channel in scales])
        self.minimum, self.maximum = labels["minimum"], labels["maximum"]

    @classmethod
    def load(cls, path):
        """Reads the weights of a file; every tensor must be there, and no other."""
        with safe_open(path, framework="pt") as file:
            network = cls(file.metadata())
        network.load_state_dict(load_file(path), strict=True)
        return network.eval()

    def scaled(self, x):
        """The scaled label of standardised boxes, [n, channel, w, w, w] -> [n]."""
        for layer in range(1, self.depth + 1):
            x = self.get_submodule(f"conv{layer}")(x)
            if layer > 1:
                x = F.max_pool3d(x, 2, ceil_mode=True)
            x = F.leaky_relu(x, self.slope)
        x = x.flatten(1)
        for layer in range(1, self.last):
            x = F.leaky_relu(self.get_submodule(f"dense{layer}")(x), self.slope)
        return self.get_submodule(f"dense{self.last}")(x)[:, 0]

    def forward(self, boxes):
        """log10 M/Msun of boxes before standardisation (averaged and masked as `seen` does), [n, channel, w, w, w] -> [n]."""
        scaled = self.scaled((boxes - self.mean) * self.scale).double()
        return self.minimum + (scaled + 1) / 2 * (self.maximum - self.minimum)


def squared_radii(width):
    """The squared distance of each voxel of a box from its center voxel, [w, w, w]."""
    offsets = (np.arange(width) - width // 2) ** 2
    return offsets[:, None, None] + offsets[None, :, None] + offsets[None, None, :]


@functools.cache
def shells(width, count=20, spacing="linear"):
    """The shell of each voxel of a box: the ball of radius 2, then count - 1 up to the faces, and beyond."""
    squares = squared_radii(width)
    if width <= 4:
        return (squares > 4).astype(int)
    gaps, shell, found = count - 1, 0, {}
    for square in np.unique(squares).tolist():           # in whole numbers, which Python has of any size
        if spacing == "linear":
            while 4 * gaps**2 * square > (4 * gaps + shell * (width - 4)) ** 2:
                shell += 1
        else:
            while square**gaps * 4 ** (2 * shell) > 4**gaps * width ** (2 * shell):
                shell += 1
        found[square] = shell
    return np.vectorize(found.get)(squares)


def averaged(box, **settings):
    """A box with the mean of each shell in the place of its voxels."""
    labels = shells(len(box), **settings).ravel()
    sums = np.bincount(labels, weights=box.ravel().astype(float))
    counts = np.maximum(np.bincount(labels), 1)
    return (sums / counts).astype(np.float32)[labels].reshape(box.shape)


def seen(box, metadata, mean):
    """A box as the network sees it: averaged over shells, and masked with the mean of its channel."""
    if metadata["variant"] not in ("raw", "averaged"):
        sys.exit(f"this script makes raw and averaged boxes, and not {metadata['variant']} ones; give them to Network")
    if metadata["variant"] == "averaged":
        box = averaged(box, **json.loads(metadata.get("shells", "{}")))
    mask, squares = json.loads(metadata.get("mask", "{}")), squared_radii(len(box))
    shown = (squares >= mask.get("inner", 0) ** 2) & (squares <= mask.get("outer", np.inf) ** 2)
    return np.where(shown, box, np.float32(mean))


def cut(field, site, width):
    """The box of a periodic field [N, N, N] around a site."""
    place = np.unravel_index(site, field.shape)
    index = [(i - width // 2 + np.arange(width)) % len(field) for i in place]
    return field[np.ix_(*index)]


def boxes(metadata, predictions, fields, count=None):
    """The boxes [n, channel, w, w, w] of the rows of a file of predictions, and what it says of them [n]."""
    width = json.loads(metadata["architecture"])["boxWidth"]
    if metadata["field"] == "finalDensity":
        sys.exit("boxes of the final density are made of particles, which this script does not do; give them to Network")
    with h5py.File(predictions) as file:
        names = json.loads(file.attrs["simulations"])
        rows = {name: file[name][:count] for name in ("simulation", "site", "predictedLogMass")}
    channels = json.loads(metadata.get("channels", json.dumps([metadata["field"]])))
    scales = json.loads(metadata["standardization"])
    means = [scale["mean"] for scale in (scales if isinstance(scales, list) else [scales])]
    result = np.empty((len(rows["site"]), len(channels), width, width, width), np.float32)
    for index in np.unique(rows["simulation"]):
        with h5py.File(f"{fields}/{names[index]}.h5") as file:
            grids = [file[channel][()] for channel in channels]
        for row in np.flatnonzero(rows["simulation"] == index):
            for channel, (field, mean) in enumerate(zip(grids, means)):
                result[row, channel] = seen(cut(field, rows["site"][row], width), metadata, mean)
    return result, rows["predictedLogMass"]


def main(arguments):
    if len(arguments) not in (3, 4):
        print(__doc__.strip())
        return 64
    network = Network.load(arguments[0])
    count = int(arguments[3]) if len(arguments) == 4 else None
    inputs, expected = boxes(network.metadata, arguments[1], arguments[2], count)
    with torch.no_grad():
        found = [network(torch.from_numpy(part)).numpy() for part in np.array_split(inputs, -(-len(inputs) // 64))]
    difference = np.abs(np.concatenate(found) - expected).max()
    print(f"PyTorch {torch.__version__}: {len(expected)} predictions, largest difference {difference:.1e} dex")
    return 0 if difference <= 1e-5 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
