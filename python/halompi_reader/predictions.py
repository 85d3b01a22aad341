"""Predictions: the true and the predicted halo mass of each test particle."""

from __future__ import annotations

import os

import pandas as pd

from .records import RecordFile, RecordFormat

_FORMAT = RecordFormat(
    "halompi-predictions", 1, 2, "restore the file from a copy, or make it again with halompi predict"
)

# The columns in the order of the frame: type, first version that has it, whether it may be absent.
_COLUMNS = {
    "simulation": ("<i4", 1, False),
    "site": ("<i8", 1, False),
    "trueLogMass": ("<f4", 1, False),
    "predictedLogMass": ("<f4", 1, False),
    "radius": ("<f4", 1, False),
    "halo": ("<i4", 2, False),
    "orientationScatter": ("<f4", 2, True),
}


def read_predictions(path: str | os.PathLike[str], *, verify: bool = True) -> pd.DataFrame:
    """Reads predictions, `predictions/<variant>-seed<k>/predictions.h5`: a row for each particle.

    ==================== =========== =========================================================================
    column               unit        meaning
    ==================== =========== =========================================================================
    `simulation`         1           name of the simulation (a category, whose codes are the numbers in the file)
    `site`               1           site of the particle: the index of `read_fields` of that simulation
    `trueLogMass`        log10 Msun  mass of the particle's halo; minus infinity for those in none
    `predictedLogMass`   log10 Msun  the prediction of the network
    `radius`             r200m       distance from the halo's center; NaN where it is unknown
    `halo`               1           row of the particle's halo in `read_halos`; not in files of version 1
    `orientationScatter` dex         scatter over the orientations of the box; only with `prediction.symmetries`
    ==================== =========== =========================================================================

    Args:
        path: The file.
        verify: Whether checksums are compared with the content.

    Returns:
        A frame whose `attrs["file"]` has `variant`, `seed`, `epoch`, the lists `simulations` and `fingerprints`
        (of their field files).

    Raises:
        ReadError: The file is damaged, of another format, or of a later version.
    """
    with RecordFile(path, _FORMAT) as file:
        version = file.number("version")
        names = _names(file)
        shape = file.shape("site")
        if len(shape) != 1:
            raise file.failure(f"it has the extents {list(shape)}, not a single one", "dataset site")
        arrays = {
            name: file.values(name, type, shape, verify)
            for name, (type, since, is_optional) in _COLUMNS.items()
            if version >= since and (not is_optional or file.has(name))
        }
        codes = arrays["simulation"]
        if codes.size and not 0 <= codes.min() <= codes.max() < len(names):
            raise file.failure("it has numbers that are no index in `simulations`", "dataset simulation")
        simulations = pd.Categorical.from_codes(codes.astype("i8"), pd.Index(names, dtype="object"))
        frame = pd.DataFrame({**arrays, "simulation": simulations}, copy=False)
        attributes = {**file.attributes, "simulations": names}
        if "fingerprints" in attributes:
            attributes["fingerprints"] = file.json("fingerprints")
        frame.attrs = {
            "path": file.path,
            "units": {name: file.text(name, "unit") for name in arrays},
            "descriptions": {name: file.text(name, "description") for name in arrays},
            "file": {name: value for name, value in attributes.items() if not name.endswith("Checksum")},
        }
        return frame


def _names(file: RecordFile) -> list[str]:
    names = file.json("simulations")
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise file.failure("it is no list of names", "attribute simulations")
    if len(set(names)) < len(names):
        raise file.failure("it has a name twice", "attribute simulations")
    return names
