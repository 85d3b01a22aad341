#!/usr/bin/env python3
"""Writes one small universe in the formats that halompi reads.

    python3 -m venv venv && venv/bin/pip install h5py numpy pynbody swiftsimio
    venv/bin/python write.py            (writes beside itself)
    venv/bin/python read.py             (what other programs read in the files)

216 particles of dark matter in a box of 25 Mpc/h (WMAP5), on a displaced lattice at z = 99 and in three
groups at z = 0. Nothing here is of halompi: HDF5 is written by h5py, records by numpy and by pynbody. Run
again, it writes the same values.
"""

import os
import struct

import h5py
import numpy as np

N, BOX, H, OMEGA, LAMBDA = 6, 25.0, 0.701, 0.279, 0.721
COUNT = N**3
CRITICAL = 2.77536627e11  # Msun/h / (Mpc/h)^3
MASS = OMEGA * CRITICAL * BOX**3 / COUNT / 1e10  # 10^10 Msun/h
GROUPS = [(60, [40, 10]), (40, [33]), (32, [])]
MPC, MSUN10 = 3.085678e24, 1.989e43
FOLDER = os.path.dirname(os.path.abspath(__file__))


def rounded(x):
    """Multiples of 2^-12 in [0, box), so that 32 and 64 bits hold the same positions."""
    return np.round(np.mod(x, BOX) * 4096) / 4096 % BOX


def initial():
    """IDs, positions [Mpc/h] and velocities u = sqrt(a) dx/dt [km/s] at z = 99, in another order than sites."""
    site = (np.arange(COUNT) * 101 + 5) % COUNT
    cell = np.stack([site // N**2, site // N % N, site % N], 1)
    angle = 2 * np.pi * cell / N
    step = BOX / N
    # Displacements are a gradient, as those of growing modes are.
    common = 0.06 * np.sin(angle.sum(1) + 0.7)
    shift = step * np.stack(
        [0.2 * np.sin(angle[:, 0] + 0.3) + common, 0.16 * np.sin(angle[:, 1] - 0.2) + common,
         0.12 * np.cos(angle[:, 2]) + common], 1)
    a = 0.01
    velocity = shift * 100 * np.sqrt(OMEGA / a**3 + LAMBDA) * np.sqrt(a)
    return site + 1, rounded(cell * step + shift), velocity.astype("f4")


def centre(group):
    return BOX * np.mod(np.array([0.02, 0.5, 0.83]) + 0.31 * group, 1)


def radius(group):
    return np.cbrt(3 * GROUPS[group][0] / (4 * np.pi * 200)) * BOX / N


def final():
    """The same at z = 0, in the order of groups; velocities are small numbers that tell rows apart."""
    site = (np.arange(COUNT) * 37 + 11) % COUNT
    cell = np.stack([site // N**2, site // N % N, site % N], 1)
    position = (cell + 0.4) * BOX / N
    row = 0
    for group, (length, _) in enumerate(GROUPS):
        for place in range(length):
            distance = (place % 20 + 1) / 16 * radius(group)
            offset = np.zeros(3)
            offset[place % 3] = distance * np.cos(place)
            offset[(place + 1) % 3] = distance * np.sin(place)
            position[row] = centre(group) + offset
            row += 1
    velocity = np.stack([np.arange(COUNT), -np.arange(COUNT), 0.5 * np.arange(COUNT)], 1)
    return site + 1, rounded(position), velocity.astype("f4")


def path(*parts):
    name = os.path.join(FOLDER, *parts)
    os.makedirs(os.path.dirname(name), exist_ok=True)
    return name


def per_type(value, types=6):
    return [value if kind == 1 else 0 * value for kind in range(types)]


def attributes(group, **values):
    for name, value in values.items():
        group.attrs[name] = value


def cosmology():
    return {"Omega0": OMEGA, "OmegaLambda": LAMBDA, "HubbleParam": H}


# --- GADGET-4: Parameters, 64-bit counts of two types, Mpc/h, 64-bit positions, 32-bit IDs ------------------


def gadget4(name, particles, redshift):
    ids, position, velocity = particles
    with h5py.File(path("gadget4", name), "w") as file:
        attributes(
            file.create_group("Header"), BoxSize=BOX, Redshift=redshift, Time=1 / (1 + redshift),
            NumFilesPerSnapshot=np.int32(1), MassTable=np.array([0, MASS]),
            NumPart_ThisFile=np.array([0, COUNT], "u8"), NumPart_Total=np.array([0, COUNT], "u8"))
        attributes(
            file.create_group("Parameters"), BoxSize=BOX, UnitLength_in_cm=MPC, UnitMass_in_g=MSUN10,
            UnitVelocity_in_cm_per_s=1e5, **cosmology())
        file["PartType1/Coordinates"] = position
        file["PartType1/Velocities"] = velocity
        file["PartType1/ParticleIDs"] = ids.astype("u4")


def rows():
    start = np.cumsum([0] + [length for length, _ in GROUPS])
    return start[:-1], np.array([length for length, _ in GROUPS])


def subhalos():
    """(group, first row, length) of each subhalo."""
    found = []
    for group, (start, (_, lengths)) in enumerate(zip(rows()[0], GROUPS)):
        for length in lengths:
            found.append((group, start, length))
            start += length
    return np.array(found)


def first_subhalos():
    """The first subhalo of each group, -1 for none."""
    of = subhalos()[:, 0]
    return np.array([np.flatnonzero(of == group)[0] if group in of else -1 for group in range(len(GROUPS))])


def gadget4_catalogue():
    start, length = rows()
    sub = subhalos()
    with h5py.File(path("gadget4", "fof_subhalo_tab_001.hdf5"), "w") as file:
        attributes(
            file.create_group("Header"), BoxSize=BOX, Redshift=0.0, Time=1.0, NumFiles=np.int32(1),
            Ngroups_ThisFile=np.uint64(len(length)), Ngroups_Total=np.uint64(len(length)),
            Nsubhalos_ThisFile=np.uint64(len(sub)), Nsubhalos_Total=np.uint64(len(sub)))
        attributes(
            file.create_group("Parameters"), BoxSize=BOX, UnitLength_in_cm=MPC, UnitMass_in_g=MSUN10,
            UnitVelocity_in_cm_per_s=1e5, **cosmology())
        file["Group/GroupLenType"] = np.stack([0 * length, length], 1).astype("i4")
        file["Group/GroupOffsetType"] = np.stack([0 * start, start], 1).astype("i8")
        file["Group/GroupMass"] = (length * MASS).astype("f4")
        file["Group/GroupPos"] = np.array([centre(group) for group in range(3)]).astype("f4")
        file["Group/Group_R_Mean200"] = np.array([radius(0), radius(1), 0]).astype("f4")
        file["Group/GroupFirstSub"] = first_subhalos().astype("i8")
        file["Subhalo/SubhaloLenType"] = np.stack([0 * sub[:, 2], sub[:, 2]], 1).astype("i4")
        file["Subhalo/SubhaloOffsetType"] = np.stack([0 * sub[:, 1], sub[:, 1]], 1).astype("i8")
        file["Subhalo/SubhaloGroupNr"] = sub[:, 0].astype("i8")


# --- GADGET-2 in HDF5: no Parameters, kpc/h unstated, high words, Masses one by one, several files ----------


def gadget2(base, particles, redshift, files):
    ids, position, velocity = particles
    edges = np.linspace(0, COUNT, files + 1).astype(int)
    for part in range(files):
        mine = slice(edges[part], edges[part + 1])
        count = edges[part + 1] - edges[part]
        with h5py.File(path("gadget2", f"{base}.{part}.hdf5"), "w") as file:
            attributes(
                file.create_group("Header"), BoxSize=BOX * 1000, Redshift=redshift, Time=1 / (1 + redshift),
                NumFilesPerSnapshot=np.int32(files), MassTable=np.zeros(6),
                NumPart_ThisFile=np.array(per_type(count), "i4"), NumPart_Total=np.array(per_type(COUNT), "u4"),
                NumPart_Total_HighWord=np.zeros(6, "u4"), **cosmology())
            file["PartType1/Coordinates"] = (position[mine] * 1000).astype("f4")
            file["PartType1/Velocities"] = velocity[mine]
            file["PartType1/ParticleIDs"] = ids[mine].astype("u8")
            file["PartType1/Masses"] = np.full(count, MASS, "f4")


# --- GADGET binary ------------------------------------------------------------------------------------------


def binary(name, particles, redshift, order, version, files=1, wide=False, table=True):
    """SnapFormat 1 or 2 in byte order < or >; 64-bit numbers and a mass for each particle if asked for."""
    ids, position, velocity = particles
    edges = np.linspace(0, COUNT, files + 1).astype(int)
    for part in range(files):
        mine = slice(edges[part], edges[part + 1])
        count = int(edges[part + 1] - edges[part])
        header = struct.pack(
            order + "6i6d2d2i6I2i4d2i6Ii60x", *per_type(count), *per_type(MASS if table else 0.0),
            1 / (1 + redshift), redshift, 0, 0, *per_type(COUNT), 0, files, BOX, OMEGA, LAMBDA, H, 0, 0,
            *[0] * 6, 0)
        assert len(header) == 256
        real, whole = ("f8", "u8") if wide else ("f4", "u4")
        blocks = [(b"HEAD", header), (b"POS ", position[mine].astype(order + real).tobytes()),
                  (b"VEL ", velocity[mine].astype(order + real).tobytes())]
        if version == 2:
            blocks.append((b"POT ", np.zeros(count, order + "f4").tobytes()))
        blocks.append((b"ID  ", ids[mine].astype(order + whole).tobytes()))
        if not table:
            blocks.append((b"MASS", np.full(count, MASS, order + real).tobytes()))
        with open(path("binary", name + (f".{part}" if files > 1 else "")), "wb") as file:
            def record(content):
                length = struct.pack(order + "I", len(content))
                file.write(length + content + length)
            for label, content in blocks:
                if version == 2:
                    record(label + struct.pack(order + "I", len(content) + 8))
                record(content)


def pynbody_binary(name, particles, redshift):
    import pynbody
    ids, position, velocity = particles
    snap = pynbody.new(dm=COUNT)
    snap["pos"] = pynbody.array.SimArray(position, "Mpc a h^-1")
    snap["vel"] = pynbody.array.SimArray(velocity, "km s^-1 a^1/2")
    snap["mass"] = pynbody.array.SimArray(np.full(COUNT, MASS), "1e10 Msol h^-1")
    snap["iord"] = ids
    snap.properties.update(
        a=1 / (1 + redshift), z=redshift, h=H, omegaM0=OMEGA, omegaL0=LAMBDA,
        boxsize=pynbody.units.Unit(f"{BOX} Mpc a h^-1"))
    snap.write(fmt=pynbody.snapshot.gadget.GadgetSnap, filename=path("binary", name))


# --- SWIFT --------------------------------------------------------------------------------------------------


def swift(name, particles, redshift, groups):
    """Mpc without h, 10^10 Msun, km/s; peculiar velocities; groups numbered from 1, 2147483647 for none."""
    ids, position, velocity = particles
    a = 1 / (1 + redshift)
    shuffle = (np.arange(COUNT) * 5 + 3) % COUNT
    number = np.full(COUNT, 2147483647)
    if groups:
        number[: sum(length for length, _ in GROUPS)] = np.repeat([1, 2, 3], [length for length, _ in GROUPS])
    one = np.atleast_1d
    unit = {"Unit length in cgs (U_L)": one(3.08567758149e24), "Unit mass in cgs (U_M)": one(1.98841e43),
            "Unit time in cgs (U_t)": one(3.08567758149e19), "Unit current in cgs (U_I)": one(1.0),
            "Unit temperature in cgs (U_T)": one(1.0)}
    with h5py.File(path("swift", name), "w") as file:
        attributes(
            file.create_group("Header"), BoxSize=np.full(3, BOX / H), Dimension=one(3.0), Code=np.bytes_("SWIFT"),
            NumFilesPerSnapshot=one(np.int32(1)), Redshift=one(redshift), Time=one(0.0141), MassTable=np.zeros(7),
            NumPart_ThisFile=np.array(per_type(COUNT, 7), "i8"), NumPart_Total=np.array(per_type(COUNT, 7), "u4"),
            NumPart_Total_HighWord=np.zeros(7, "u4"), NumPartTypes=one(np.int32(7)), OutputType=np.bytes_("FullVolume"),
            RunName=np.bytes_("twin"), Virtual=one(np.int32(0)), ThisFile=one(np.int32(0)))
        file["Header"].attrs["Scale-factor"] = one(a)
        cosmo = file.create_group("Cosmology")
        for key, value in {
                "Cosmological run": np.int32(1), "Redshift": redshift, "Scale-factor": a, "h": H, "Omega_m": OMEGA,
                "Omega_lambda": LAMBDA, "Omega_b": 0.045, "Omega_cdm": OMEGA - 0.045, "Omega_r": 0.0, "Omega_k": 0.0,
                "Omega_nu_0": 0.0, "N_eff": 0.0, "N_ur": 0.0, "w_0": -1.0, "w_a": 0.0, "T_CMB_0 [K]": 0.0,
                "H0 [internal units]": 100 * H, "Critical density [internal units]": 12.87}.items():
            cosmo.attrs[key] = one(value)
        for group in ("Units", "InternalCodeUnits"):
            file.create_group(group).attrs.update(unit)
        attributes(file.create_group("Code"), Code=np.bytes_("SWIFT"))
        file.create_group("Parameters").attrs["FOF:group_id_default"] = np.bytes_("2147483647")
        particles = file.create_group("PartType1")
        columns = {
            "Coordinates": ((position / H)[shuffle], "a U_L  [ cm ] ", 1, [1, 0, 0]),
            "Velocities": ((velocity * np.sqrt(a))[shuffle].astype("f4"), "U_L U_t^-1  [ cm s^-1 ] ", 0, [1, 0, -1]),
            "Masses": (np.full(COUNT, MASS / H, "f4"), "U_M  [ g ] ", 0, [0, 1, 0]),
            "ParticleIDs": (ids[shuffle].astype("u8"), "[ - ] ", 0, [0, 0, 0])}
        if groups:
            columns["FOFGroupIDs"] = (number[shuffle].astype("i8"), "[ - ] ", 0, [0, 0, 0])
        for key, (values, text, power, exponents) in columns.items():
            set_ = particles.create_dataset(key, data=values)
            set_.attrs["Expression for physical CGS units"] = np.bytes_(text)
            set_.attrs["Description"] = np.bytes_(key)
            set_.attrs["a-scale exponent"] = one(float(power))
            set_.attrs["h-scale exponent"] = one(0.0)
            for name_, exponent in zip(["U_L", "U_M", "U_t"], exponents):
                set_.attrs[f"{name_} exponent"] = one(float(exponent))
            for name_ in ["U_I", "U_T"]:
                set_.attrs[f"{name_} exponent"] = one(0.0)
            factor = {"Coordinates": 3.08567758149e24, "Velocities": 1e5, "Masses": 1.98841e43}.get(key, 1.0)
            set_.attrs["Conversion factor to CGS (not including cosmological corrections)"] = one(factor)
            set_.attrs["Value stored as physical"] = one(np.int32(0))
            set_.attrs["Property can be converted to comoving"] = one(np.int32(1))


# --- AREPO as IllustrisTNG: kpc/h, no offsets, several catalogue files, of which one has no group ------------


def arepo():
    ids, position, velocity = final()
    header = dict(
        BoxSize=BOX * 1000, Redshift=0.0, Time=1.0, UnitLength_in_cm=MPC / 1000, UnitMass_in_g=MSUN10,
        UnitVelocity_in_cm_per_s=1e5, **cosmology())
    with h5py.File(path("arepo", "snapdir_099", "snap_099.0.hdf5"), "w") as file:
        attributes(
            file.create_group("Header"), NumFilesPerSnapshot=np.int32(1), MassTable=np.array(per_type(MASS)),
            NumPart_ThisFile=np.array(per_type(COUNT), "i4"), NumPart_Total=np.array(per_type(COUNT), "u4"),
            NumPart_Total_HighWord=np.zeros(6, "u4"), **header)
        attributes(file.create_group("Config"), VORONOI=np.bytes_(""))
        file["PartType1/Coordinates"] = position * 1000
        file["PartType1/Velocities"] = velocity
        file["PartType1/ParticleIDs"] = ids.astype("u8")
    _, length = rows()
    sub = subhalos()
    # The subhalos of a group need not be in the file of the group.
    group_edges, sub_edges = [0, 2, 2, 3], [0, 1, 3, 3]
    for part in range(3):
        g, s = slice(*group_edges[part:part + 2]), slice(*sub_edges[part:part + 2])
        with h5py.File(path("arepo", "groups_099", f"fof_subhalo_tab_099.{part}.hdf5"), "w") as file:
            attributes(
                file.create_group("Header"), NumFiles=np.int32(3), Ngroups_ThisFile=np.int32(len(length[g])),
                Ngroups_Total=np.int32(3), Nsubgroups_ThisFile=np.int32(len(sub[s])), Nsubgroups_Total=np.int32(len(sub)),
                Nids_ThisFile=np.int32(0), Nids_Total=np.int32(0), **header)
            for name in ("Group", "Subhalo"):
                file.create_group(name)
            if len(length[g]):
                file["Group/GroupLen"] = length[g].astype("i4")
                file["Group/GroupLenType"] = np.stack(per_type(length[g]), 1).astype("i4")
                file["Group/GroupMass"] = (length[g] * MASS).astype("f4")
                file["Group/GroupPos"] = np.array([centre(i) for i in range(3)])[g].astype("f4") * 1000
                file["Group/Group_R_Mean200"] = np.array([radius(0), radius(1), 0])[g].astype("f4") * 1000
                file["Group/Group_M_Mean200"] = (length[g] * MASS).astype("f4")
                file["Group/GroupFirstSub"] = first_subhalos()[g].astype("i4")
                file["Group/GroupNsubs"] = np.array([len(s_) for _, s_ in GROUPS])[g].astype("i4")
            if len(sub[s]):
                file["Subhalo/SubhaloLen"] = sub[s][:, 2].astype("i4")
                file["Subhalo/SubhaloLenType"] = np.stack(per_type(sub[s][:, 2]), 1).astype("i4")
                file["Subhalo/SubhaloGrNr"] = sub[s][:, 0].astype("i4")


# --- Tables of labels ---------------------------------------------------------------------------------------


def labels():
    ids, position, velocity = final()
    _, length = rows()
    halo = np.repeat([7, 300, 12], length)
    mass = np.repeat(length * MASS * 1e10, length)  # Msun/h
    order = (np.arange(len(halo)) * 25 + 8) % len(halo)
    member = ids[: len(halo)]
    with open(path("labels", "labels.csv"), "w") as file:
        file.write("id,mass,halo\n")
        for i in order:
            file.write(f"{member[i]},{mass[i]:.9e},{halo[i]}\n")
    with h5py.File(path("labels", "labels.hdf5"), "w") as file:
        # All particles, those in no halo with halo -1 and mass -inf.
        outside = np.full(COUNT - len(halo), -1)
        file["particle"] = ids.astype("u8")
        file["halos/number"] = np.concatenate([halo, outside]).astype("i4")
        file["halos/logMass"] = np.concatenate([np.log10(mass / H), np.full(len(outside), -np.inf)])
    with open(path("labels", "rockstar.particles"), "w") as file:
        file.write("#x y z particle_id internal_haloid mvir\n#a = 1.0\n")
        for i in order:
            x, y, z = position[i]
            file.write(f"{x:.6f} {y:.6f} {z:.6f} {member[i]} {halo[i]} {mass[i]:.9e}\n")


def main():
    gadget4("ics.hdf5", initial(), 99.0)
    gadget4("snapshot_001.hdf5", final(), 0.0)
    gadget4_catalogue()
    gadget2("ics", initial(), 99.0, 2)
    gadget2("snapshot_001", final(), 0.0, 1)
    binary("ics.gadget", initial(), 99.0, "<", 1)
    binary("snapshot_001", final(), 0.0, ">", 2, files=2, wide=True, table=False)
    pynbody_binary("ics-pynbody.gadget", initial(), 99.0)
    swift("twin_0000.hdf5", initial(), 99.0, groups=False)
    swift("twin_0001.hdf5", final(), 0.0, groups=True)
    arepo()
    labels()


if __name__ == "__main__":
    main()
