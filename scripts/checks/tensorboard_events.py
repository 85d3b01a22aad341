#!/usr/bin/env python3
"""Reads the event files of trainings with TensorBoard's own reader, and compares them with metrics.jsonl.

    scripts/interop/setup
    .venv-tensorboard/bin/python scripts/checks/tensorboard_events.py runs/quickstart/training/raw-seed1 ...

Every number of every step and epoch must be there once, in the order of the steps, as a 32-bit float.
"""
import glob
import json
import math
import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader


def single(value):
    """A number as the file holds it; null is NaN."""
    return float("nan") if value is None else struct.unpack("f", struct.pack("f", value))[0]


def expected(path):
    """(step, value) of each tag by metrics.jsonl."""
    tags = {}
    for line in map(json.loads, open(path)):
        if line["kind"] == "step":
            values = {f"batch/{name}": line[name] for name in ("likelihood", "penalty", "loss", "gamma")}
        else:
            validation = line["validation"]
            values = {
                "epoch/trainingLikelihood": line["trainingLikelihood"],
                "epoch/validationLikelihood": validation["likelihood"],
                "epoch/validationPenalty": validation["penalty"],
                "epoch/validationLoss": validation["loss"],
                "epoch/validationCorrelation": validation["correlation"],
                "epoch/gamma": line["gamma"],
            }
        for tag, value in values.items():
            tags.setdefault(tag, []).append((line["step"], single(value)))
    return tags


def same(a, b):
    return a[0] == b[0] and (a[1] == b[1] or (math.isnan(a[1]) and math.isnan(b[1])))


def check(folder):
    files = glob.glob(f"{folder}/tensorboard/events.out.tfevents.*")
    assert len(files) == 1, f"{len(files)} event files in {folder}/tensorboard"
    # The reader stops at the first record with a wrong checksum, so the count of records matters.
    events = list(LegacyEventFileLoader(files[0]).Load())
    tags = expected(f"{folder}/metrics.jsonl")
    found = {}
    for event in events:
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value.simple_value))
    assert events[0].file_version == "brain.Event:2", events[0]
    times = [event.wall_time for event in events]
    assert times == sorted(times), "times go back"
    assert set(found) == set(tags), set(found) ^ set(tags)
    for tag, values in tags.items():
        assert len(found[tag]) == len(values), (tag, len(found[tag]), len(values))
        assert all(map(same, found[tag], values)), tag
    accumulator = EventAccumulator(f"{folder}/tensorboard", size_guidance={"scalars": 0})
    accumulator.Reload()
    assert set(accumulator.Tags()["scalars"]) == set(tags)
    steps = [scalar.step for scalar in accumulator.Scalars("batch/likelihood")]
    assert steps == [step for step, _ in tags["batch/likelihood"]], "steps are missing or there twice"
    print(f"{folder}: {len(events)} events, {len(steps)} steps, {len(tags)} numbers: as in metrics.jsonl")


for folder in sys.argv[1:] or sys.exit(__doc__):
    check(folder)
