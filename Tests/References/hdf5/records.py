#!/usr/bin/env python3
"""Writes records.h5: records of named fields, and lists of different lengths as h5py stores them.

    venv/bin/python records.py      (writes beside itself)
"""

import os

import h5py
import numpy as np

LISTS = [[5, 7, 2**31 + 1], [], [9], list(range(100, 140))]
RECORD = np.dtype([("count", "i8"), ("position", "f4", 3), ("mass", ">f8"), ("name", "S4"), ("matrix", "i4", (2, 2))])


def main():
    with h5py.File(os.path.join(os.path.dirname(os.path.abspath(__file__)), "records.h5"), "w") as file:
        table = np.zeros(3, RECORD)
        table["count"] = [3, -1, 2**40]
        table["position"] = np.arange(9).reshape(3, 3) / 4
        table["mass"] = [1.5, 2.5, -3.5]
        file["records"] = table
        for name, kind, options in (
                ("whole", "u8", {}), ("bigEndian", ">u4", {}), ("chunked", "i8", {"chunks": (3,)}),
                ("compressed", "i8", {"chunks": (4,), "compression": "gzip"}), ("real", "f4", {})):
            lists = file.create_dataset(name, (len(LISTS),), h5py.vlen_dtype(np.dtype(kind)), **options)
            for row, values in enumerate(LISTS):
                lists[row] = np.array(values, kind)


if __name__ == "__main__":
    main()
