"""The checksum, against its definition and against those that halompi wrote."""

from __future__ import annotations

import unittest

import h5py
import numpy as np

from halompi_reader.checksums import checksum

from .support import files


def by_definition(data: bytes) -> str:
    """n + sum of mix(w_i xor i * 0x9e3779b97f4a7c15) modulo 2^64, in whole numbers of Python."""
    total = len(data)
    data += bytes(-len(data) % 8)
    for i in range(len(data) // 8):
        w = int.from_bytes(data[8 * i : 8 * i + 8], "little") ^ i * 0x9E3779B97F4A7C15 % 2**64
        w = (w ^ w >> 30) * 0xBF58476D1CE4E5B9 % 2**64
        w = (w ^ w >> 27) * 0x94D049BB133111EB % 2**64
        total += w ^ w >> 31
    return f"{total % 2**64:016x}"


class ChecksumTests(unittest.TestCase):
    def test_it_is_that_of_the_definition(self) -> None:
        numbers = np.random.default_rng(1)
        for count in [0, 1, 7, 8, 9, 1000, 8191]:
            data = numbers.bytes(count)
            self.assertEqual(checksum(data), by_definition(data))

    def test_blocks_are_joined(self) -> None:
        # A block has 8 MiB.
        data = np.random.default_rng(2).integers(0, 255, (1 << 23) + 13, np.uint8)
        self.assertEqual(checksum(data), by_definition(data.tobytes()))

    def test_arrays_are_taken_in_C_order(self) -> None:
        array = np.arange(24, dtype="<f4").reshape(2, 3, 4)
        self.assertEqual(checksum(array.T), by_definition(array.T.tobytes()))

    def test_it_is_that_of_halompi(self) -> None:
        count = 0
        for path in files("fields/*.h5") + files("training/*/model.h5") + files("predictions/*/predictions.h5"):
            with h5py.File(path) as file:
                datasets = []
                file.visititems(lambda _, item: datasets.append(item) if isinstance(item, h5py.Dataset) else None)
                for dataset in datasets:
                    self.assertEqual(checksum(dataset[()]), dataset.attrs["checksum"].decode(), dataset.name)
                count += len(datasets)
        self.assertGreater(count, 10)
