#!/usr/bin/env python3
"""Writes readings.json: what pynbody and swiftsimio read in the files that write.py made."""

import json
import os

import numpy as np

FOLDER = os.path.dirname(os.path.abspath(__file__))


def path(*parts):
    return os.path.join(FOLDER, *parts)


def reading(reader, box, redshift, omega, hubble, mass, ids, position, velocity, halos=None,
            bound=None):
    """Lengths in comoving Mpc/h, the mass in Msun, velocities peculiar in km/s, halos by row."""
    shown = [0, 1, 107, 215]
    position, velocity = np.asarray(position, "f8"), np.asarray(velocity, "f8")
    found = dict(
        reader=reader, boxSize=float(box), redshift=float(redshift), omegaMatter=float(omega), hubble=float(hubble),
        particleMass=float(mass), count=len(ids), idSum=int(np.sum(ids)), rows=shown, ids=[int(ids[i]) for i in shown],
        positions=position[shown].ravel().tolist(), velocities=velocity[shown].ravel().tolist(),
        positionSum=position.sum(0).tolist(), velocitySum=velocity.sum(0).tolist())
    if halos is not None:
        found["halos"] = [int(x) for x in halos]
    if bound is not None:
        found["bound"] = [int(x) for x in bound]
    return found


def by_pynbody(name, unit=None, catalogue=None):
    """What pynbody reads; `unit` [Mpc/h] is that of a file that does not say, for which it has a guess."""
    import pynbody
    snap = pynbody.load(path(*name.split("/")))
    p = snap.properties
    length = unit or snap["pos"].units.ratio("Mpc a h^-1", a=p["a"], h=p["h"])
    box = p["boxsize"].in_units(snap["pos"].units, a=p["a"], h=p["h"]) * length
    halos = bound = None
    if catalogue:
        halos, bound = -np.ones(len(snap)), np.zeros(len(snap))
        filename = None if catalogue is True else path(*catalogue.split("/"))
        for index, halo in enumerate(snap.halos(filename=filename)):
            halos[halo.get_index_list(snap)] = index
        for subhalo in snap.halos(filename=filename, subhalos=True):
            bound[subhalo.get_index_list(snap)] = 1
    return reading(
        f"pynbody {pynbody.__version__}, {type(snap).__name__}", box, 1 / p["a"] - 1, p["omegaM0"], p["h"],
        float(np.asarray(snap["mass"])[0]) * 1e10 / p["h"], np.asarray(snap["iord"]),
        np.asarray(snap["pos"]) * length, np.asarray(snap["vel"].in_units("km s^-1", a=p["a"], h=p["h"])), halos, bound)


def by_swiftsimio(name):
    import swiftsimio
    data = swiftsimio.load(path(*name.split("/")))
    meta, dark = data.metadata, data.dark_matter
    hubble = meta.cosmology.h
    halos = np.asarray(dark.fofgroup_ids) if hasattr(dark, "fofgroup_ids") else None
    return reading(
        f"swiftsimio {swiftsimio.__version__}", meta.boxsize[0].to_comoving_value("Mpc") * hubble, meta.z,
        meta.cosmology.Om0, hubble, dark.masses[0].to_physical_value("Msun"), np.asarray(dark.particle_ids),
        dark.coordinates.to_comoving_value("Mpc") * hubble, dark.velocities.to_physical_value("km/s"), halos)


def main():
    readings = {
        "gadget4/ics.hdf5": by_pynbody("gadget4/ics.hdf5"),
        "gadget4/snapshot_001.hdf5": by_pynbody(
            "gadget4/snapshot_001.hdf5", catalogue="gadget4/fof_subhalo_tab_001.hdf5"),
        # The next files do not state their units.
        "gadget2/ics": by_pynbody("gadget2/ics", unit=0.001),
        "gadget2/snapshot_001": by_pynbody("gadget2/snapshot_001", unit=0.001),
        "binary/ics.gadget": by_pynbody("binary/ics.gadget", unit=1),
        "binary/snapshot_001": by_pynbody("binary/snapshot_001", unit=1),
        "binary/ics-pynbody.gadget": by_pynbody("binary/ics-pynbody.gadget", unit=1),
        "swift/twin_0000.hdf5": by_swiftsimio("swift/twin_0000.hdf5"),
        "swift/twin_0001.hdf5": by_swiftsimio("swift/twin_0001.hdf5"),
        "arepo/snapdir_099": by_pynbody("arepo/snapdir_099/snap_099", catalogue=True),
    }
    with open(path("readings.json"), "w") as file:
        json.dump(readings, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
