#!/usr/bin/env python3
"""Makes golden values of the network, its loss, priors and optimizer: PyTorch's automatic differentiation in float64.

usage: scripts/checks/golden_network.py SIZE BATCH STEPS FILE [--channels COUNT]

The network is the published one for boxes of COUNT x SIZE^3 voxels. FILE is what `halompi check golden` reads; weights, boxes
and truths are functions of integers, which `GoldenReference` describes, so that the file holds none of them.
Tests/NetworksTests/Fixtures/network-9-4-channels.json is `9 3 2 FILE --channels 4`. Needs numpy and PyTorch.
"""

import argparse
import json
import math

import numpy as np
import torch
from torch.nn import functional

CHANNELS = [32, 32, 64, 128, 128, 128]
UNITS = [256, 128, 1]
SLOPE, ALPHA, GAMMA = 0.03, 10**-2.5, 0.2
RATE, BETA1, BETA2, EPSILON = 5e-5, 0.9, 0.999, 1e-8


def uniform(stream, count):
    """The first numbers of a stream: multiples of 2^-24 in [0, 1), from splitmix64."""
    with np.errstate(over="ignore"):
        z = np.arange(count, dtype=np.uint64) + np.uint64((stream << 32) + 0x9E3779B97F4A7C15)
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(40)).astype(np.float32) / np.float32(2**24)


def symmetric(stream, shape, limit):
    """Single-precision numbers between -limit and limit, as a tensor in double precision."""
    values = np.float32(limit) * (2 * uniform(stream, math.prod(shape)) - 1)
    return torch.tensor(values.reshape(shape), dtype=torch.float64)


class Network:
    """The network, with its parameters in the order of a model's file."""

    def __init__(self, size, channels):
        self.parameters = {}
        inputs = channels
        for layer, outputs in enumerate(CHANNELS):
            self.add(f"conv{layer + 1}", layer, (3, 3, 3, inputs, outputs), 27)
            inputs = outputs
        for _ in CHANNELS[1:]:
            size = (size + 1) // 2
        self.features = inputs = size**3 * inputs
        for layer, outputs in enumerate(UNITS):
            self.add(f"dense{layer + 1}", len(CHANNELS) + layer, (inputs, outputs), 1)
            inputs = outputs
        self.parameters["gamma"] = torch.tensor([GAMMA], dtype=torch.float64)
        for parameter in self.parameters.values():
            parameter.requires_grad_()

    def add(self, name, layer, shape, taps):
        limit = math.sqrt(6 / (taps * (shape[-2] + shape[-1])))
        self.parameters[f"{name}.weight"] = symmetric(100 + layer, shape, limit)
        self.parameters[f"{name}.bias"] = symmetric(200 + layer, shape[-1:], 0.02)

    def __call__(self, boxes):
        values = boxes
        for layer in range(len(CHANNELS)):
            weight = self.parameters[f"conv{layer + 1}.weight"].permute(4, 3, 0, 1, 2)
            values = functional.conv3d(values, weight, self.parameters[f"conv{layer + 1}.bias"], padding=1)
            values = functional.leaky_relu(values, SLOPE)
            if layer > 0:
                values = functional.max_pool3d(values, 2, ceil_mode=True)
        values = values.permute(0, 2, 3, 4, 1).flatten(1)
        for layer in range(len(UNITS)):
            name = f"dense{layer + 1}"
            values = values @ self.parameters[f"{name}.weight"] + self.parameters[f"{name}.bias"]
            if layer < len(UNITS) - 1:
                values = functional.leaky_relu(values, SLOPE)
        return values[:, 0]

    def penalty(self):
        weights = {name: value for name, value in self.parameters.items() if name.endswith("weight")}
        total = sum((weights[f"conv{layer + 1}.weight"] ** 2).sum() for layer in range(len(CHANNELS)))
        for layer in range(len(UNITS) - 1):
            weight = weights[f"dense{layer + 1}.weight"]
            total = total + weight.abs().sum() + weight.square().sum(1).sqrt().sum()
        return ALPHA * total


def loss(prediction, truth, gamma):
    """The negative logarithm of the truncated Cauchy likelihood, and its continuation beyond +-1."""
    width = torch.atan((1 - prediction) / gamma) + torch.atan((1 + prediction) / gamma)
    inside = gamma.log() + torch.log1p(((truth - prediction) / gamma) ** 2) + width.log()
    sign = torch.sign(prediction)
    rest = truth - sign
    slope = sign * rest / (rest**2 + gamma**2)
    turn = 2 / ((4 * gamma + gamma**3) * torch.atan(2 / gamma))
    square = -0.5 * math.exp(1 + math.e) - slope - turn
    constant = 0.5 * (math.e - 2) * math.exp(math.e) + slope + turn
    constant = constant + torch.log1p((rest / gamma) ** 2) + gamma.log() + torch.atan(2 / gamma).log()
    outside = prediction.abs().clamp(max=3).exp().exp() + square * prediction**2 + constant
    return torch.where(prediction.abs() <= 1, inside, outside)


class AMSGrad:
    def __init__(self, parameters):
        self.parameters = parameters
        self.moments = [[torch.zeros_like(value) for value in parameters] for _ in range(3)]

    def step(self, number):
        rate = RATE * math.sqrt(1 - BETA2**number) / (1 - BETA1**number)
        with torch.no_grad():
            for value, first, second, largest in zip(self.parameters, *self.moments):
                first.mul_(BETA1).add_((1 - BETA1) * value.grad)
                second.mul_(BETA2).add_((1 - BETA2) * value.grad**2)
                torch.maximum(largest, second, out=largest)
                value -= rate * first / (largest.sqrt() + EPSILON)


def golden(size, batch, steps, channels):
    network = Network(size, channels)
    boxes = torch.stack([symmetric(300 + n, (channels,) + 3 * (size,), 2) for n in range(batch)])
    truth = torch.tensor(np.float32(1.8) * uniform(400, batch) - np.float32(0.9), dtype=torch.float64)
    named = network.parameters
    probes = {
        name: [int(place) for place in np.linspace(0, value.numel() - 1, min(12, value.numel()))]
        for name, value in named.items()
    }
    result = {
        "size": size, "batch": batch, "alpha": ALPHA, "features": network.features,
        "parameters": sum(value.numel() for value in named.values()),
        "activation_slope": SLOPE, "learning_rate": RATE, "beta1": BETA1, "beta2": BETA2,
        "epsilon": EPSILON, "steps": [], "probe_indices": probes,
    }  # fmt: skip
    if channels > 1:
        result["channels"] = channels
    optimizer = AMSGrad(list(named.values()))
    for number in range(1, steps + 1):
        for value in named.values():
            value.grad = None
        prediction = network(boxes)
        likelihood = loss(prediction, truth, named["gamma"]).mean()
        penalty = network.penalty()
        (likelihood + penalty).backward()
        step = {
            "prediction": prediction.tolist(), "likelihood": likelihood.item(), "penalty": penalty.item(),
            "loss": (likelihood + penalty).item(), "gamma": named["gamma"].item(), "gradients": {},
        }  # fmt: skip
        if number in (1, steps):
            for name, value in named.items():
                gradient = value.grad.flatten()
                step["gradients"][name] = {
                    "l2": gradient.norm().item(),
                    "sum": gradient.sum().item(),
                    "probe": gradient[probes[name]].tolist(),
                }
        result["steps"].append(step)
        optimizer.step(number)
        with torch.no_grad():
            named["gamma"].clamp_(1e-3, 2)
    vectors = [(0, 0, 0.2), (0.5, -0.3, 0.2), (1.1, 0.9, 0.2), (-1.2, -1, 0.26)]
    result["loss_vectors"] = [
        {"y": y, "d": d, "gamma": g, "value": loss(*torch.tensor([[y], [d], [g]], dtype=torch.float64)).item()}
        for y, d, g in vectors
    ]
    return result


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("size", "batch", "steps"):
        parser.add_argument(name, type=int)
    parser.add_argument("file")
    parser.add_argument("--channels", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(1)
    values = golden(options.size, options.batch, options.steps, options.channels)
    with open(options.file, "w") as file:
        json.dump(values, file, indent=1)
        file.write("\n")
