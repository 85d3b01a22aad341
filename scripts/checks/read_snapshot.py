#!/usr/bin/env python3
"""Opens a snapshot and its catalogue with other people's readers, and prints what they make of it.

usage: read_snapshot.py SNAPSHOT CATALOGUE

Needs pynbody, yt and h5py from PyPI, in an environment of the user's:

    python3 -m venv .venv-check && .venv-check/bin/pip install pynbody yt h5py
    .venv-check/bin/python scripts/checks/read_snapshot.py snapshot_001.hdf5 fof_subhalo_tab_001.hdf5

For each reader: the number of particles, the box [Mpc/h], the redshift, the mass of all particles
over that of the box (1 if the units were understood), the rms velocity [km/s] along one axis, and
the number of groups with the sizes of the first. It ends with code 1 if readers disagree.
"""

import math
import os
import shutil
import sys
import tempfile

import h5py
import numpy as np

# Msun/h / (Mpc/h)^3: G of CODATA 2018, the solar mass parameter of IAU 2015 B3.
CRITICAL_DENSITY = 2.77536627e11


def report(reader, count, box, redshift, mass, velocity, sizes, omega_matter):
    expected = omega_matter * CRITICAL_DENSITY * box**3
    groups = "unread" if sizes is None else f"{len(sizes)}, largest {sizes[:5]}"
    print(
        f"{reader:8s} particles {count}, box {box:.6g} Mpc/h, z {redshift:.6g}, "
        f"mass/expected {mass / expected:.6f}, rms velocity {velocity:.5g} km/s, "
        f"groups {groups}"
    )
    return {
        "particles": count,
        "box": box,
        "redshift": redshift,
        "mass": mass / expected,
        "velocity": velocity,
        "groups": sizes,
    }


def with_h5py(snapshot, catalogue):
    with h5py.File(snapshot) as file, h5py.File(catalogue) as groups:
        header, parameters = file["Header"].attrs, file["Parameters"].attrs
        unit = parameters["UnitLength_in_cm"] / 3.085678e24
        count = int(header["NumPart_Total"][1])
        # u = sqrt(a) dx/dt, and the peculiar velocity is sqrt(a) u.
        velocities = file["PartType1/Velocities"][:, 0] * math.sqrt(header["Time"])
        sizes = groups["Group/GroupLen"][:] if "GroupLen" in groups["Group"] else []
        return report(
            "h5py", count, header["BoxSize"] * unit, header["Redshift"],
            count * header["MassTable"][1] * 1e10, rms(velocities), [int(n) for n in sizes],
            parameters["Omega0"],
        )  # fmt: skip


def with_pynbody(snapshot, catalogue):
    import pynbody

    data = pynbody.load(snapshot)
    a = data.properties["a"]
    box = float(data.properties["boxsize"].in_units("a Mpc h**-1", **data.conversion_context()))
    mass = float(data.dm["mass"].in_units("Msol h**-1", **data.conversion_context()).sum())
    velocities = np.asarray(
        data.dm["vel"].in_units("km s**-1", **data.conversion_context())[:, 0]
    )
    groups = pynbody.halo.subfindhdf.Gadget4SubfindHDFCatalogue(data, filename=catalogue)
    return report(
        "pynbody", len(data.dm), box, 1 / a - 1, mass, rms(velocities),
        [len(groups[n]) for n in range(len(groups))], data.properties["omegaM0"],
    )  # fmt: skip


def with_yt(snapshot, catalogue):
    import yt

    yt.set_log_level("error")
    with h5py.File(snapshot) as file:
        # yt takes kpc/h for granted and does not look into Parameters.
        units = {
            name: value
            for name, value in file["Parameters"].attrs.items()
            if name.startswith("Unit")
        }
    data = yt.load(snapshot, unit_base=units)
    everything = data.all_data()
    masses = everything["PartType1", "particle_mass"].to("Msun/h")
    velocities = everything["PartType1", "particle_velocity_x"].to("km/s")
    with tempfile.TemporaryDirectory() as folder:
        # yt looks for the number of the file in its name.
        copy = shutil.copy(catalogue, os.path.join(folder, "fof_subhalo_tab_001.0.hdf5"))
        try:
            groups = yt.load(copy).all_data()
            sizes = sorted((int(n) for n in groups["Group", "GroupLen"]), reverse=True)
        except KeyError as error:
            print(f"yt knows GADGET-3's catalogues only; this one lacks {error}")
            sizes = None
    return report(
        "yt", len(masses), float(data.domain_width[0].to("Mpccm/h")), data.current_redshift,
        float(masses.sum()), rms(np.asarray(velocities)), sizes, data.omega_matter,
    )  # fmt: skip


def rms(values):
    return math.sqrt(np.mean(np.square(values, dtype=np.float64)))


def main(snapshot, catalogue):
    results = [read(snapshot, catalogue) for read in (with_h5py, with_pynbody, with_yt)]
    agree = True
    for result in results[1:]:
        for key, value in results[0].items():
            other = result[key]
            if other is None:
                continue
            same = (
                value == other
                if isinstance(value, list)
                else math.isclose(value, other, rel_tol=2e-3, abs_tol=1e-6)
            )
            if not same:
                print(f"readers disagree on {key}")
                agree = False
    return 0 if agree else 1


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1], sys.argv[2]))
