"""Predictions, beside what h5py reads of them and beside the fields of their simulations."""

from __future__ import annotations

import json

import h5py
import numpy as np

from halompi_reader import read_fields, read_halos, read_predictions, read_responses
from halompi_reader.checksums import checksum

from .support import RUN, FileTestCase, files, flip, place_of, same

PREDICTIONS = files("predictions/*/predictions.h5")
COLUMNS = ["site", "trueLogMass", "predictedLogMass", "radius", "halo"]


class PredictionsTests(FileTestCase):
    def test_rows_have_the_numbers_of_the_file(self) -> None:
        for path in PREDICTIONS:
            frame = read_predictions(path)
            with h5py.File(path) as file:
                has_scatter = "orientationScatter" in file
                columns = COLUMNS + ["orientationScatter"] * has_scatter
                self.assertEqual(list(frame.columns), ["simulation", *columns])
                for name in columns:
                    np.testing.assert_array_equal(frame[name], file[name][()])
                    self.assertEqual(frame.attrs["units"][name], file[name].attrs["unit"].decode())
                names = json.loads(file.attrs["simulations"])
                self.assertEqual(list(frame["simulation"]), [names[code] for code in file["simulation"][()]])
                for name in ["seed", "epoch"]:
                    self.assertEqual(frame.attrs["file"][name], file.attrs[name])
            about = frame.attrs["file"]
            self.assertEqual(f"{about['variant']}-seed{about['seed']}", path.parent.name)
            self.assertEqual(about["simulations"], names)
            self.assertEqual(len(about["fingerprints"]), len(names))

    def test_sites_and_halos_are_those_of_the_field_files(self) -> None:
        frame = read_predictions(PREDICTIONS[0])
        for name, fingerprint in zip(frame.attrs["file"]["simulations"], frame.attrs["file"]["fingerprints"]):
            path = RUN / "fields" / f"{name}.h5"
            mine, fields = frame[frame["simulation"] == name], read_fields(path)
            self.assertGreater(len(mine), 0)
            self.assertEqual(fields.attrs["file"]["fingerprint"], fingerprint)
            joined = mine.join(fields.add_suffix("OfSite"), on="site")
            np.testing.assert_array_equal(joined["trueLogMass"], joined["logMassOfSite"])
            np.testing.assert_array_equal(joined["halo"], joined["haloOfSite"])
            np.testing.assert_array_equal(joined["radius"], joined["radiusOfSite"])
            masses = mine.join(read_halos(path), on="halo")["mass"].astype("f8")
            np.testing.assert_allclose(np.log10(masses), mine["trueLogMass"], rtol=0, atol=1e-5)

    def test_responses_are_predictions_with_changes(self) -> None:
        whole = read_predictions(PREDICTIONS[0])
        changes = np.arange(2 * len(whole), dtype="<f4").reshape(-1, 2)
        perturbations = [
            {"form": "density", "strength": 0.05},
            {"axis": "1", "form": "tide", "strength": -0.02},
        ]

        def respond(file: h5py.File) -> None:
            file.attrs["format"], file.attrs["version"] = b"halompi-responses", np.int32(1)
            text = json.dumps(perturbations).encode()
            file.attrs["perturbations"], file.attrs["perturbationsChecksum"] = text, checksum(text)
            dataset = file.create_dataset("change", data=changes)
            dataset.attrs["unit"], dataset.attrs["description"] = "dex", "a change"
            dataset.attrs["checksum"] = checksum(changes.tobytes())

        path = self.changed(PREDICTIONS[0], respond)
        frame = read_responses(path)
        names = ["change.density=0.05", "change.tide(1)=-0.02"]
        self.assertTrue(same(frame.drop(columns=names), whole))
        np.testing.assert_array_equal(frame[names], changes)
        self.assertEqual(frame.attrs["file"]["perturbations"], perturbations)
        self.assertEqual(frame.attrs["units"][names[0]], "dex")
        with h5py.File(path, "r+") as file:
            file["change"][0, 0] += 1
        self.assert_refused(read_responses, path, "dataset change", "checksum")
        self.assert_refused(read_predictions, path, "halompi-responses, not halompi-predictions")

    def test_files_of_version_1_have_no_halos(self) -> None:
        def age(file: h5py.File) -> None:
            del file["halo"], file.attrs["fingerprints"], file.attrs["fingerprintsChecksum"]
            file.attrs["version"] = np.int32(1)

        frame = read_predictions(self.changed(PREDICTIONS[0], age))
        self.assertNotIn("halo", frame)
        whole = read_predictions(PREDICTIONS[0])
        self.assertTrue(same(frame, whole[[name for name in whole if name not in ("halo", "orientationScatter")]]))

    def test_a_changed_byte_is_found_in_every_dataset(self) -> None:
        for dataset in ["simulation", *COLUMNS]:
            path = self.copy(PREDICTIONS[0])
            flip(path, place_of(path, dataset))
            self.assert_refused(read_predictions, path, f"dataset {dataset}:", "checksum", "halompi predict")
            if dataset != "simulation":
                self.assertFalse(same(read_predictions(path, verify=False), read_predictions(PREDICTIONS[0])))

    def test_simulations_that_contradict_the_rows_are_found(self) -> None:
        def names(text: str, intact: bool = True) -> object:
            def change(file: h5py.File) -> None:
                file.attrs["simulations"] = np.bytes_(text)
                if intact:
                    file.attrs["simulationsChecksum"] = np.bytes_(checksum(text.encode()))

            return change

        for change, words in [
            (names('["other"]', intact=False), ["attribute simulations", "checksum"]),
            (names("[]"), ["dataset simulation", "no index"]),
            (names('["a", "a"]'), ["attribute simulations", "twice"]),
            (names('"a"'), ["attribute simulations", "no list"]),
            (names("[1"), ["attribute simulations"]),
            (lambda file: file.attrs.__delitem__("simulations"), ["attribute simulations", "missing"]),
            (lambda file: file.__delitem__("halo"), ["dataset halo", "missing"]),
        ]:
            path = self.changed(PREDICTIONS[0], change)
            self.assert_refused(read_predictions, path, *words, "halompi predict")

    def test_columns_of_other_lengths_are_found(self) -> None:
        def shorten(file: h5py.File) -> None:
            radius = file["radius"][:-1]
            del file["radius"]
            file["radius"] = radius

        self.assert_refused(read_predictions, self.changed(PREDICTIONS[0], shorten), "dataset radius", "float32 [")
