"""Field files: what is known of each site of the Lagrangian grid, and of each halo."""

from __future__ import annotations

import math
import os
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from .checksums import checksum
from .records import RecordFile, RecordFormat, require_memory

_FORMAT = RecordFormat(
    "halompi-fields", 1, 1, "restore the file from a copy, or make it again with halompi prepare"
)


class _Source(NamedTuple):
    """Where the numbers of a column are."""

    dataset: str
    type: str
    component: int | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """The extents behind those of the grid, or of the list of halos."""
        return () if self.component is None else (3,)


def _vector(column: str, dataset: str) -> dict[str, _Source]:
    return {f"{column}{axis}": _Source(dataset, "<f4", index) for index, axis in enumerate("XYZ")}


_GRID = {
    "density": _Source("density", "<f4"),
    "potential": _Source("potential", "<f4"),
    **{f"shear{name.capitalize()}": _Source(f"shear/{name}", "<f4") for name in ("major", "intermediate", "minor")},
    **{f"tides{name.capitalize()}": _Source(f"tides/{name}", "<f4") for name in ("xx", "yy", "zz", "xy", "xz", "yz")},
    "logMass": _Source("label/logMass", "<f4"),
    "halo": _Source("label/halo", "<i4"),
    "radius": _Source("label/radius", "<f4"),
    **_vector("position", "final/position"),
    "smoothingLength": _Source("final/smoothingLength", "<f4"),
}

_HALOS = {
    "mass": _Source("halo/mass", "<f4"),
    "boundMass": _Source("halo/boundMass", "<f4"),
    **_vector("center", "halo/center"),
    "r200m": _Source("halo/r200m", "<f4"),
    "count": _Source("halo/count", "<i8"),
    "boundCount": _Source("halo/boundCount", "<i8"),
}

# The datasets that every file has, in the order of the fingerprint.
_FINGERPRINTED = [
    "density", "label/logMass", "label/halo", "label/radius", "halo/mass", "halo/boundMass",
    "halo/center", "halo/r200m", "halo/count", "halo/boundCount",
]  # fmt: skip

_LARGEST_GRID = 1 << 20


def read_fields(
    path: str | os.PathLike[str], columns: Iterable[str] | None = None, *, verify: bool = True
) -> pd.DataFrame:
    """Reads a field file, `fields/<simulation>.h5`: a row for each site of the Lagrangian grid.

    The index is the number of the site, (ix N + iy) N + iz, which `read_predictions` has in the column `site`.

    ========================================= ============== ===================================================
    column                                    unit           meaning
    ========================================= ============== ===================================================
    `density`                                 rho/rho_mean   SPH density at the initial particle
    `potential`                               (Mpc/h)^2      potential of the density contrast; not in all files
    `shearMajor`, `...Intermediate`, `...Minor` 1            eigenvalues of the tidal tensor without trace; not in all files
    `tidesXx`, `...Yy`, ... `...Yz`           1              components of the tidal tensor; not in all files
    `logMass`                                 log10 Msun     mass of the particle's halo; NaN outside halos
    `halo`                                    1              row in `read_halos`; -1 outside halos
    `radius`                                  r200m          final distance from the halo's center; NaN outside
    `positionX`, `positionY`, `positionZ`     Mpc/h          final position; not in all files
    `smoothingLength`                         Mpc/h          of the final particle; not in all files
    ========================================= ============== ===================================================

    Args:
        path: The file.
        columns: The columns to read, in this order; without it, all that the file has. A column of 256^3 sites
            takes 64 MiB, so name those that you need of large grids.
        verify: Whether the checksums of what is read, and the fingerprint of the file, are compared with the content.

    Returns:
        A frame whose `attrs["file"]` has `gridSize`, `boxSize` [Mpc/h] and the cosmology, and `attrs["sources"]`
        the files that the fields were made from.

    Raises:
        ReadError: The file is damaged, of another format, of a later version, lacks a column, or is larger than
            the memory that is free.
        ValueError: There is no column of such a name in any field file.
    """
    wanted = None if columns is None else list(dict.fromkeys([columns] if isinstance(columns, str) else columns))
    for name in wanted or []:
        if name not in _GRID:
            raise ValueError(f"field files have no column {name!r}; they have {', '.join(_GRID)}")
    with RecordFile(path, _FORMAT) as file:
        n = _grid_size(file)
        if wanted is None:
            wanted = [name for name in _GRID if name in _present(file)]
        for name in wanted:
            if name not in _present(file):
                raise _lacks(file, name)
        arrays = _read(file, {name: _GRID[name] for name in wanted}, (n, n, n), verify)
        return _frame(file, arrays, _GRID, pd.RangeIndex(n**3, name="site"))


def read_halos(path: str | os.PathLike[str], *, verify: bool = True) -> pd.DataFrame:
    """Reads the halos of a field file, `fields/<simulation>.h5`: a row for each halo.

    The index is the number of the halo, which `read_fields` and `read_predictions` have in the column `halo`:
    `predictions.join(read_halos(path), on="halo")` has the halo of each particle.

    ===================================== ========= ==========================================================
    column                                unit      meaning
    ===================================== ========= ==========================================================
    `mass`                                Msun      mass of all linked particles
    `boundMass`                           Msun      mass of those in any subhalo of the halo; 0 if unknown
    `centerX`, `centerY`, `centerZ`       Mpc/h     position of the center; NaN if unknown
    `r200m`                               Mpc/h     radius of 200 times the mean matter density; NaN if unknown
    `count`                               particles linked particles
    `boundCount`                          particles linked particles in any subhalo of the halo
    ===================================== ========= ==========================================================

    Args:
        path: The field file.
        verify: Whether checksums and the fingerprint are compared with the content.

    Raises:
        ReadError: The file is damaged, of another format, or of a later version.
    """
    with RecordFile(path, _FORMAT) as file:
        _grid_size(file)
        count = file.number("haloCount")
        arrays = _read(file, _HALOS, (count,), verify)
        return _frame(file, arrays, _HALOS, pd.RangeIndex(count, name="halo"))


def _grid_size(file: RecordFile) -> int:
    n = file.number("gridSize", least=1)
    if not isinstance(n, int) or n > _LARGEST_GRID:
        raise file.failure(f"it is {n}, which is no size of a grid", "attribute gridSize")
    return n


def _present(file: RecordFile) -> set[str]:
    """The columns that a file has; those that every file must have are taken to be there."""
    return {name for name, source in _GRID.items() if source.dataset in _FINGERPRINTED or file.has(source.dataset)}


def _lacks(file: RecordFile, column: str) -> Exception:
    dataset = _GRID[column].dataset
    setting = dataset.split("/")[0]
    remedy = f"set fields.{setting} to true, and make the file again with halompi prepare"
    return file.failure("the file was made without it", f"dataset {dataset}", remedy)


def _read(
    file: RecordFile, sources: dict[str, _Source], shape: tuple[int, ...], verify: bool
) -> dict[str, npt.NDArray[Any]]:
    """The numbers of some columns, each contiguous; a dataset of several columns is read once."""
    if verify:
        _verify_fingerprint(file)
    require_memory(file.path, math.prod(shape) * sum(np.dtype(source.type).itemsize for source in sources.values()))
    columns: dict[str, npt.NDArray[Any]] = {}
    for dataset in dict.fromkeys(source.dataset for source in sources.values()):
        mine = {name: source for name, source in sources.items() if source.dataset == dataset}
        first = next(iter(mine.values()))
        array = file.values(dataset, first.type, shape + first.shape, verify)
        for name, source in mine.items():
            part = array if source.component is None else array[..., source.component]
            columns[name] = np.ascontiguousarray(part).reshape(-1)
    return {name: columns[name] for name in sources}


def _verify_fingerprint(file: RecordFile) -> None:
    """Compares the fingerprint with N, the box, and the checksums of the datasets that every file has."""
    words = [str(file.number("gridSize")), repr(float(file.number("boxSize")))]
    words += [file.text(dataset, "checksum") for dataset in _FINGERPRINTED]
    if checksum(" ".join(words).encode()) != file.attributes.get("fingerprint"):
        raise file.failure("it does not match N, the box and the datasets of the file", "attribute fingerprint")


def _frame(
    file: RecordFile, arrays: dict[str, npt.NDArray[Any]], sources: dict[str, _Source], index: pd.Index
) -> pd.DataFrame:
    frame = pd.DataFrame(arrays, index=index, copy=False)
    frame.attrs = {
        "path": file.path,
        "units": {name: file.text(sources[name].dataset, "unit") for name in arrays},
        "descriptions": {name: file.text(sources[name].dataset, "description") for name in arrays},
        "file": file.attributes,
        "sources": file.group_attributes("source"),
    }
    return frame
