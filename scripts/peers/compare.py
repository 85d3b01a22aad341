"""Starts the peers, lets them and halompi take turns on one core, and prints a table of medians (see run).

In each round every program does its work once, one right after the other, warmed up before: a step of a training, or
predictions of a batch. The last lines are the peers' times over halompi's of the same round, which the speed of the
machine cancels from: their medians, with the least and the largest.
"""

import argparse
import datetime
import json
import os
import statistics
import subprocess
import sys

here = os.path.dirname(os.path.abspath(__file__))
parser = argparse.ArgumentParser()
parser.add_argument("--core", type=int, default=1)
parser.add_argument("--rounds", type=int, default=7)
parser.add_argument("--batch", type=int, default=8)
parser.add_argument("--only", choices=["fp32", "bf16"])
options = parser.parse_args()
pinned = ["taskset", "-c", str(options.core)]


class Peer:
    """A process that works when it is told to."""

    def __init__(self, script, mode, precision):
        environment = dict(os.environ, OMP_NUM_THREADS="1")
        if script == "pytorch.py" and os.environ.get("JEMALLOC"):
            environment.update(LD_PRELOAD=os.environ["JEMALLOC"], MALLOC_CONF="thp:always")
        self.process = subprocess.Popen(
            pinned + [sys.executable, os.path.join(here, script), mode, precision, str(options.batch)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.mode, self.precision, self.seconds, self.memory = mode, precision, [], 0
        self.name = self.read()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.process.args} ended: run it alone to see why")
        return line.strip()

    def work(self):
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        seconds, memory = self.read().split()
        self.seconds.append(float(seconds))
        self.memory = int(memory)


def halompi():
    """One run of `halompi benchmark step`."""
    command = [os.environ["HALOMPI"], "benchmark", "step", "--json", "--runs", "1", "--batch", str(options.batch)]
    return json.loads(subprocess.run(pinned + command, check=True, capture_output=True, text=True).stdout)


peers = [
    Peer(script, mode, precision)
    for precision in ["fp32", "bf16"] if options.only in (None, precision)
    for script in ["pytorch.py", "tensorflow_keras.py"]
    for mode in ["training", "inference"]
]
own, loads = [], []
for _ in range(options.rounds):
    loads.append(os.getloadavg()[0])
    own.append(halompi())
    for peer in peers:
        peer.work()
for peer in peers:
    peer.process.stdin.close()
    peer.process.wait()


def row(name, mode, precision, seconds, memory):
    median, low, high = (1e3 * f(seconds) for f in (statistics.median, min, max))
    print(f"| {name} | {mode} | {precision} | {median:.0f} | {low:.0f}-{high:.0f} | {memory / 1e9:.2f} |")


machine = own[0]["machine"]
peaks = [run["machine"]["peakGigaflops"] for run in own]
print(f"{datetime.date.today()}, {machine['processor']}, load {min(loads):.1f}-{max(loads):.1f}, peak of the core "
      f"{min(peaks):.0f}-{max(peaks):.0f} GFLOP/s, batch {options.batch}, {options.rounds} rounds")
print("| | | | ms per sample | range | memory [GB] |\n| --- | --- | --- | --- | --- | --- |")
memory = max(run["peakMemory"] for run in own)
times = {mode: [run[key]["seconds"][0] for run in own]
         for mode, key in [("training", "training"), ("inference", "kernelsInference")]}
for mode, seconds in times.items():
    row("halompi", mode, "fp32", seconds, memory)
for peer in peers:
    row(peer.name, peer.mode, peer.precision, peer.seconds, peer.memory)


def ratios(name, mode, seconds):
    """Prints how many times as long as halompi a peer took, round by round."""
    each = [theirs / ours for theirs, ours in zip(seconds, times[mode])]
    print(f"| {name} | {mode} | {statistics.median(each):.2f} | {min(each):.2f}-{max(each):.2f} |")


print("\n| over halompi in the same round | | median | range |\n| --- | --- | --- | --- |")
for peer in peers:
    ratios(f"{peer.name}, {peer.precision}", peer.mode, peer.seconds)
for mode in times:
    single = [peer.seconds for peer in peers if peer.mode == mode and peer.precision == "fp32"]
    if single:
        ratios("the faster float32 peer of each round", mode, [min(turn) for turn in zip(*single)])
