#!/usr/bin/env python3
"""Writes the groups of write.py's universe as other group finders do.

    venv/bin/python catalogues.py       (writes into catalogues/ beside itself)

The layouts are those that pynbody, Pylians and the programs' own documentation describe; numpy and h5py write
them. Members are those of gadget4/fof_subhalo_tab_001.hdf5, by particle ID.
"""

import os

import h5py
import numpy as np

import write
from write import BOX, COUNT, GROUPS, H, LAMBDA, MASS, MPC, MSUN10, OMEGA, attributes, centre, radius, rows, subhalos

IDS, POSITION, VELOCITY = write.final()
START, LENGTH = rows()
SUB = subhalos()
CENTRES = np.array([centre(i) for i in range(3)])
RADII = np.array([radius(0), radius(1), 0])
NSUBS = np.array([len(lengths) for _, lengths in GROUPS])
FIRST = write.first_subhalos()
MEMBERS = IDS[: LENGTH.sum()]


def path(*parts):
    return write.path("catalogues", *parts)


def save(name, order, *columns):
    with open(name, "wb") as file:
        for kind, values in columns:
            file.write(np.asarray(values).astype(order + kind).tobytes())


def snapshot():
    """The particles in another order than that of groups, Mpc/h: SnapFormat 2 of 32 bits."""
    order = (np.arange(COUNT) * 7 + 2) % COUNT
    write.binary("../catalogues/snapshot_002.0", (IDS[order], POSITION[order], VELOCITY[order]), 0.0, "<", 2)


def header(order, wide, groups, ids, files, subs=None):
    """Groups, IDs and subhalos of this file, those of all."""
    columns = [("i4", [groups, len(LENGTH), ids]), ("i8" if wide else "i4", [LENGTH.sum()]), ("i4", [files])]
    return columns + ([("i4", [subs, len(SUB)])] if subs is not None else [])


def gadget_ids(name, order, wide, group, files, kind):
    ids = MEMBERS[START[group][0]:][: LENGTH[group].sum()]
    save(name, order, *header(order, wide, len(LENGTH[group]), len(ids), files), ("i4", [START[group][0]]), (kind, ids))


def subfind(folder, order, kind, wide, dispersions, edges):
    """P-GADGET-3: subhalo_tab and subhalo_ids; offsets count over all files."""
    files = len(edges) - 1
    for part in range(files):
        g = slice(edges[part], edges[part + 1])
        s = np.isin(SUB[:, 0], np.arange(len(GROUPS))[g])
        n, m = len(LENGTH[g]), int(s.sum())
        columns = header(order, wide, n, LENGTH[g].sum(), files, m)
        columns += [("i4", LENGTH[g]), ("i4", START[g]), ("f4", LENGTH[g] * MASS), ("f4", CENTRES[g])]
        for _ in range(3):  # of 200 times the mean density, the critical one, and the top hat
            columns += [("f4", LENGTH[g] * MASS), ("f4", RADII[g])]
        columns += [("f4", np.full((3, n), 100.0))] if dispersions else []
        columns += [("i4", np.zeros(n)), ("f4", np.zeros(n)), ("i4", NSUBS[g]), ("i4", FIRST[g])]
        columns += [("i4", SUB[s, 2]), ("i4", SUB[s, 1]), ("i4", np.zeros(m)), ("f4", SUB[s, 2] * MASS)]
        # Position, velocity, centre of mass, spin, dispersion, VMax, its radius, half-mass radius.
        columns += [("f4", np.zeros((16, m))), (kind, IDS[SUB[s, 1]]), ("i4", SUB[s, 0])]
        save(path(folder, f"subhalo_tab_002.{part}"), order, *columns)
        gadget_ids(path(folder, f"subhalo_ids_002.{part}"), order, wide, g, files, kind)


def group_tab(folder, order, kind, wide, extra, edges):
    """P-GADGET-3's friends-of-friends as of Quijote, kpc/h; offsets count within each file."""
    files = len(edges) - 1
    for part in range(files):
        g = slice(edges[part], edges[part + 1])
        n = len(LENGTH[g])
        types = np.zeros((n, 6))
        types[:, 1] = LENGTH[g]
        columns = header(order, wide, n, LENGTH[g].sum(), files)
        columns += [("i4", LENGTH[g]), ("i4", START[g] - START[g][0]), ("f4", LENGTH[g] * MASS)]
        columns += [("f4", CENTRES[g] * 1000), ("f4", np.zeros((n, 3))), ("i4", types), ("f4", types * MASS)]
        columns += [("f4", np.zeros((extra, n)))] if extra else []
        save(path(folder, f"group_tab_002.{part}"), order, *columns)
        gadget_ids(path(folder, f"group_ids_002.{part}"), order, wide, g, files, kind)


def gadget3():
    """GADGET-3 in HDF5, two files: lengths of all particles alone, and IDs/ID."""
    for part, g in enumerate((slice(0, 1), slice(1, 3))):
        s = np.isin(SUB[:, 0], np.arange(len(GROUPS))[g])
        with h5py.File(path("gadget3", f"subhalo_tab_002.{part}.hdf5"), "w") as file:
            ids = MEMBERS[START[g][0]:][: LENGTH[g].sum()]
            attributes(
                file.create_group("Header"), BoxSize=BOX, Redshift=0.0, Time=1.0, NumFiles=np.int32(2),
                Ngroups_ThisFile=np.int32(len(LENGTH[g])), Ngroups_Total=np.int32(3),
                Nsubgroups_ThisFile=np.int32(s.sum()), Nsubgroups_Total=np.int32(len(SUB)),
                Nids_ThisFile=np.int32(len(ids)), Nids_Total=np.int32(len(MEMBERS)))
            file["Group/GroupLen"] = LENGTH[g].astype("i4")
            file["Group/GroupOffset"] = START[g].astype("i4")
            file["Group/GroupMass"] = (LENGTH[g] * MASS).astype("f4")
            file["Group/GroupPos"] = CENTRES[g].astype("f4")
            file["Group/Group_R_Mean200"] = RADII[g].astype("f4")
            file["Subhalo/SubhaloLen"] = SUB[s, 2].astype("i4")
            file["Subhalo/SubhaloOffset"] = SUB[s, 1].astype("i4")
            file["Subhalo/SubhaloGrNr"] = SUB[s, 0].astype("i4")
            file["IDs/ID"] = ids.astype("u4")


def eagle():
    """EAGLE's names: FOF, GroupNumber from 1, IDs/ParticleID."""
    with h5py.File(path("eagle", "eagle_subfind_tab_002.0.hdf5"), "w") as file:
        attributes(
            file.create_group("Header"), BoxSize=BOX, Redshift=0.0, NTask=np.int32(1), Ngroups=np.int32(3),
            TotNgroups=np.int32(3), Nsubgroups=np.int32(len(SUB)), TotNsubgroups=np.int32(len(SUB)),
            Nids=np.int32(len(MEMBERS)), TotNids=np.int64(len(MEMBERS)), **write.cosmology())
        attributes(file.create_group("Units"), UnitLength_in_cm=MPC, UnitMass_in_g=MSUN10, UnitVelocity_in_cm_per_s=1e5)
        file["FOF/GroupLength"] = LENGTH.astype("i4")
        file["FOF/GroupOffset"] = START.astype("i4")
        file["FOF/GroupMass"] = (LENGTH * MASS).astype("f4")
        file["FOF/GroupCentreOfPotential"] = CENTRES.astype("f4")
        file["FOF/Group_R_Mean200"] = RADII.astype("f4")
        file["Subhalo/SubLength"] = SUB[:, 2].astype("i4")
        file["Subhalo/SubOffset"] = SUB[:, 1].astype("i4")
        file["Subhalo/GroupNumber"] = (SUB[:, 0] + 1).astype("i4")
        file["IDs/ParticleID"] = MEMBERS.astype("u8")


def owls():
    """OWLS and other runs of GADGET-3, two files: groups beside their particles, tables in one axis."""
    for part, g in enumerate((slice(0, 1), slice(1, 3))):
        s = np.isin(SUB[:, 0], np.arange(len(GROUPS))[g])
        mine = slice(START[g][0], START[g][0] + LENGTH[g].sum())
        with h5py.File(path("owls", f"subhalo_002.{part}.hdf5"), "w") as file:
            attributes(
                file.create_group("Header"), BoxSize=BOX, Redshift=0.0, ExpansionFactor=1.0,
                NumPart_ThisFile=np.array([0, LENGTH[g].sum(), 0, 0, 0, 0], "i4"), **write.cosmology())
            attributes(
                file.create_group("Units"), UnitLength_in_cm=MPC, UnitMass_in_g=MSUN10, UnitVelocity_in_cm_per_s=1e5)
            for name in ("FOF", "SUBFIND"):
                attributes(
                    file.create_group(name), NTask=np.int32(2), Number_of_groups=np.int32(len(LENGTH[g])),
                    Total_Number_of_groups=np.int32(3), Number_of_subgroups=np.int32(s.sum()),
                    Total_Number_of_subgroups=np.int32(len(SUB)),
                    Number_per_Type=np.array([0, LENGTH[g].sum(), 0, 0, 0, 0], "i4"))
            file["FOF/CenterOfMass"] = CENTRES[g].ravel().astype("f4")
            file["FOF/Mass"] = (LENGTH[g] * MASS).astype("f4")
            file["FOF/PartType1/Length"] = LENGTH[g].astype("i4")
            file["FOF/PartType1/Offset"] = START[g].astype("i4")
            file["FOF/PartType1/SUB_Length"] = SUB[s, 2].astype("i4")
            file["FOF/PartType1/SUB_Offset"] = SUB[s, 1].astype("i4")
            file["FOF/PartType1/ParticleIDs"] = MEMBERS[mine].astype("u4")
            file["FOF/PartType1/Coordinates"] = POSITION[mine].astype("f4")
            file["SUBFIND/GrNr"] = SUB[s, 0].astype("i4")
            file["SUBFIND/Halo_R_Mean200"] = RADII[g].astype("f4")


def nested():
    """(mass, centre, members) of the three groups, and of the second subhalo of the first within it."""
    start = SUB[1, 1]
    inner = MEMBERS[start:start + SUB[1, 2]]
    halos = [(len(MEMBERS[a:a + n]) * MASS * 1e10, CENTRES[i], MEMBERS[a:a + n])
             for i, (a, n) in enumerate(zip(START, LENGTH))]
    return [halos[1], (len(inner) * MASS * 1e10, CENTRES[0], inner), halos[0], halos[2]]


def ahf():
    """AHF: Msun/h, kpc/h; a halo within another lists its particles again."""
    halos = nested()
    with open(path("ahf", "snap_002.z0.000.AHF_halos"), "w") as file:
        file.write("#ID(1)\thostHalo(2)\tnumSubStruct(3)\tMhalo(4)\tnpart(5)\tXc(6)\tYc(7)\tZc(8)\tVXc(9)\n")
        for i, (mass, where, members) in enumerate(halos):
            x = "\t".join(f"{v:.6f}" for v in where * 1000)
            file.write(f"{9000000 + i}\t0\t0\t{mass:.8e}\t{len(members)}\t{x}\t0.0\n")
    with open(path("ahf", "snap_002.z0.000.AHF_particles"), "w") as file:
        file.write(f"{len(halos)}\n")
        for i, (_, _, members) in enumerate(halos):
            file.write(f"{len(members)}\t{9000000 + i}\n" + "".join(f"{id_}\t1\n" for id_ in members))


def rockstar():
    """ROCKSTAR's ASCII tables of two chunks: a particle has a row for each halo around it."""
    halos = nested()
    names = "id num_p mvir mbound_vir rvir vmax rvmax vrms x y z vx vy vz"
    for chunk in range(2):
        mine = range(2 * chunk, 2 * chunk + 2)
        top = (f"#a = 1.000000\n#Om = {OMEGA}; Ol = {LAMBDA}; h = {H}\n#Box size: {BOX:.6f} Mpc/h\n"
               "#Units: Masses in Msun / h\n#Units: Positions in Mpc / h (comoving)\n")
        with open(path("rockstar", f"halos_2.{chunk}.ascii"), "w") as file:
            file.write("#" + names + "\n" + top)
            for i in mine:
                mass, where, members = halos[i]
                x = " ".join(f"{v:.6f}" for v in where)
                file.write(f"{100 + i} {len(members)} {mass:.8e} {mass:.8e} 1.0 0 0 0 {x} 0 0 0\n")
        with open(path("rockstar", f"halos_2.{chunk}.particles"), "w") as file:
            file.write("#x y z vx vy vz particle_id assigned_internal_haloid internal_haloid external_haloid\n")
            file.write(top + "#Halo table begins here:\n#id internal_id num_p\n#Particle table begins here:\n")
            for i in mine:
                for id_ in halos[i][2]:
                    file.write(f"0 0 0 0 0 0 {id_} {i} {i} {100 + i}\n")
                file.write(f"0 0 0 0 0 0 {IDS[-1 - i]} {i} {i} -1\n")


def swift_groups():
    """SWIFT's fof_output: Mpc and 10^10 Msun without h; groups 1, 2, 3 in another order."""
    order = [1, 0, 2]
    one = np.atleast_1d
    with h5py.File(path("swift", "fof_output_0001.hdf5"), "w") as file:
        attributes(
            file.create_group("Header"), BoxSize=np.full(3, BOX / H), Code=np.bytes_("SWIFT"), Redshift=one(0.0),
            OutputType=np.bytes_("FOF"), NumFilesPerSnapshot=one(np.int32(1)), NumGroups_Total=one(np.int64(3)),
            NumGroups_ThisFile=one(np.int64(3)))
        attributes(file.create_group("Cosmology"), h=one(H), Redshift=one(0.0), Omega_m=one(OMEGA), Omega_lambda=one(LAMBDA))
        units = file.create_group("Units")
        units.attrs["Unit length in cgs (U_L)"] = one(3.08567758149e24)
        units.attrs["Unit mass in cgs (U_M)"] = one(1.98841e43)
        units.attrs["Unit time in cgs (U_t)"] = one(3.08567758149e19)
        file["Groups/GroupIDs"] = np.array(order) + 1
        file["Groups/Masses"] = (LENGTH * MASS / H)[order]
        file["Groups/Sizes"] = LENGTH[order].astype("i8")
        file["Groups/Centres"] = CENTRES[order] / H


def main():
    snapshot()
    subfind("subfind", "<", "u4", True, False, [0, 1, 3])
    subfind("subfind-big", ">", "u8", False, True, [0, 3])
    group_tab("quijote", "<", "u4", True, 0, [0, 2, 3])
    group_tab("quijote-big", ">", "u8", True, 1, [0, 3])
    gadget3()
    eagle()
    owls()
    ahf()
    rockstar()
    swift_groups()


if __name__ == "__main__":
    main()
