"""The paper's network in PyTorch: channels last, fused Adam with AMSGrad, compiled and frozen for inference."""

import os

import peer

asked = peer.arguments()
if asked.mode == "inference":
    os.environ["TORCHINDUCTOR_FREEZING"] = "1"

import torch
import torch.nn.functional as F

torch.set_num_threads(1)
torch.manual_seed(0)


class Network(torch.nn.Module):
    def __init__(self):
        super().__init__()
        channels = [1] + peer.CHANNELS
        self.convolutions = torch.nn.ModuleList(
            torch.nn.Conv3d(a, b, 3, padding=1) for a, b in zip(channels, channels[1:])
        )
        counts = [27 * channels[-1]] + peer.HIDDEN + [1]
        self.dense = torch.nn.ModuleList(torch.nn.Linear(a, b) for a, b in zip(counts, counts[1:]))

    def forward(self, x):
        for layer, convolution in enumerate(self.convolutions):
            x = convolution(x)
            if layer > 0:
                x = F.max_pool3d(x, 2, ceil_mode=True)
            x = F.leaky_relu(x, peer.SLOPE, inplace=True)
        x = x.flatten(1)
        for layer in self.dense[:-1]:
            x = F.leaky_relu(layer(x), peer.SLOPE)
        return self.dense[-1](x)


network = Network().to(memory_format=torch.channels_last_3d)
assert sum(p.numel() for p in network.parameters()) == peer.PARAMETERS
box = torch.randn(asked.batch, 1, peer.WIDTH, peer.WIDTH, peer.WIDTH).to(memory_format=torch.channels_last_3d)
truth = torch.randn(asked.batch, 1)
optimizer = torch.optim.Adam(network.parameters(), lr=5e-5, amsgrad=True, fused=True)
precision = torch.autocast("cpu", dtype=torch.bfloat16, enabled=asked.precision == "bf16")


def train():
    optimizer.zero_grad(set_to_none=True)
    with precision:
        prediction = network(box)
    torch.log1p((prediction.float() - truth) ** 2).mean().backward()
    optimizer.step()


if asked.mode == "inference":
    network.eval()
    compiled = torch.compile(network)


def predict():
    with torch.no_grad(), precision:
        compiled(box)


peer.serve(f"PyTorch {torch.__version__}", train if asked.mode == "training" else predict, asked.batch)
