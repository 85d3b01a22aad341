"""What both peers share: the shape of the network, and the conversation with compare.py."""

import argparse
import resource
import sys
import time

CHANNELS = [32, 32, 64, 128, 128, 128]
HIDDEN = [256, 128]
WIDTH = 75
SLOPE = 0.03
PARAMETERS = 2_108_257  # without gamma


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("mode", choices=["training", "inference"])
    parser.add_argument("precision", choices=["fp32", "bf16"])
    parser.add_argument("batch", type=int)
    return parser.parse_args()


def serve(name, work, batch):
    """Warms up, says its name, then does the work once for each line and answers with seconds per sample and memory."""
    for _ in range(2):
        work()
    print(name, flush=True)
    for _ in sys.stdin:
        start = time.perf_counter()
        work()
        seconds = (time.perf_counter() - start) / batch
        print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024, flush=True)
