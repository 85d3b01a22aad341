"""The run directory that the tests read, and copies of its files to damage."""

from __future__ import annotations

import os
import shutil
import tempfile
import unittest
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import pandas as pd

from halompi_reader import ReadError

try:
    RUN = Path(os.environ["HALOMPI_RUN"])
except KeyError:
    raise SystemExit("set HALOMPI_RUN to a run directory with fields, trainings, predictions and a report") from None


def files(pattern: str) -> list[Path]:
    """The files of the run; at least one."""
    found = sorted(RUN.glob(pattern))
    assert found, f"{RUN} has no {pattern}"
    return found


class FileTestCase(unittest.TestCase):
    """A test that damages copies of files."""

    def setUp(self) -> None:
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def copy(self, path: Path) -> Path:
        """A copy of a file, which may be changed."""
        return Path(shutil.copy(path, self.folder / path.name))

    def changed(self, path: Path, change: Callable[[h5py.File], Any]) -> Path:
        """A copy of an HDF5 file that h5py has changed."""
        copy = self.copy(path)
        with h5py.File(copy, "r+") as file:
            change(file)
        return copy

    def assert_refused(self, read: Callable[..., Any], path: Path, *words: str, **options: Any) -> ReadError:
        """Reading must fail with one sentence that has the file, some words, and a remedy."""
        with self.assertRaises(ReadError) as caught:
            read(path, **options)
        error = caught.exception
        message = str(error)
        self.assertEqual(len(message.splitlines()), 1, message)
        for word in (str(path), error.remedy, *words):
            self.assertIn(word, message)
        self.assertTrue(error.remedy)
        return error


def flip(path: Path, place: int) -> None:
    """Changes all bits of a byte."""
    with open(path, "r+b") as file:
        file.seek(place)
        byte = file.read(1)[0]
        file.seek(place)
        file.write(bytes([byte ^ 255]))


def place_of(path: Path, dataset: str) -> int:
    """Where in a file the numbers of a dataset begin."""
    with h5py.File(path) as file:
        stored = file[dataset].id
        offset = stored.get_offset()
        return int(stored.get_chunk_info(0).byte_offset if offset is None else offset)


def same(a: pd.DataFrame, b: pd.DataFrame) -> bool:
    """Whether two frames have the same columns and the same bits."""
    return list(a.columns) == list(b.columns) and all(
        np.array_equal(np.asarray(a[name]), np.asarray(b[name]), equal_nan=a[name].dtype.kind == "f") for name in a
    )
