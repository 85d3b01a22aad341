"""What every reader says of files that are not its own, and of damaged ones."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from halompi_reader import ReadError, read_fields, read_halos, read_metrics, read_predictions, read_report

from .support import FileTestCase, files, flip, same
from .test_fields import SHEAR, TIDES

FIELDS, PREDICTIONS = files("fields/*.h5")[0], files("predictions/*/predictions.h5")[0]
READERS: list[tuple[Callable[..., Any], Path]] = [
    (read_fields, FIELDS),
    (read_halos, FIELDS),
    (read_predictions, PREDICTIONS),
]
ALL = READERS + [(read_metrics, files("training/*/metrics.jsonl")[0]), (read_report, files("report/report.json")[0])]

OPTIONAL = {"potential", *SHEAR, *TIDES, "positionX", "positionY", "positionZ", "smoothingLength", "orientationScatter"}


class FormatTests(FileTestCase):
    def test_a_file_that_is_not_there_is_said_by_python(self) -> None:
        for read, _ in ALL:
            with self.assertRaises(FileNotFoundError):
                read(self.folder / "nothing.h5")

    def test_files_of_other_formats_are_named(self) -> None:
        self.assert_refused(read_fields, PREDICTIONS, "halompi-predictions, not halompi-fields")
        self.assert_refused(read_halos, files("training/*/model.h5")[0], "halompi-model, not halompi-fields")
        self.assert_refused(read_predictions, FIELDS, "halompi-fields, not halompi-predictions")
        nameless = self.changed(FIELDS, lambda file: file.attrs.__delitem__("format"))
        self.assert_refused(read_fields, nameless, "no attribute format")
        for read, _ in READERS:
            self.assert_refused(read, files("report/report.json")[0], "no intact HDF5 file")
        self.assert_refused(read_metrics, files("report/report.json")[0].with_name("made-of.json"), "line 1")
        self.assert_refused(read_report, FIELDS, "damaged")
        self.assert_refused(read_report, files("report/made-of.json")[0], "halompi-report")

    def test_later_versions_ask_for_a_later_reader(self) -> None:
        for read, path in READERS:
            later = self.changed(path, lambda file: file.attrs.__setitem__("version", np.int64(3)))
            error = self.assert_refused(read, later, "is 3", "versions up to", "install the halompi_reader")
            self.assertNotIn("damaged", str(error))
            for version in [0, b"2", 1.5]:
                wrong = self.changed(path, lambda file: file.attrs.__setitem__("version", version))
                self.assert_refused(read, wrong, "no halompi wrote")

    def test_files_that_were_cut_off_are_found(self) -> None:
        for read, path in READERS:
            data = path.read_bytes()
            for count in [0, 7, 100, len(data) // 2, len(data) - 1]:
                cut = self.folder / path.name
                cut.write_bytes(data[:count])
                self.assert_refused(read, cut, "no intact HDF5 file")

    def test_any_changed_byte_is_found_or_changes_no_number(self) -> None:
        for read, path in READERS:
            intact: pd.DataFrame = read(path)
            size = path.stat().st_size
            # The metadata are at the start and the end; the numbers have tests of their own.
            numbers = np.random.default_rng(4)
            ends = np.arange(0, 2048, 32)
            places = np.concatenate([ends, size - 1 - ends, numbers.integers(0, size, 32)])
            refused = 0
            for place in places:
                copy = self.copy(path)
                flip(copy, int(place))
                try:
                    frame = read(copy)
                except ReadError as error:
                    refused += 1
                    self.assertEqual(len(str(error).splitlines()), 1)
                    self.assertIn(str(copy), str(error))
                else:
                    # A dataset whose name was changed is one that the file was made without.
                    self.assertLessEqual(set(intact) - set(frame), OPTIONAL)
                    self.assertTrue(same(frame, intact[list(frame)]), f"byte {place} of {path}")
            self.assertGreater(refused, 20)

    def test_errors_survive_pickling(self) -> None:
        error = ReadError("file", "it is damaged", "make it again", "dataset density")
        copy = pickle.loads(pickle.dumps(error))
        self.assertEqual((str(copy), copy.part), (str(error), "dataset density"))
        self.assertEqual(str(error), "cannot read file, dataset density: it is damaged; make it again")

    def test_what_frames_say_of_themselves_can_be_stored(self) -> None:
        # Parquet, for one, stores attrs as JSON; pandas compares them when frames are joined.
        for read, path in READERS:
            frame = read(path)
            self.assertEqual(pd.concat([frame, frame]).attrs, frame.attrs)
            self.assertEqual(set(frame.attrs["units"]), set(frame.columns))
            self.assertTrue(all(frame.attrs["descriptions"][name] for name in frame.columns))

    def test_files_stay_as_they_are(self) -> None:
        before = FIELDS.read_bytes()
        read_fields(FIELDS)
        self.assertEqual(FIELDS.read_bytes(), before)
        # Closed again: they can be opened for writing.
        with h5py.File(self.copy(FIELDS), "r+"):
            pass
