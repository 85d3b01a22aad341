"""The tables of a report: mutual information by variant, bin and shell, with its errors."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pandas as pd

from .checksums import checksum
from .errors import ReadError
from .meanings import Meanings, difference, information, is_whole, kinds, network, statistics
from .records import later_version, reading

_FORMAT, _VERSION = "halompi-report", 1
_REMEDY = "restore the file from a copy, or make it again with halompi analyze"

_SHELL: Meanings = {"above": ("r200m", "radii above"), "upTo": ("r200m", "and up to; inf without a limit")}
_MASSES: Meanings = {
    "massRange.from": ("log10 Msun", "true masses from"),
    "massRange.to": ("log10 Msun", "to"),
}
_VARIANT: Meanings = {"variant": ("text", "name of the variant")}
_PAIR: Meanings = {"first": ("text", "name of a variant"), "second": ("text", "name of another variant")}
_PREDICTED: Meanings = {"predictedBy": ("text", "what predicts the masses: a model of collapse, the twin or a variant")}
_COUNT: Meanings = {"count": ("particles", "particles")}
_OTHERS: Meanings = {
    **_PREDICTED,
    **_COUNT,
    "shareWithout": ("1", "share of the particles that are without a prediction, and left out"),
    **statistics("statistics"),
    **information("information"),
    **difference("difference"),
}

_TABLES: dict[str, Meanings] = {
    "models": {
        **_VARIANT,
        "seed": ("1", "seed of the training"),
        "isReference": ("flag", "whether it is the seed that other tables are of: the lowest of the variant"),
        "file": ("text", "the predictions, in the run directory"),
        "census.predicted": ("particles", "in the file of predictions"),
        "census.inField": ("particles", "left out: in no halo"),
        "census.notFinite": ("particles", "left out: the prediction is not finite"),
        "census.outsideWindow": ("particles", "left out: the true mass is outside of the masses analyzed"),
        "census.notCommon": ("particles", "left out: not all models have predicted them"),
        **statistics("statistics"),
        **information("information"),
        **network("network"),
    },
    "seeds": {
        **_VARIANT,
        "referenceSeed": ("1", "the seed that other tables are of"),
        "count": ("seeds", "seeds"),
        "informationMean": ("nats", "mean over seeds of the mutual information"),
        "informationDeviation": ("nats", "standard deviation over seeds of the mutual information"),
        "correlationMean": ("1", "mean over seeds of Pearson's r"),
        "correlationDeviation": ("1", "standard deviation over seeds of Pearson's r"),
    },
    "masses": {**_VARIANT, **_MASSES, **statistics("statistics")},
    "radii": {**_VARIANT, **_SHELL, **statistics("statistics"), **information("information")},
    "intervals": {
        **_VARIANT,
        "quantity": ("text", "predictions [log10 Msun], or residuals: log10 of predicted over true mass [dex]"),
        **_SHELL,
        **_MASSES,
        **_COUNT,
        "interval.lower": ("dex", "16 % of the particles are below"),
        "interval.median": ("dex", "median"),
        "interval.upper": ("dex", "84 % of the particles are below"),
    },
    "differences": {**_PAIR, **_SHELL, **difference("difference")},
    "joint": {
        **_PAIR,
        "part": ("text", "joint: I(M; first, second); firstGivenSecond: I(M; first | second); first: I(M; first)"),
        **_COUNT,
        "components": ("1", "components of the mixture"),
        "information.value": ("nats", "mutual information"),
        "information.fullSample": ("nats", "that of the mixture fitted to all particles"),
        "information.deviation": ("nats", "standard error, over particles"),
        "information.haloDeviation": ("nats", "standard error, over halos"),
        "information.nearestNeighbours": ("nats", "the same by nearest neighbours"),
        "warnings": ("text", "warnings of the estimate"),
    },
    "membership": {
        **_VARIANT,
        "seed": ("1", "seed of the training"),
        "statistics.members": ("particles", "in halos"),
        "statistics.field": ("particles", "in no halo"),
        "statistics.area": ("1", "area under the curve by which the predicted mass tells them apart"),
        "statistics.deviation": ("1", "its standard error, over halos"),
        "statistics.threshold": ("log10 Msun", "predicted mass from which on there are as many particles as in halos"),
        "statistics.completeness": ("1", "share of the particles in halos from there on"),
        "difference.area": ("1", "area of the first variant minus this one, by their reference seeds"),
        "difference.deviation": ("1", "its standard error, over halos"),
    },
    "twins": {
        "reseededAbove": ("h/Mpc", "wavenumber above which the twin has other phases"),
        "number": ("1", "which of several twins of this wavenumber"),
        **_OTHERS,
        "gaussianCeiling": ("nats", "what all modes up to this wavenumber tell at most, if masses were Gaussian"),
        "share.value": ("1", "information of the variant over that of the twin"),
        "share.deviation": ("1", "its standard error"),
        "share.isOverHalos": ("flag", "whether the error is over halos, otherwise over particles"),
    },
    "collapse": {"model": ("text", "model of collapse whose particles these are"), **_OTHERS},
    "noise": {
        "sigma": ("dex", "standard deviation of the Gaussian noise that was added to the truth"),
        "exact": ("nats", "mutual information of the truth with itself and this noise, by its definition"),
        **information("estimate"),
    },
    "gaps": {
        "subject": ("text", "what is missing"),
        "reason": ("text", "why"),
        "remedy": ("text", "what to do about it"),
    },
}  # fmt: skip


class Report(NamedTuple):
    """The tables of a report. Those after `radii` are of the reference seed of each variant."""

    models: pd.DataFrame
    """A row for each model: its mutual information with errors, statistics of its residuals, its network."""

    seeds: pd.DataFrame
    """A row for each variant: means and deviations over its seeds."""

    masses: pd.DataFrame
    """A row for each variant and bin of true mass: statistics of the residuals."""

    radii: pd.DataFrame
    """A row for each variant and shell of radii: statistics of the residuals, mutual information."""

    intervals: pd.DataFrame
    """A row for each variant, quantity, shell and narrow bin of true mass: median and 68 % (Fig. 2b and 5)."""

    differences: pd.DataFrame
    """A row for each pair of variants, in all and by shells: the difference of their mutual information."""

    joint: pd.DataFrame
    """A row for each pair of variants and part of their joint information."""

    membership: pd.DataFrame
    """A row for each model: how it tells particles in halos from those in none; empty unless these were predicted."""

    twins: pd.DataFrame
    """Rows for each twin universe: what the twin predicts, and what the variants do on its particles."""

    collapse: pd.DataFrame
    """Rows for each model of collapse: what it predicts, and what the variants do on its particles."""

    noise: pd.DataFrame
    """A row for each level of noise: the mutual information of the truth with the truth and this noise."""

    gaps: pd.DataFrame
    """A row for each thing that the report lacks."""


def read_report(path: str | os.PathLike[str], *, verify: bool = True) -> Report:
    """Reads the tables of a report, `report/report.json`.

    Columns are members of the file as in formats.md, joined by dots: `information.value` is a mutual information
    [nats], `information.haloDeviation` its standard error over halos. What has no value is NaN, and the last column,
    `missingBecause`, says why. `attrs["units"]` and `attrs["descriptions"]` of each frame tell units and meanings;
    `attrs["file"]` the name of the experiment and the settings of the analysis.

    Args:
        path: The file.
        verify: Whether the checksum of the file is compared with that in `made-of.json` beside it, if that is there.

    Raises:
        ReadError: The file is damaged, of another format, or of a later version.
    """
    path = os.fspath(path)
    with open(path, "rb") as file:
        data = file.read()
    expected = _recorded_checksum(path) if verify else None
    if expected is not None and checksum(data) != expected:
        raise ReadError(path, "its checksum is not that in made-of.json beside it", _REMEDY)
    with reading(path, _REMEDY):
        report = json.loads(data.decode("utf-8"))
    if not isinstance(report, dict) or report.get("format") != _FORMAT:
        raise ReadError(path, f"it is no {_FORMAT}", f"give a file of {_FORMAT}")
    version = report.get("version")
    if isinstance(version, int) and version > _VERSION:
        raise later_version(path, _FORMAT, version, _VERSION)
    if version != _VERSION:
        raise ReadError(path, f"its version of {_FORMAT} is {version}, which no halompi wrote", _REMEDY, "version")
    about = {name: report.get(name) for name in ("format", "version", "creator", "experiment", "settings")}
    tables = {}
    for name, rows in _ROWS.items():
        with reading(path, _REMEDY, f"the rows of its table {name}"):
            tables[name] = _frame(list(rows(report)), _TABLES[name])
            tables[name].attrs.update(path=path, file=about)
    return Report(**tables)


def _recorded_checksum(path: str) -> str | None:
    """What `made-of.json` in the folder of a file says of it; None if it says nothing."""
    folder, name = os.path.split(path)
    try:
        with open(os.path.join(folder, "made-of.json"), encoding="utf-8") as file:
            outputs = json.load(file)["outputs"]
        return next((str(output["checksum"]) for output in outputs if output["name"] == name), None)
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return None


# Rows as members of the report, not yet flat.
_Rows = Iterator[dict[str, Any]]


def _models(report: dict[str, Any]) -> _Rows:
    for variant in report["variants"]:
        for seed in variant["seeds"]:
            is_reference = seed["seed"] == variant["referenceSeed"]
            yield {"variant": variant["name"], "isReference": is_reference, **seed}


def _seeds(report: dict[str, Any]) -> _Rows:
    for variant in report["variants"]:
        yield {"variant": variant["name"], "referenceSeed": variant["referenceSeed"], **variant["seedScatter"]}


def _masses(report: dict[str, Any]) -> _Rows:
    for variant in report["variants"]:
        for row in variant["massBins"]:
            yield {"variant": variant["name"], **row}


def _shell(shell: dict[str, Any]) -> dict[str, float]:
    return {"above": shell["above"], "upTo": shell.get("upTo", math.inf)}


_ALL_RADII = {"above": 0.0, "upTo": math.inf}


def _radii(report: dict[str, Any]) -> _Rows:
    for variant in report["variants"]:
        for shell in variant["shells"]:
            yield {"variant": variant["name"], **shell, **_shell(shell)}


def _intervals(report: dict[str, Any]) -> _Rows:
    for variant in report["variants"]:
        figures = variant["figures"]
        parts = [(quantity, _ALL_RADII, figures[quantity]) for quantity in ("predictions", "residuals")]
        parts += [("residuals", _shell(shell), shell["residuals"]) for shell in variant["shells"]]
        for quantity, shell, running in parts:
            for point in running["points"]:
                yield {"variant": variant["name"], "quantity": quantity, **shell, **point}


def _differences(report: dict[str, Any]) -> _Rows:
    for pair in report["differences"]:
        names = {"first": pair["first"], "second": pair["second"]}
        yield {**names, **_ALL_RADII, "difference": pair["overall"]}
        shells = next(variant["shells"] for variant in report["variants"] if variant["name"] == pair["first"])
        for shell, value in zip(shells, pair["shells"], strict=True):
            yield {**names, **_shell(shell), "difference": value}


def _joint(report: dict[str, Any]) -> _Rows:
    for pair in report["joint"]:
        names = {"first": pair["first"], "second": pair["second"]}
        estimate = pair["information"]["value"]
        if estimate is None:
            yield {**names, "information": pair["information"]}
            continue
        shared = {name: estimate[name] for name in ("count", "components", "warnings")}
        for part in ("joint", "firstGivenSecond", "secondGivenFirst", "first", "second"):
            yield {**names, "part": part, **shared, "information": estimate[part]}


def _membership(report: dict[str, Any]) -> _Rows:
    for variant in report.get("membership", []):
        for number, seed in enumerate(variant["seeds"]):
            difference = {"difference": variant["difference"]} if number == 0 and "difference" in variant else {}
            yield {"variant": variant["variant"], **seed, **difference}


def _others(rows: list[dict[str, Any]], identity: list[str], name: Callable[[dict[str, Any]], str]) -> _Rows:
    for row in rows:
        mine = {key: row[key] for key in identity}
        yield {**row, "predictedBy": name(row)}
        for network in row["networks"]:
            yield {**mine, **network, "predictedBy": network["variant"], "count": network["statistics"]["count"]}


def _twins(report: dict[str, Any]) -> _Rows:
    return _others(report["twins"], ["reseededAbove", "number"], lambda row: "twin")


def _collapse(report: dict[str, Any]) -> _Rows:
    return _others(report["collapse"]["value"] or [], ["model"], lambda row: row["model"])


_ROWS: dict[str, Callable[[dict[str, Any]], _Rows]] = {
    "models": _models,
    "seeds": _seeds,
    "masses": _masses,
    "radii": _radii,
    "intervals": _intervals,
    "differences": _differences,
    "joint": _joint,
    "membership": _membership,
    "twins": _twins,
    "collapse": _collapse,
    "noise": lambda report: iter(report["noise"]),
    "gaps": lambda report: iter(report["gaps"]),
}


def _flatten(value: Any, name: str, row: dict[str, Any], reasons: list[str]) -> None:
    """Adds the members of a value to a row, under names joined by dots.

    An outcome gives its value, or its reason to `reasons`. Lists of texts become one text, and those of two numbers
    the ends of a range; longer ones are no members of a table.
    """
    if isinstance(value, dict) and "value" in value and value.keys() <= {"value", "reason"}:
        if value["value"] is None:
            reasons.append(f"{name}: {value.get('reason')}")
        else:
            _flatten(value["value"], name, row, reasons)
    elif isinstance(value, dict):
        for key, member in value.items():
            _flatten(member, f"{name}.{key}" if name else key, row, reasons)
    elif isinstance(value, list):
        if all(isinstance(item, str) for item in value):
            row[name] = "; ".join(value)
        elif len(value) == 2:
            row[f"{name}.from"], row[f"{name}.to"] = value
    else:
        row[name] = value


def _frame(rows: list[dict[str, Any]], meanings: Meanings) -> pd.DataFrame:
    """A table of rows: whole numbers and flags are of such types if no row lacks them."""
    flat: list[dict[str, Any]] = []
    known = {name.split(".")[0] for name in meanings}
    for values in rows:
        row: dict[str, Any] = {}
        reasons: list[str] = []
        _flatten({name: value for name, value in values.items() if name in known}, "", row, reasons)
        flat.append({**{name: row.get(name) for name in meanings}, "missingBecause": "; ".join(reasons)})
    frame = pd.DataFrame(flat, columns=[*meanings, "missingBecause"])
    for name, (unit, _) in meanings.items():
        cells = [line[name] for line in flat]
        if not all(value is None or _is_of(unit, value) for value in cells):
            raise ValueError(f"{name} has values of another type")
        if unit == "flag":
            type = "boolean" if None in cells else "bool"
        elif unit == "text":
            type = "object"
        else:
            type = "int64" if is_whole(name) and None not in cells else "float64"
        frame[name] = pd.Series(cells, dtype=type)
    frame["missingBecause"] = frame["missingBecause"].astype("object")
    columns = {**meanings, "missingBecause": ("text", "why values are missing")}
    frame.attrs = {
        "units": {name: unit for name, (unit, _) in columns.items() if unit not in kinds},
        "descriptions": {name: meaning for name, (_, meaning) in columns.items()},
    }
    return frame


def _is_of(unit: str, value: Any) -> bool:
    if unit in kinds:
        return isinstance(value, str if unit == "text" else bool)
    return isinstance(value, (int, float)) and not isinstance(value, bool)
