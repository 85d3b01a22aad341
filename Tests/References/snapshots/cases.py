#!/usr/bin/env python3
"""Writes the initial particles of write.py in HDF5 files that cannot be read, or not without more.

    python3 -m venv venv && venv/bin/pip install h5py hdf5plugin numpy
    venv/bin/python cases.py            (writes to the folder cases beside itself)

compound.hdf5: positions are records of x, y and z. virtual.hdf5: datasets are put together from
virtual.0.hdf5, which is there, and virtual.1.hdf5, which is not. sparse.hdf5: 2^39 rows are announced, with
a mass that fits, of which none is stored. partial.hdf5: the last chunk of the velocities was never written.
blosc.hdf5: compressed by a filter that the library does not have of itself.
"""

import os

import h5py
import hdf5plugin
import numpy as np

import write

FOLDER = os.path.join(write.FOLDER, "cases")


def snapshot(name, count=write.COUNT, mass=write.MASS, **options):
    """A snapshot of GADGET-4 in one file, open to be changed."""
    ids, position, velocity = write.initial()
    file = h5py.File(os.path.join(FOLDER, name), "w")
    write.attributes(
        file.create_group("Header"), BoxSize=write.BOX, Redshift=99.0, Time=0.01, NumFilesPerSnapshot=np.int32(1),
        MassTable=np.array([0, mass]), NumPart_ThisFile=np.array([0, count], "u8"),
        NumPart_Total=np.array([0, count], "u8"))
    write.attributes(file.create_group("Parameters"), **write.cosmology())
    for key, values in dict(Coordinates=position, Velocities=velocity, ParticleIDs=ids.astype("u4")).items():
        file.create_dataset("PartType1/" + key, data=values, **options)
    return file


def main():
    os.makedirs(FOLDER, exist_ok=True)
    with snapshot("compound.hdf5") as file:
        position = file["PartType1/Coordinates"][()]
        del file["PartType1/Coordinates"]
        records = np.zeros(write.COUNT, [("x", "f8"), ("y", "f8"), ("z", "f8")])
        records["x"], records["y"], records["z"] = position.T
        file["PartType1/Coordinates"] = records
    half = write.COUNT // 2
    with snapshot("virtual.hdf5") as file, h5py.File(os.path.join(FOLDER, "virtual.0.hdf5"), "w") as part:
        for key in list(file["PartType1"]):
            values = file["PartType1/" + key][()]
            part["PartType1/" + key] = values[:half]
            layout = h5py.VirtualLayout(values.shape, values.dtype)
            for index in range(2):
                layout[index * half:(index + 1) * half] = h5py.VirtualSource(
                    f"virtual.{index}.hdf5", "PartType1/" + key, (half,) + values.shape[1:])
            del file["PartType1/" + key]
            file.create_virtual_dataset("PartType1/" + key, layout)
    count = 2**39
    with snapshot("sparse.hdf5", count, write.MASS * write.COUNT / count) as file:
        for key, width in dict(Coordinates=(3,), Velocities=(3,), ParticleIDs=()).items():
            kind = "u8" if key == "ParticleIDs" else "f4"
            del file["PartType1/" + key]
            file.create_dataset("PartType1/" + key, (count,) + width, kind, chunks=(2**16,) + width)
    with snapshot("partial.hdf5") as file:
        velocity = file["PartType1/Velocities"][()]
        del file["PartType1/Velocities"]
        set_ = file.create_dataset("PartType1/Velocities", velocity.shape, "f4", chunks=(36, 3))
        set_[:180] = velocity[:180]
    snapshot("blosc.hdf5", **hdf5plugin.Blosc(cname="lz4", clevel=5), chunks=True).close()


if __name__ == "__main__":
    main()
