"""Field files, beside what h5py reads of them."""

from __future__ import annotations

import unittest
from unittest import mock

import h5py
import numpy as np

from halompi_reader import read_fields, read_halos, records

from .support import FileTestCase, files, flip, place_of, same

FIELDS = files("fields/*.h5")
SHEAR = {f"shear{name.capitalize()}": f"shear/{name}" for name in ("major", "intermediate", "minor")}
TIDES = {f"tides{name.capitalize()}": f"tides/{name}" for name in ("xx", "yy", "zz", "xy", "xz", "yz")}
DATASETS = {
    "density": "density", "potential": "potential", **SHEAR, **TIDES, "logMass": "label/logMass", "halo": "label/halo",
    "radius": "label/radius", "smoothingLength": "final/smoothingLength",
}  # fmt: skip


class FieldsTests(unittest.TestCase):
    def test_every_site_has_the_numbers_of_the_grids(self) -> None:
        for path in FIELDS:
            frame = read_fields(path)
            with h5py.File(path) as file:
                n = int(file.attrs["gridSize"])
                self.assertEqual((len(frame), frame.index.name), (n**3, "site"))
                expected = [name for name, dataset in DATASETS.items() if dataset in file]
                self.assertEqual([name for name in frame.columns if not name.startswith("position")], expected)
                for name in expected:
                    grid = file[DATASETS[name]]
                    self.assertEqual(frame[name].dtype, grid.dtype)
                    for site in np.random.default_rng(3).integers(0, n**3, 50):
                        ix, iy, iz = site // n**2, site // n % n, site % n
                        np.testing.assert_equal(frame.loc[site, name], grid[ix, iy, iz])
                    self.assertEqual(frame.attrs["units"][name], grid.attrs["unit"].decode())
                    self.assertEqual(frame.attrs["descriptions"][name], grid.attrs["description"].decode())
                self.assertEqual("positionX" in frame, "final/position" in file)
                for axis, name in enumerate("XYZ" if "final/position" in file else ""):
                    grid = file["final/position"][..., axis]
                    np.testing.assert_array_equal(frame[f"position{name}"], grid.reshape(-1))

    def test_attributes_are_plain_numbers_and_texts(self) -> None:
        frame = read_fields(FIELDS[0])
        with h5py.File(FIELDS[0]) as file:
            for name in ["boxSize", "gridSize", "hubble", "particleMass", "haloCount"]:
                self.assertEqual(frame.attrs["file"][name], file.attrs[name])
                self.assertIn(type(frame.attrs["file"][name]), (int, float))
            self.assertEqual(frame.attrs["file"]["label"], file.attrs["label"].decode())
            path = file["source/catalogue"].attrs["path"].decode()
        self.assertEqual(frame.attrs["sources"]["catalogue"]["path"], path)
        self.assertEqual(frame.attrs["path"], str(FIELDS[0]))

    def test_columns_are_those_that_are_asked_for_in_their_order(self) -> None:
        frame = read_fields(FIELDS[0], columns=["radius", "density"])
        self.assertEqual(list(frame.columns), ["radius", "density"])
        self.assertTrue(same(frame, read_fields(FIELDS[0])[["radius", "density"]]))
        self.assertEqual(list(frame.attrs["units"]), ["radius", "density"])
        with self.assertRaisesRegex(ValueError, "no column 'mass'"):
            read_fields(FIELDS[0], columns=["mass"])

    def test_halos_have_the_numbers_of_the_tables(self) -> None:
        for path in FIELDS:
            frame = read_halos(path)
            with h5py.File(path) as file:
                for name in ["mass", "boundMass", "r200m", "count", "boundCount"]:
                    np.testing.assert_array_equal(frame[name], file[f"halo/{name}"][()])
                    self.assertEqual(frame.attrs["units"][name], file[f"halo/{name}"].attrs["unit"].decode())
                center = frame[["centerX", "centerY", "centerZ"]].to_numpy()
                np.testing.assert_array_equal(center, file["halo/center"][()])

    def test_sites_and_halos_are_joined_by_the_row_of_the_halo(self) -> None:
        fields, halos = read_fields(FIELDS[0]), read_halos(FIELDS[0])
        inside = fields[fields["halo"] >= 0].join(halos, on="halo")
        np.testing.assert_allclose(np.log10(inside["mass"].astype("f8")), inside["logMass"], rtol=0, atol=1e-5)
        self.assertTrue(fields.loc[fields["halo"] < 0, "logMass"].isna().all())


class DamagedFieldsTests(FileTestCase):
    def test_a_changed_byte_is_found_in_every_dataset(self) -> None:
        for dataset in ["density", "label/logMass", "label/halo", "label/radius"]:
            path = self.copy(FIELDS[0])
            flip(path, place_of(path, dataset) + 5)
            self.assert_refused(read_fields, path, f"dataset {dataset}:", "checksum", "halompi prepare")
        for dataset in ["halo/mass", "halo/center", "halo/count"]:
            path = self.copy(FIELDS[0])
            flip(path, place_of(path, dataset) + 5)
            self.assert_refused(read_halos, path, f"dataset {dataset}:", "checksum", "halompi prepare")

    def test_without_checksums_a_changed_byte_is_read(self) -> None:
        path = self.copy(FIELDS[0])
        flip(path, place_of(path, "label/halo"))
        self.assertFalse(same(read_fields(path, verify=False), read_fields(FIELDS[0])))
        # What is not read is not verified.
        self.assertEqual(list(read_fields(path, columns=["density"])), ["density"])

    def test_datasets_that_are_missing_or_others_are_named(self) -> None:
        def replace(name: str, **options: object) -> object:
            def change(file: h5py.File) -> None:
                del file[name]
                if options:
                    file.create_dataset(name, **options)

            return change

        n = read_fields(FIELDS[0], columns=["density"]).attrs["file"]["gridSize"]
        for name, options, words in [
            ("density", {}, ["dataset density", "missing"]),
            ("label/radius", {"shape": (n, n, n), "dtype": "<f8"}, ["dataset label/radius", "float64"]),
            ("density", {"shape": (n, n, n + 1), "dtype": "<f4"}, ["dataset density", f"[{n}, {n}, {n + 1}]"]),
            ("density", {"shape": (n, n, n), "dtype": "<f4"}, ["dataset density", "does not hold all"]),
            ("label", {}, ["dataset label/logMass", "missing"]),
        ]:
            path = self.changed(FIELDS[0], replace(name, **options))
            self.assert_refused(read_fields, path, *words, "halompi prepare", verify=False)
            self.assert_refused(read_fields, path, "halompi prepare")

    def test_a_dataset_that_the_file_was_made_without_is_asked_for_by_its_setting(self) -> None:
        def remove(file: h5py.File) -> None:
            for name in ["potential", "final"]:
                if name in file:
                    del file[name]

        path = self.changed(FIELDS[0], remove)
        self.assert_refused(read_fields, path, "dataset potential", "fields.potential to true", columns=["potential"])
        self.assert_refused(read_fields, path, "final/position", "fields.final to true", columns=["positionY"])
        self.assertNotIn("potential", read_fields(path))

    def test_attributes_that_contradict_the_datasets_are_found(self) -> None:
        for name, value in [("boxSize", 51.0), ("fingerprint", b"0123456789abcdef")]:
            path = self.changed(FIELDS[0], lambda file: file.attrs.__setitem__(name, value))
            self.assert_refused(read_fields, path, "attribute fingerprint", "halompi prepare")
            self.assert_refused(read_halos, path, "attribute fingerprint", "halompi prepare")
        for value in [-1, 0, 1 << 21, b"many", 2.5, [4, 4]]:
            path = self.changed(FIELDS[0], lambda file: file.attrs.__setitem__("gridSize", value))
            self.assert_refused(read_fields, path, "attribute gridSize", verify=False)
        path = self.changed(FIELDS[0], lambda file: file.attrs.__delitem__("haloCount"))
        self.assert_refused(read_halos, path, "attribute haloCount")

    def test_a_file_that_does_not_fit_into_the_memory_is_refused(self) -> None:
        with mock.patch.object(records, "free_memory", return_value=1000):
            self.assert_refused(read_fields, FIELDS[0], "GiB of memory", "fewer columns")


if __name__ == "__main__":
    unittest.main()
