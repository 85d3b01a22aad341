"""The numbers of each step and epoch of a training."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

import pandas as pd

from .errors import ReadError
from .records import reading

_REMEDY = "restore the file from a copy, or let halompi train go on, which writes it again from the last checkpoint"

# Unit and meaning; a column of another name, such as another parameter of the likelihood, has neither.
_STEP = {
    "epoch": ("1", "epoch, from 0"),
    "likelihood": ("nats", "mean over the batch, before the update"),
    "penalty": ("nats", "the priors"),
    "loss": ("nats", "likelihood and penalty"),
    "gamma": ("1", "width of the likelihood, in scaled labels, before the update"),
    "learningRate": ("1", "learning rate of the update"),
    "gradientNorm": ("1", "norm of the gradient before it was clipped"),
}
_EPOCH = {
    "step": ("1", "steps done in all at the end of the epoch"),
    "trainingLikelihood": ("nats", "mean over the epoch's samples, each before its step's update"),
    "validation.likelihood": ("nats", "over the validation samples, after the epoch"),
    "validation.penalty": ("nats", "the priors, after the epoch"),
    "validation.loss": ("nats", "likelihood and penalty, after the epoch"),
    "validation.correlation": ("1", "Pearson's r of prediction and truth of the validation samples"),
    "gamma": ("1", "width of the likelihood, in scaled labels, after the epoch"),
    "isBest": ("1", "whether the validation loss is the lowest so far"),
}


class Metrics(NamedTuple):
    """The numbers of a training: two frames."""

    steps: pd.DataFrame
    """A row for each step, by its number (from 1)."""

    epochs: pd.DataFrame
    """A row for each epoch, by its number (from 0)."""


def read_metrics(path: str | os.PathLike[str]) -> Metrics:
    """Reads the log of a training, `training/<variant>-seed<k>/metrics.jsonl`, also while the training runs.

    `steps` has `epoch`, `likelihood`, `penalty`, `loss` [nats] and `gamma`; with the settings `training.schedule`
    and `training.clipNorm` also `learningRate` and `gradientNorm`. `epochs` has `step`, `trainingLikelihood`,
    `validation.likelihood`, `validation.penalty`, `validation.loss` [nats], `validation.correlation`, `gamma` and
    `isBest`. A number that is not finite is NaN.

    The file has no checksums, but every step and epoch must be in it once, and in order. A last line without its
    end is still being written, and left out.

    Raises:
        ReadError: The file is damaged, or no log of a training.
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        lines = file.read().split(b"\n")[:-1]
    rows: dict[str, list[dict[str, Any]]] = {"step": [], "epoch": []}
    for number, line in enumerate(lines, 1):
        kind, row = _row(path, number, line)
        # Steps count from 1, epochs from 0; an epoch ends with the last step that is there.
        expected = {"step": len(rows["step"]) + (kind == "step"), "epoch": len(rows["epoch"])}
        for name, value in expected.items():
            if row[name] != value:
                reason = f"{name} {row[name]} stands where {name} {value} should"
                raise ReadError(path, reason, _REMEDY, f"line {number}")
        rows[kind].append(row)
    with reading(path, _REMEDY):
        return Metrics(_frame(path, rows["step"], "step", _STEP), _frame(path, rows["epoch"], "epoch", _EPOCH))


def _row(path: str, number: int, line: bytes) -> tuple[str, dict[str, Any]]:
    """Kind and numbers of a line."""
    part = f"line {number}"
    with reading(path, _REMEDY, part):
        values = json.loads(line.decode("utf-8"))
    kind = values.get("kind") if isinstance(values, dict) else None
    if kind is None:
        raise ReadError(path, "it is no line of a training's log", "give a file metrics.jsonl", part)
    if kind not in ("step", "epoch"):
        remedy = "install the halompi_reader that came with the halompi that wrote it"
        raise ReadError(path, f"its kind is {kind}, which this package does not know", remedy, part)
    row: dict[str, Any] = {}
    for name, value in values.items():
        inner = value.items() if isinstance(value, dict) else [(None, value)]
        row.update({name if key is None else f"{name}.{key}": item for key, item in inner})
    del row["kind"]
    known = _STEP if kind == "step" else _EPOCH
    for name in {*known, "epoch", "step"} - {"learningRate", "gradientNorm", "gamma"}:
        if name not in row:
            raise ReadError(path, f"it has no {name}", _REMEDY, part)
    for name, value in row.items():
        is_whole = isinstance(value, int) and not isinstance(value, bool)
        if name in ("epoch", "step"):
            is_right = is_whole
        elif name == "isBest":
            is_right = isinstance(value, bool)
        else:
            is_right = is_whole or value is None or isinstance(value, float)
        if not is_right:
            raise ReadError(path, f"its {name} is {value}", _REMEDY, part)
    return kind, row


def _frame(
    path: str, rows: list[dict[str, Any]], index: str, meanings: dict[str, tuple[str, str]]
) -> pd.DataFrame:
    optional = {"learningRate", "gradientNorm"}
    names = [name for name in meanings if name not in optional] if not rows else []
    frame = pd.DataFrame(rows) if rows else pd.DataFrame(columns=[index, *names])
    types = {"epoch": "int64", "step": "int64", "isBest": "bool"}
    frame = frame.astype({name: types.get(name, "float64") for name in frame.columns}).set_index(index)
    known = {name: meanings[name] for name in frame.columns if name in meanings}
    frame.attrs = {
        "path": path,
        "units": {name: unit for name, (unit, _) in known.items()},
        "descriptions": {name: meaning for name, (_, meaning) in known.items()},
        "file": {},
    }
    return frame
