"""Predictions: the true and the predicted halo mass of each test particle."""

from __future__ import annotations

import os

import pandas as pd

from .records import RecordFile, RecordFormat

_FORMAT = RecordFormat(
    "halompi-predictions", 1, 2, "restore the file from a copy, or make it again with halompi predict"
)

_RESPONSES = RecordFormat(
    "halompi-responses", 1, 1, "restore the file from a copy, or make it again with halompi predict --perturb"
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
        return _frame(file, file.number("version"), verify)


def read_responses(path: str | os.PathLike[str], *, verify: bool = True) -> pd.DataFrame:
    """Reads responses, `predictions/<variant>-seed<k>/responses/responses.h5`: a row for each particle.

    The columns are those of `read_predictions`, and one for each perturbation: the change of the predicted log10 mass
    [dex], named by form and strength, such as `change.density=0.05`, along axis 1 `change.tide(1)=-0.02`, or with the
    phases of seed 7 `change.phases(7)=0.5`.

    Args:
        path: The file.
        verify: Whether checksums are compared with the content.

    Returns:
        A frame whose `attrs["file"]` has what that of `read_predictions` has, and the list `perturbations` (`form`,
        `strength`, `axis` of tides, `seed` of phases) in the order of the columns.

    Raises:
        ReadError: The file is damaged, of another format, or of a later version.
    """
    with RecordFile(path, _RESPONSES) as file:
        frame = _frame(file, 2, verify)
        perturbations = file.json("perturbations")
        try:
            names = [_column(perturbation) for perturbation in perturbations]
        except (AttributeError, KeyError, TypeError):
            raise file.failure("it is no list of perturbations", "attribute perturbations") from None
        changes = file.values("change", "<f4", (len(frame), len(names)), verify)
        columns = pd.DataFrame(changes, columns=names, index=frame.index)
        both = pd.concat([frame, columns], axis=1)
        both.attrs = frame.attrs
        both.attrs["file"]["perturbations"] = perturbations
        for name in names:
            both.attrs["units"][name] = file.text("change", "unit")
            both.attrs["descriptions"][name] = file.text("change", "description")
        return both


def _column(perturbation: dict[str, object]) -> str:
    detail = perturbation.get("axis", perturbation.get("seed"))
    return f"change.{perturbation['form']}{'' if detail is None else f'({detail})'}={perturbation['strength']}"


def _frame(file: RecordFile, version: int, verify: bool) -> pd.DataFrame:
    """The frame of the datasets of predictions in a file, which are those of a version."""
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
