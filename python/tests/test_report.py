"""Reports, beside the members of report.json, the tables in CSV, and the predictions themselves."""

from __future__ import annotations

import csv
import json
import math
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from halompi_reader import Report, read_predictions, read_report

from .support import RUN, FileTestCase, files

PATH = files("report/report.json")[0]

STATISTICS = {
    "r": "correlation", "scatter [dex]": "scatter", "bias [dex]": "bias", "rms [dex]": "rootMeanSquare",
}  # fmt: skip
INFORMATION = {
    "MI [nats]": "value", "sd, particles": "deviation", "sd, halos": "haloDeviation",
    "as noise [dex]": "equivalentScatter", "nearest neighbours": "nearestNeighbours",
}  # fmt: skip
# Columns of the tables in CSV, which halompi writes by other code, and those of the frames.
TABLES = {
    "models": {"variant": "variant", "seed": "seed", "particles": "statistics.count"},
    "masses": {"variant": "variant", "particles": "statistics.count"},
    "radii": {"variant": "variant", "particles": "statistics.count"},
    "joint": {"first": "first", "second": "second"},
    "differences": {
        "first": "first", "minus": "second", "MI difference [nats]": "difference.value", "sd": "difference.deviation",
        "95 % from": "difference.interval.from", "to": "difference.interval.to", "ratio": "difference.ratio",
        "significance [sd]": "difference.significance",
    },
    "noise": {"noise [dex]": "sigma", "exact MI [nats]": "exact"},
    "seeds": {"variant": "variant", "seeds": "count", "mean MI [nats]": "informationMean",
              "sd of MI": "informationDeviation", "mean r": "correlationMean", "sd of r": "correlationDeviation"},
    "collapse": {"particles": "count", "MI difference [nats]": "difference.value", "sd": "difference.deviation"},
    "twins": {"particles": "count", "same phases up to k [h/Mpc]": "reseededAbove",
              "ceiling, if Gaussian [nats]": "gaussianCeiling"},
}  # fmt: skip


def close(a: float, b: float) -> bool:
    return (math.isnan(a) and math.isnan(b)) or math.isclose(a, b, rel_tol=1e-12)


class ReportTests(FileTestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.json = json.loads(PATH.read_text())
        cls.report = read_report(PATH)

    def test_tables_have_the_numbers_of_those_in_CSV(self) -> None:
        numbers = 0
        for table, columns in TABLES.items():
            frame: pd.DataFrame = getattr(self.report, table)
            with open(RUN / f"report/tables/{table}.csv", newline="", encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
            self.assertEqual(len(frame), len(rows), table)
            information = "estimate" if table == "noise" else "information"
            expected = dict(columns)
            for prefix, names in [("statistics", STATISTICS), (information, INFORMATION)]:
                expected |= {title: f"{prefix}.{name}" for title, name in names.items()}
            for title, name in expected.items():
                if name not in frame:
                    continue
                for row, value in zip(rows, frame[name], strict=True):
                    if title not in row:
                        continue
                    text = row[title]
                    if isinstance(value, str):
                        self.assertEqual(text, value)
                    else:
                        self.assertTrue(close(value, float(text) if text else math.nan), (table, title, text, value))
                        numbers += 1
        self.assertGreater(numbers, 50)

    def test_parts_of_joint_information_are_those_in_CSV(self) -> None:
        words = {
            "joint": "I(M; {first}, {second})", "first": "I(M; {first})", "second": "I(M; {second})",
            "firstGivenSecond": "I(M; {first} | {second})", "secondGivenFirst": "I(M; {second} | {first})",
        }  # fmt: skip
        with open(RUN / "report/tables/joint.csv", newline="", encoding="utf-8") as file:
            quantities = [row["quantity"] for row in csv.DictReader(file)]
        rows = self.report.joint.to_dict("records")
        self.assertEqual([words[row["part"]].format(**row) for row in rows], quantities)

    def test_every_number_of_a_model_has_a_column_with_a_meaning(self) -> None:
        def leaves(value: Any, name: str) -> dict[str, Any]:
            if isinstance(value, dict) and set(value) <= {"value", "reason"}:
                return leaves(value["value"], name)
            if isinstance(value, dict):
                return {k: v for key, member in value.items() for k, v in leaves(member, f"{name}.{key}").items()}
            return {} if isinstance(value, list) else {name.lstrip("."): value}

        rows = [(variant, seed) for variant in self.json["variants"] for seed in variant["seeds"]]
        self.assertEqual(len(rows), len(self.report.models))
        for (variant, seed), (_, row) in zip(rows, self.report.models.iterrows()):
            self.assertEqual(row["variant"], variant["name"])
            self.assertEqual(row["isReference"], seed["seed"] == variant["referenceSeed"])
            found = {name: value for name, value in leaves(seed, "").items() if name != "checksum"}
            self.assertGreater(len(found), 20)
            for name, value in found.items():
                self.assertIn(name, row.index)
                if value is not None:
                    self.assertEqual(row[name], value, name)
        for name, frame in self.report._asdict().items():
            self.assertEqual(set(frame.attrs["descriptions"]), set(frame.columns), name)
            for column in frame.select_dtypes("number"):
                self.assertIn(column, frame.attrs["units"])

    def test_shells_have_their_radii(self) -> None:
        edges = [0.0, *self.json["settings"]["radiusEdges"], math.inf]
        for _, frame in self.report.radii.groupby("variant"):
            self.assertEqual(list(zip(frame["above"], frame["upTo"])), list(zip(edges, edges[1:])))
        for _, frame in self.report.differences.groupby(["first", "second"]):
            self.assertEqual(list(frame["above"]), [0.0, *edges[:-1]])
            self.assertEqual(list(frame["upTo"]), [math.inf, *edges[1:]])
        for _, frame in self.report.masses.groupby("variant"):
            masses = self.json["settings"]["massEdges"]
            self.assertEqual(list(zip(frame["massRange.from"], frame["massRange.to"])), list(zip(masses, masses[1:])))

    def test_intervals_are_percentiles_of_the_predictions(self) -> None:
        intervals = self.report.intervals.query("above == 0 and upTo == inf")
        compared = 0
        for _, model in self.report.models[self.report.models["isReference"]].iterrows():
            self.assertEqual(model["census.notCommon"], 0)
            frame = read_predictions(RUN / model["file"]).astype({"trueLogMass": "f8", "predictedLogMass": "f8"})
            values = {
                "predictions": frame["predictedLogMass"],
                "residuals": frame["predictedLogMass"] - frame["trueLogMass"],
            }
            for quantity, value in values.items():
                rows = intervals.query("variant == @model.variant and quantity == @quantity")
                self.assertEqual(len(rows), self.json["settings"]["massBins"])
                last = rows["massRange.to"].max()
                for _, row in rows.iterrows():
                    low, high, mass = row["massRange.from"], row["massRange.to"], frame["trueLogMass"]
                    inside = value[(mass >= low) & ((mass < high) | ((mass == high) & (high == last)))]
                    self.assertEqual(len(inside), row["count"])
                    if len(inside) < 20:
                        self.assertTrue(math.isnan(row["interval.median"]))
                        self.assertRegex(row["missingBecause"], "^interval: there (is|are) ")
                    else:
                        expected = np.quantile(inside, [0.16, 0.5, 0.84])
                        found = row[["interval.lower", "interval.median", "interval.upper"]].astype("f8")
                        np.testing.assert_allclose(found, expected, rtol=1e-12)
                        compared += 1
        self.assertGreater(compared, 1)

    def test_frames_say_what_they_are_of(self) -> None:
        for frame in self.report:
            self.assertEqual(frame.attrs["path"], str(PATH))
            self.assertEqual(frame.attrs["file"]["experiment"], self.json["experiment"])
            self.assertEqual(frame.attrs["file"]["settings"]["massEdges"], self.json["settings"]["massEdges"])

    # Damage

    def changed_report(self, change: Callable[[Any], Any]) -> Path:
        """A copy of the report without made-of.json, changed."""
        report = json.loads(PATH.read_text())
        change(report)
        path = self.folder / "report.json"
        path.write_text(json.dumps(report))
        return path

    def test_a_changed_digit_is_found_by_the_checksum_beside_the_report(self) -> None:
        path = self.copy(PATH)
        shutil.copy(PATH.with_name("made-of.json"), self.folder)
        self.assertEqual(len(read_report(path).models), len(self.report.models))
        value = str(self.report.models.loc[0, "statistics.correlation"])
        text = path.read_text()
        self.assertIn(value, text)
        path.write_text(text.replace(value, value[:-1] + str((int(value[-1]) + 1) % 10)))
        self.assert_refused(read_report, path, "checksum", "made-of.json", "halompi analyze")
        self.assertIsInstance(read_report(path, verify=False), Report)
        # A report that was copied alone has nothing to be compared with.
        (self.folder / "made-of.json").unlink()
        self.assertIsInstance(read_report(path), Report)

    def test_other_formats_and_later_versions_are_told(self) -> None:
        path = self.changed_report(lambda report: report.update(version=2))
        self.assert_refused(read_report, path, "is 2", "install the halompi_reader")
        for version in [0, "1", None]:
            path = self.changed_report(lambda report: report.update(version=version))
            self.assert_refused(read_report, path, "no halompi wrote")
        path = self.changed_report(lambda report: report.update(format="halompi-ablation"))
        self.assert_refused(read_report, path, "no halompi-report")
        path.write_text("[]")
        self.assert_refused(read_report, path, "no halompi-report")

    def test_members_that_are_missing_or_others_are_found(self) -> None:
        variant = self.json["variants"][0]["name"]
        for change, words in [
            (lambda report: report.pop("variants"), ["table models"]),
            (lambda report: report["variants"][0].pop("massBins"), ["table masses"]),
            (lambda report: report["variants"][0]["figures"].pop("residuals"), ["table intervals"]),
            (lambda report: report["variants"][0]["seeds"][0].update(seed="one"), ["table models", "seed"]),
            (lambda report: report["variants"][0]["shells"][0].update(above=variant), ["table radii", "above"]),
            (lambda report: report.pop("gaps"), ["table gaps"]),
        ]:
            self.assert_refused(read_report, self.changed_report(change), *words, "halompi analyze")
        path = self.copy(PATH)
        path.write_bytes(path.read_bytes()[:-100])
        self.assert_refused(read_report, path, "damaged")

    def test_what_is_unknown_has_its_reason(self) -> None:
        def forget(report: Any) -> None:
            report["variants"][0]["seeds"][0]["information"] = {"value": None, "reason": "there were too few"}

        row = read_report(self.changed_report(forget)).models.iloc[0]
        self.assertTrue(math.isnan(row["information.value"]))
        self.assertEqual(row["missingBecause"], "information: there were too few")
