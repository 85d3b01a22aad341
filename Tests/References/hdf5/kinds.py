"""Makes kinds-1.h5 and kinds-2.h5: attributes and datasets of every kind of type, in headers of version 1 and 2.

usage: python kinds.py FOLDER   (numpy 2.x, h5py 3.x)
"""

import sys

import h5py
import numpy as np


def fill(thing):
    """Adds an attribute of each kind."""
    attributes = thing.attrs
    attributes["whole"] = np.int32(-3)
    attributes["wholes"] = np.arange(6, dtype=">i2").reshape(2, 3)
    attributes["real"] = np.float64(0.25)
    attributes["bool"] = np.array([True, False])
    attributes["text"] = "Mpc/h"
    attributes["fixed"] = np.bytes_("Msun/h")
    attributes["texts"] = np.array([b"a", b"bcd", b""], dtype="S5")
    attributes["empty"] = h5py.Empty("f4")
    attributes["none"] = np.zeros((0, 4), dtype="f4")
    attributes["opaque"] = np.array([np.void(b"\x01\x02\x03\x04\x05")])
    attributes["complex"] = np.complex128(1 + 2j)
    pair = np.dtype([("id", "<u8"), ("weights", "<f4", (3, 2)), ("name", "S7"), ("inner", [("x", "<f8"), ("flag", "u1")])])
    attributes["compound"] = np.zeros(2, dtype=pair)
    attributes.create("list", [np.arange(3), np.arange(2)], dtype=h5py.vlen_dtype(np.dtype("i4")))
    attributes["enum"] = np.array([0, 1], dtype=h5py.enum_dtype({"GAS": 0, "DARK": 1}, basetype="u1"))
    attributes["reference"] = thing.ref
    attributes.create("array", np.zeros((2, 3, 4), "f4"), shape=(2, 3, 4), dtype=np.dtype(("f4", (3, 4))))


def make(path, version):
    with h5py.File(path, "w", libver=version) as file:
        fill(file)
        group = file.create_group("Header")
        fill(group)
        # So many that headers of version 1 go on elsewhere.
        for index in range(12):
            group.attrs[f"number{index}"] = np.arange(index, dtype="f8")
        data = file.create_dataset("data", data=np.arange(24, dtype="f4").reshape(4, 6), maxshape=(None, 6), chunks=(2, 3))
        fill(data)
        file["type"] = np.dtype([("a", "i4"), ("b", "f8")])
        data.attrs.create("committed", np.zeros(1, dtype=file["type"].dtype), dtype=file["type"])
        file.create_dataset("table", data=np.zeros(3, dtype=[("mass", "f4"), ("center", "f4", 3)]))


if __name__ == "__main__":
    make(f"{sys.argv[1]}/kinds-1.h5", ("earliest", "v108"))
    make(f"{sys.argv[1]}/kinds-2.h5", ("v110", "v110"))
