"""Logs of trainings, beside their lines."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np

from halompi_reader import read_metrics

from .support import FileTestCase, files

METRICS = files("training/*/metrics.jsonl")


class MetricsTests(FileTestCase):
    def log(self, *lines: Any, end: str = "\n") -> Path:
        """A file of some lines, which are texts or values of JSON."""
        path = self.folder / "metrics.jsonl"
        texts = [line if isinstance(line, str) else json.dumps(line) for line in lines]
        path.write_text("\n".join(texts) + end, encoding="utf-8")
        return path

    def setUp(self) -> None:
        super().setUp()
        self.lines = [json.loads(line) for line in METRICS[0].read_text().splitlines()]

    def test_steps_and_epochs_have_the_numbers_of_their_lines(self) -> None:
        for path in METRICS:
            lines = [json.loads(line) for line in path.read_text().splitlines()]
            steps, epochs = read_metrics(path)
            of_steps = [line for line in lines if line["kind"] == "step"]
            of_epochs = [line for line in lines if line["kind"] == "epoch"]
            self.assertEqual((len(steps), len(epochs)), (len(of_steps), len(of_epochs)))
            self.assertEqual(list(steps.index), list(range(1, len(steps) + 1)))
            self.assertEqual(list(epochs.index), list(range(len(epochs))))
            names = [name for name in of_steps[0] if name not in ("kind", "step")]
            self.assertEqual(list(steps.columns), names)
            for name in names:
                self.assertEqual(list(steps[name]), [line[name] for line in of_steps])
            for name in ["step", "trainingLikelihood", "gamma", "isBest"]:
                self.assertEqual(list(epochs[name]), [line[name] for line in of_epochs])
            for name in ["likelihood", "penalty", "loss", "correlation"]:
                self.assertEqual(list(epochs[f"validation.{name}"]), [line["validation"][name] for line in of_epochs])
            self.assertEqual(epochs["isBest"].dtype, bool)
            self.assertEqual((steps.attrs["units"]["loss"], epochs.attrs["units"]["validation.loss"]), ("nats", "nats"))

    def test_a_number_that_is_not_finite_is_NaN(self) -> None:
        self.lines[0]["likelihood"] = None
        steps, _ = read_metrics(self.log(*self.lines))
        self.assertTrue(math.isnan(steps.loc[1, "likelihood"]))
        self.assertEqual(steps["likelihood"].dtype, np.float64)

    def test_a_log_that_is_being_written_is_read_up_to_its_last_whole_line(self) -> None:
        half = json.dumps(self.lines[2])[:20]
        steps, epochs = read_metrics(self.log(*self.lines[:2], half, end=""))
        self.assertEqual((len(steps), len(epochs)), (2, 0))
        self.assertEqual(steps.loc[2, "loss"], self.lines[1]["loss"])
        empty = self.folder / "empty.jsonl"
        empty.write_text("")
        steps, epochs = read_metrics(empty)
        self.assertEqual((len(steps), len(epochs)), (0, 0))
        self.assertTrue({"loss", "gamma"} <= set(steps) and {"validation.loss", "isBest"} <= set(epochs))

    def test_lines_that_are_missing_or_there_twice_are_named(self) -> None:
        self.assert_refused(read_metrics, self.log(*self.lines[1:]), "line 1", "step 2 stands where step 1 should")
        twice = self.lines[:2] + self.lines[1:]
        self.assert_refused(read_metrics, self.log(*twice), "line 3", "step 2", "halompi train")
        later = {**self.lines[1], "epoch": 1}
        self.assert_refused(read_metrics, self.log(self.lines[0], later), "line 2", "epoch 1 stands where epoch 0")

    def test_lines_that_are_damaged_are_named(self) -> None:
        first, second = self.lines[:2]
        lacking = {name: value for name, value in second.items() if name != "penalty"}
        for line, words in [
            ("{", ["damaged"]),
            ("[1]", ["no line of a training's log"]),
            ({"name": "x"}, ["no line of a training's log"]),
            ({**second, "kind": "batch"}, ["kind is batch", "install the halompi_reader"]),
            (lacking, ["no penalty"]),
            ({**second, "loss": "1.0"}, ["loss is 1.0"]),
            ({**second, "step": 2.0}, ["step is 2.0"]),
            ({**second, "loss": True}, ["loss is True"]),
        ]:
            self.assert_refused(read_metrics, self.log(first, line), "line 2", *words)
        # A whole number that no floating-point number can hold.
        self.assert_refused(read_metrics, self.log({**first, "loss": 10**400}), "damaged", "halompi train")
        binary = self.folder / "binary"
        binary.write_bytes(b"\xff\xfe\n")
        self.assert_refused(read_metrics, binary, "line 1", "halompi train")
