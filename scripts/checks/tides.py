#!/usr/bin/env python3
"""Computes the tidal tensor, its shear and filtered fields with numpy's FFT, to compare those of halompi with.

usage: scripts/checks/tides.py [FIELDS ...]

Without a file it prints the golden values of Tests/FieldsTests/TidalTensorTests.swift and FieldFilterTests.swift, for the
density of their fixture. With field files it compares their datasets `potential`, `tides/...`, `shear/...` and
`filtered/...`, those that there are, with what follows from their `density`; it ends with 1 if one differs by more than
1e-6 of its largest value.

    python3 scripts/checks/tides.py runs/shear/fields/*.h5

Needs numpy, and h5py for files.
"""

import re
import sys

import numpy as np

AXES = {"xx": (0, 0), "yy": (1, 1), "zz": (2, 2), "xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}
TOLERANCE = 1e-6


def wavenumbers(n):
    """The whole wavenumbers along each axis, in units of the fundamental one, and their square, [n, n, n]."""
    k = np.meshgrid(*3 * [np.fft.fftfreq(n, 1 / n)], indexing="ij")
    return k, sum(component**2 for component in k)


def times(density, factor):
    return np.fft.ifftn(np.fft.fftn(density.astype(float) - 1) * factor).real


def potential(density, box_size):
    _, square = wavenumbers(len(density))
    square[0, 0, 0] = np.inf
    return times(density, -((box_size / (2 * np.pi)) ** 2) / square)


def tides(density):
    n = len(density)
    k, square = wavenumbers(n)
    square[0, 0, 0] = np.inf
    result = {}
    for name, (i, j) in AXES.items():
        factor = k[i] * k[j] / square
        if i != j:
            factor[(2 * abs(k[i]) == n) | (2 * abs(k[j]) == n)] = 0
        result[name] = times(density, factor)
    return result


def shear(components):
    """The eigenvalues of the tensor without its trace, the largest first, by LAPACK."""
    shape = components["xx"].shape
    tensor = np.empty(shape + (3, 3))
    for name, (i, j) in AXES.items():
        tensor[..., i, j] = tensor[..., j, i] = components[name]
    tensor -= np.trace(tensor, axis1=-2, axis2=-1)[..., None, None] / 3 * np.eye(3)
    values = np.linalg.eigvalsh(tensor)
    return {"major": values[..., 2], "intermediate": values[..., 1], "minor": values[..., 0]}


def window(name, n, box_size):
    """What a filter such as `gaussianLow2.5` leaves of each mode, [n, n, n]."""
    shape, kind, scale = re.fullmatch(r"(gaussian|topHat|sharpK)(Low|High)([0-9.]+)", name).groups()
    k = 2 * np.pi / box_size * np.sqrt(wavenumbers(n)[1])
    x = k * float(scale)
    if shape == "gaussian":
        kept = np.exp(-(x**2) / 2)
    elif shape == "topHat":
        x[0, 0, 0] = 1
        kept = 3 * (np.sin(x) - x * np.cos(x)) / x**3
        kept[0, 0, 0] = 1
    else:
        kept = np.where(k <= float(scale), 1.0, 0.0)
    return kept if kind == "Low" else 1 - kept


def filtered(density, name, box_size):
    return 1 + times(density, window(name, len(density), box_size))


def fields(density, box_size):
    """All that follows from a density, by the names of the datasets."""
    components = tides(density)
    result = {"density": density, "potential": potential(density, box_size)}
    result |= {f"tides/{name}": field for name, field in components.items()}
    return result | {f"shear/{name}": field for name, field in shear(components).items()}


def fixture(n):
    """The density of the fixture, which is not symmetric in the axes."""
    sites = np.arange(n**3)
    return (1 + (sites * 7919 % 1009) / 4096).astype(np.float32).reshape(n, n, n)


def golden():
    for n in (5, 6):
        components = tides(fixture(n))
        for site in (0, 17, n**3 - 1):
            values = [components[name].flat[site] for name in AXES]
            values += [eigenvalue.flat[site] for eigenvalue in shear(components).values()]
            print(f"({n}, {site}, [{', '.join(f'{value:.9f}' for value in values)}]),")
    for name in ("topHatLow6", "gaussianLow2.5", "gaussianHigh2.5", "sharpKLow0.4"):
        of = fields(filtered(fixture(6), name, 25), 25)
        values = [of[field].flat[17] for field in ("density", "potential", "tides/xy", "shear/major")]
        print(f'("{name}", [{", ".join(f"{value:.9f}" for value in values)}]),')


def compare(path):
    import h5py

    worst = 0
    with h5py.File(path) as file:
        density, box_size = file["density"][()], file.attrs["boxSize"]
        expected = fields(density, box_size)
        for name in file.get("filtered", {}):
            of = fields(filtered(density, name, box_size), box_size)
            expected |= {f"filtered/{name}/{field}": values for field, values in of.items()}
        for name, field in expected.items():
            if name in file:
                error = abs(file[name][()] - field).max() / abs(field).max()
                print(f"{path} {name}: largest difference {error:.1e} of the largest value")
                worst = max(worst, error)
    return worst <= TOLERANCE


if __name__ == "__main__":
    if len(sys.argv) == 1:
        golden()
    else:
        sys.exit(0 if all([compare(path) for path in sys.argv[1:]]) else 1)
