#!/usr/bin/env python3
"""Writes the groups of write.py's universe as finders of halos within halos do.

    venv/bin/python nested.py       (writes into catalogues/ beside itself)

The layouts are those that VELOCIraptor's manual, HBT-HERONS' and SOAP's documentation, and ROCKSTAR's README and header
files describe; numpy and h5py write them. The objects are the subhalos of gadget4/fof_subhalo_tab_001.hdf5; what of a
group is bound to none is its own. SOAP's files belong to swift/twin_0001.hdf5, the others to catalogues/snapshot_002.0.
"""

import h5py
import numpy as np

import write
from catalogues import CENTRES, LENGTH, MEMBERS, RADII, START, SUB, path, save
from write import BOX, GROUPS, H, LAMBDA, MASS, OMEGA, attributes

one = np.atleast_1d


class Object:
    """A group with what is bound to its first subhalo, and what is not to any; or another subhalo within it."""

    def __init__(self, group, bound, rest, host):
        self.group, self.bound, self.rest, self.host = group, bound, rest, host
        self.radius = RADII[group] if host is None else 0.0


def objects():
    found = []
    for group, (start, length) in enumerate(zip(START, LENGTH)):
        lists = [MEMBERS[a:a + n] for g, a, n in SUB if g == group]
        listed = sum(len(ids) for ids in lists)
        main = Object(group, lists[0] if lists else MEMBERS[:0], MEMBERS[start + listed:start + length], None)
        found += [main] + [Object(group, ids, MEMBERS[:0], main) for ids in lists[1:]]
    return found


# --- VELOCIraptor -------------------------------------------------------------------------------------------


def velociraptor(name, parts, comoving):
    """parts: the objects of each file. Physical units without h, or comoving ones per h in kpc and Msun."""
    every = [o for part in parts for o in part]
    number = {id(o): 2 * 10**12 + index + 1 for index, o in enumerate(every)}
    length, mass = (1000.0, 1.0) if comoving else (1 / H, 1 / H)
    for index, part in enumerate(parts):
        end = f".{index}" if len(parts) > 1 else ""
        count = len(part)

        def create(kind):
            file = h5py.File(path(name, f"snap_002.{kind}{end}"), "w")
            file["File_id"] = one(np.int32(index))
            file["Num_of_files"] = one(np.int32(len(parts)))
            return file

        def lists(kind, ids):
            with create(kind) as file:
                file["Num_of_particles_in_groups"] = one(np.uint64(sum(map(len, ids))))
                file["Total_num_of_particles_in_all_groups"] = one(np.uint64(
                    sum(len(o.bound if kind == "catalog_particles" else o.rest) for o in every)))
                file["Particle_IDs"] = np.concatenate(ids).astype("i8")

        lists("catalog_particles", [o.bound for o in part])
        lists("catalog_particles.unbound", [o.rest for o in part])

        def offsets(ids):
            return np.cumsum([0] + [len(i) for i in ids])[:-1].astype("u8")

        with create("catalog_groups") as file:
            file["Num_of_groups"] = one(np.uint64(count))
            file["Total_num_of_groups"] = one(np.uint64(len(every)))
            file["Group_Size"] = np.array([len(o.bound) + len(o.rest) for o in part], "u4")
            file["Offset"] = offsets([o.bound for o in part])
            file["Offset_unbound"] = offsets([o.rest for o in part])
            file["Parent_halo_ID"] = np.array([number[id(o.host)] if o.host else -1 for o in part], "i8")
        with create("properties") as file:
            file["Num_of_groups"] = one(np.uint64(count))
            file["Total_num_of_groups"] = one(np.uint64(len(every)))
            texts = {"Cosmological_Sim": "1", "ScaleFactor": "1.000000", "h_val": f"{H:.6f}",
                     "Period": f"{BOX * length:.6f}", "Omega_m": f"{OMEGA}", "Omega_Lambda": f"{LAMBDA}"}
            # Numbers are spelled in the newer versions, and stored in the older.
            attributes(file.create_group("SimulationInfo"), **{k: np.bytes_(v) for k, v in texts.items()})
            units = {"Comoving_or_Physical": float(comoving), "Length_unit_to_kpc": 1.0 if comoving else 1000.0,
                     "Mass_unit_to_solarmass": 1.0 if comoving else 1e10, "Velocity_unit_to_kms": 1.0}
            attributes(file.create_group("UnitInfo"),
                       **(units if comoving else {k: np.bytes_(f"{v:.6f}") for k, v in units.items()}))
            file["ID"] = np.array([number[id(o)] for o in part], "i8")
            file["hostHaloID"] = np.array([number[id(o.host)] if o.host else -1 for o in part], "i8")
            file["Structuretype"] = np.array([20 if o.host else 10 for o in part], "i4")
            unit = MASS * (1e10 if comoving else 1) * mass
            file["Mass_tot"] = np.array([(len(o.bound) + len(o.rest)) * unit for o in part])
            file["Mass_FOF"] = np.array([0 if o.host else LENGTH[o.group] * unit for o in part])
            file["R_200mean"] = np.array([o.radius * length for o in part])
            for axis, key in enumerate(("Xcmbp", "Ycmbp", "Zcmbp")):
                file[key] = np.array([CENTRES[o.group][axis] * length for o in part])


# --- HBT+ ---------------------------------------------------------------------------------------------------

RECORD = np.dtype([
    ("TrackId", "i8"), ("Nbound", "i8"), ("Mbound", "f4"), ("HostHaloId", "i8"), ("Rank", "i8"), ("Depth", "i4"),
    ("LastMaxMass", "f4"), ("SnapshotIndexOfBirth", "i4"), ("RmaxComoving", "f4"), ("VmaxPhysical", "f4"),
    ("R200CritComoving", "f4"), ("R200MeanComoving", "f4"), ("SpecificAngularMomentum", "f4", 3),
    ("ComovingMostBoundPosition", "f4", 3), ("PhysicalMostBoundVelocity", "f4", 3), ("SinkTrackId", "i8")])


def subhalos():
    """The records and lists of subhalos, and of one that has dissolved: its last particle is another's now."""
    bound = [o for o in objects() if len(o.bound)]
    dissolved = Object(0, bound[0].bound[3:4], MEMBERS[:0], bound[0])
    found = []
    for track, o in enumerate([bound[1], dissolved, bound[2], bound[0]]):
        record = np.zeros((), RECORD)
        record["TrackId"] = 10 + track
        record["Nbound"] = len(o.bound)
        record["Mbound"] = len(o.bound) * MASS
        record["HostHaloId"] = o.group
        record["Rank"] = 0 if o.host is None else 1
        record["R200MeanComoving"] = o.radius
        record["ComovingMostBoundPosition"] = CENTRES[o.group]
        record["SinkTrackId"] = -1
        found.append((record, o.bound))
    return found


def hbt_header(file, files, total):
    file["NumberOfFiles"] = one(np.int32(files))
    file["SnapshotId"] = one(np.int32(2))
    file["NumberOfSubhalosInAllFiles"] = one(np.int64(total))
    for key, value in {"OmegaM0": OMEGA, "OmegaLambda0": LAMBDA, "HubbleParam": H, "ScaleFactor": 1.0}.items():
        file[f"Cosmology/{key}"] = one(np.float32(value))


def hbt():
    """Two files as HBT+ writes them, without units."""
    every = subhalos()
    for index, part in enumerate((every[:1], every[1:])):
        with h5py.File(path("hbt", f"SubSnap_002.{index}.hdf5"), "w") as file:
            hbt_header(file, 2, len(every))
            lists = file.create_dataset("SubhaloParticles", (len(part),), h5py.vlen_dtype(np.dtype("i8")))
            nested = file.create_dataset("NestedSubhalos", (len(part),), h5py.vlen_dtype(np.dtype("i8")))
            for row, (_, ids) in enumerate(part):
                lists[row] = ids
                nested[row] = np.zeros(0, "i8")
            file["Subhalos"] = np.array([record for record, _ in part], RECORD)


def hbt_sorted():
    """As HBT-HERONS' SortCatalogues.py --with-particles arranges them: columns, and units of kpc and Msun."""
    every = subhalos()
    with h5py.File(path("hbt-sorted", "OrderedSubSnap_002.hdf5"), "w") as file:
        hbt_header(file, 1, len(every))
        file["Units/LengthInMpch"] = one(np.float32(0.001))
        file["Units/MassInMsunh"] = one(np.float32(1))
        file["Units/VelInKmS"] = one(np.float32(1))
        records = np.array([record for record, _ in every], RECORD)
        for key in ("ComovingMostBoundPosition", "R200MeanComoving"):
            records[key] *= 1000
        records["Mbound"] *= 1e10
        for key in RECORD.names:
            file[f"Subhalos/{key}"] = records[key]
        file["Particles/ParticleIDs"] = np.concatenate([ids for _, ids in every])


# --- SOAP ---------------------------------------------------------------------------------------------------


def soap(name, files, everything):
    """Membership in `files` files; with `everything` also of particles that are not bound, as of VELOCIraptor."""
    every = [o for o in objects() if everything or len(o.bound)]
    index = {id(o): 3 + 2 * place for place, o in enumerate(every)}
    order = every[::-1]
    with h5py.File(write.path("swift", "twin_0001.hdf5"), "r") as file:
        ids = file["PartType1/ParticleIDs"][:]
    bound = np.full(len(ids), -1, "i4")
    within = np.full(len(ids), -1, "i4")
    for o in every:
        bound[np.isin(ids, o.bound)] = index[id(o)]
        within[np.isin(ids, np.concatenate([o.bound, o.rest]))] = index[id(o)]
    edges = np.linspace(0, len(ids), files + 1).astype(int) - (np.arange(files + 1) % files > 0) * 7
    for part in range(files):
        target = (f"membership_0002/membership_0002.{part}.hdf5" if files > 1 else "membership_0002.hdf5")
        with h5py.File(path(name, *target.split("/")), "w") as file:
            rows = slice(edges[part], edges[part + 1])
            file["PartType1/GroupNr_bound"] = bound[rows]
            if everything:
                file["PartType1/GroupNr_all"] = within[rows]
            attributes(file.create_group("Header"), Code=np.bytes_("SOAP"), OutputType=np.bytes_("Membership"))
    with h5py.File(path(name, "halo_properties_0002.hdf5"), "w") as file:
        attributes(
            file.create_group("Header"), BoxSize=np.full(3, BOX / H), Code=np.bytes_("SOAP"), Redshift=one(0.0),
            NumSubhalos_Total=one(np.int32(len(order))), NumPart_ThisFile=np.zeros(7, "i4"))
        attributes(file.create_group("Cosmology"), h=one(H), Redshift=one(0.0), Omega_m=one(OMEGA))
        units = file.create_group("Units")
        units.attrs["Unit length in cgs (U_L)"] = one(3.08567758149e24)
        units.attrs["Unit mass in cgs (U_M)"] = one(1.98841e43)
        units.attrs["Unit time in cgs (U_t)"] = one(3.08567758149e19)
        file["InputHalos/HaloCatalogueIndex"] = np.array([index[id(o)] for o in order], "i8")
        file["InputHalos/HaloCentre"] = np.array([CENTRES[o.group] / H for o in order])
        file["InputHalos/IsCentral"] = np.array([o.host is None for o in order], "i4")
        file["SOAP/HostHaloIndex"] = np.array([order.index(o.host or o) for o in order], "i8")
        file["BoundSubhalo/TotalMass"] = np.array([len(o.bound) * MASS / H for o in order], "f4")
        if everything:
            file["FOFSubhalo/TotalMass"] = np.array([(len(o.bound) + len(o.rest)) * MASS / H for o in order], "f4")
        radius = file.create_dataset("SO/200_mean/SORadius", data=np.array([o.radius / H for o in order], "f4"))
        radius.attrs["Value stored as physical"] = one(np.int32(0))


# --- ROCKSTAR -----------------------------------------------------------------------------------------------


def rockstar_record(width):
    """Format revision 2, with more fields behind in the versions that are wider."""
    names = ["id", "pos", "corevel", "bulkvel", "m", "r", "others", "num_p", "num_child_particles", "p_start", "desc",
             "flags", "n_core", "errors"]
    kinds = ["i8", ("f4", 6), ("f4", 3), ("f4", 3), "f4", "f4", ("f4", 34), "i8", "i8", "i8", "i8", "i8", "i8", ("f4", 3)]
    fields, offset = {"names": names, "formats": kinds, "offsets": [], "itemsize": width}, 0
    for kind in kinds:
        size = np.dtype(kind).itemsize
        offset = -(-offset // min(size, 8 if np.dtype(kind).base.itemsize == 8 else 4)) * min(
            size, 8 if np.dtype(kind).base.itemsize == 8 else 4) if size else offset
        fields["offsets"].append(offset)
        offset += size
    return np.dtype(fields)


def rockstar(name, order, width, edges):
    """halos_2.N.bin: each particle is listed with the innermost halo."""
    inner = SUB[1]
    lists = [MEMBERS[a:a + n] for a, n in zip(START, LENGTH)]
    within = MEMBERS[inner[1]:inner[1] + inner[2]]
    halos = [(0, np.setdiff1d(lists[0], within), LENGTH[0], 900 * RADII[0]), (0, within, inner[2], 50.0),
             (1, lists[1], LENGTH[1], 900 * RADII[1]), (2, lists[2], LENGTH[2], 100.0)]
    record = rockstar_record(width)
    assert record.fields["m"][1] == 56 and record.fields["num_p"][1] == 200 and record.fields["p_start"][1] == 216
    for chunk in range(len(edges) - 1):
        part = halos[edges[chunk]:edges[chunk + 1]]
        table = np.zeros(len(part), record)
        start = 0
        for row, (group, ids, mass, radius) in zip(table, part):
            row["id"] = 100 + group
            row["pos"][:3] = CENTRES[group]
            row["m"], row["r"] = mass * MASS * 1e10, radius
            row["num_p"], row["num_child_particles"], row["p_start"] = len(ids), mass, start
            start += len(ids)
        columns = [("u8", [0xFADEDACEC0C0D0D0]), ("i8", [2, chunk]), ("f4", [1.0, OMEGA, LAMBDA, H]), ("f4", np.zeros(6)),
                   ("i8", [len(part), start]), ("f4", [BOX, MASS * 1e10]), ("i8", [1]), ("i4", [2])]
        target = path(name, f"halos_2.{chunk}.bin")
        save(target, order, *columns, ("u1", np.zeros(156)))
        with open(target, "ab") as file:
            file.write(table.astype(record.newbyteorder(order)).tobytes())
            for _, ids, _, _ in part:
                file.write(ids.astype(order + "i8").tobytes())


def main():
    first, sub, second, third = objects()
    velociraptor("velociraptor", [[second, first], [third, sub]], False)
    velociraptor("velociraptor-comoving", [[first, second, third, sub]], True)
    hbt()
    hbt_sorted()
    soap("soap", 2, False)
    soap("soap-all", 1, True)
    rockstar("rockstar-binary", "<", 264, [0, 1, 4])
    rockstar("rockstar-binary-big", ">", 288, [0, 4])


if __name__ == "__main__":
    main()
