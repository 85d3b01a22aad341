#!/usr/bin/env python3
"""Measures what a glass in the place of the cubic grid would do to the networks' inputs and labels.

usage: scripts/validation/glass.py INITIAL FINAL CATALOGUE [SEED]

The three are HDF5 files of GADGET-4 of one simulation that began from a grid of N^3 particles (N divisible by 2),
IDs from 1 with x slowest, in the order of groups at the end. Needs numpy, scipy and h5py:

    python3 -m venv .venv && .venv/bin/pip install h5py numpy scipy

A glass of (N/2)^3 particles is relaxed from random places by undoing its density contrast again and again, and
repeated along each axis. The same displacements move its particles; labels are those of the nearest site of the grid.
Then each particle takes one voxel: the nearest claimant has it, and the others the nearest that is left; or so that the
sum of squared distances is the least that there is.
"""

import sys

import h5py
import numpy as np
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import min_weight_full_bipartite_matching
from scipy.spatial import cKDTree

NEIGHBOURS = 32


def modes(n):
    k = 2 * np.pi * np.fft.fftfreq(n)
    return np.meshgrid(k, k, 2 * np.pi * np.fft.rfftfreq(n), indexing="ij")


def corners(place, n):
    """The eight mesh points around each place [cells], and their weights."""
    low = np.floor(place).astype(int)
    part = place - low
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, part, 1 - part), axis=1)
        yield tuple(((low + corner) % n).T), weight


def paint(place, n):
    density = np.zeros((n, n, n))
    for where, weight in corners(place, n):
        np.add.at(density, where, weight)
    return density / density.mean() - 1


def read(fields, place, n):
    return np.stack([sum(f[w] * weight for w, weight in corners(place, n)) for f in fields], 1)


def glass(n, random, steps=120):
    """Positions in [0, 1)^3 of n^3 particles, relaxed on a mesh of (4n)^3."""
    mesh = 4 * n
    k = modes(mesh)
    square = sum(x * x for x in k)
    square[0, 0, 0] = 1
    window = np.prod([np.sinc(x / (2 * np.pi)) ** 2 for x in k], axis=0)
    place = random.random((n**3, 3)) * mesh
    for step in range(steps):
        wave = np.fft.rfftn(paint(place, mesh)) / square / window**2 * np.exp(-square / 4)
        # The displacement that would have made this contrast, taken back in part.
        fields = [np.fft.irfftn(1j * x * wave, s=(mesh,) * 3, axes=(0, 1, 2)) for x in k]
        place = (place - (0.5 if step < 60 else 0.2) * read(fields, place, mesh)) % mesh
    return place / mesh


def kernel(distance, length):
    """The cubic spline of halompi and pynbody; `length` is half the distance of the last neighbour."""
    u = distance / length
    return np.where(u < 1, 1 - 1.5 * u**2 + 0.75 * u**3, 0.25 * np.clip(2 - u, 0, None) ** 3) / (np.pi * length**3)


def density(at, particles, box):
    """rho/rho_mean at places by the 32 nearest particles."""
    distance, _ = cKDTree(particles, boxsize=box).query(at, NEIGHBOURS, workers=2)
    return kernel(distance, distance[:, -1:] / 2).sum(1) * box**3 / len(particles)


def assign(place, n):
    """The voxel of each particle, its distance [voxels], and whether it lost its nearest one."""
    nearest = np.round(place).astype(int) % n
    index = (nearest[:, 0] * n + nearest[:, 1]) * n + nearest[:, 2]
    apart = place - np.round(place)
    order = np.lexsort((np.arange(len(place)), (apart**2).sum(1)))
    first = np.zeros(len(place), bool)
    first[order[np.unique(index[order], return_index=True)[1]]] = True
    voxel = np.where(first, index, -1)
    free = np.setdiff1d(np.arange(n**3), index)
    cells = np.stack(np.unravel_index(free, (n, n, n)), 1)
    tree = cKDTree(cells, boxsize=n)
    taken = np.zeros(len(free), bool)
    for particle in np.flatnonzero(~first):
        count = 16
        while voxel[particle] < 0:
            found = np.atleast_1d(tree.query(place[particle] % n, min(count, len(free)))[1])
            left = found[~taken[found]]
            count *= 8
            if len(left):
                voxel[particle], taken[left[0]] = free[left[0]], True
    cell = np.stack(np.unravel_index(voxel, (n, n, n)), 1)
    apart = place - cell
    apart -= n * np.round(apart / n)
    return voxel, np.sqrt((apart**2).sum(1)), ~first


def best(half, n):
    """The cell of each particle of one tile of n^3, by the least sum of squared distances."""
    cells = np.stack(np.unravel_index(np.arange(n**3), (n, n, n)), 1)
    apart, near = cKDTree(cells, boxsize=n).query(half % n, 40, workers=2)
    rows = np.repeat(np.arange(n**3), 40)
    # A cost of zero would be no edge.
    costs = csr_matrix((apart.ravel() ** 2 + 1e-9, (rows, near.ravel())), shape=(n**3, n**3))
    return cells[min_weight_full_bipartite_matching(costs)[1]]


def main(words):
    if len(words) < 3:
        print(__doc__.strip())
        return 64
    with h5py.File(words[0]) as file:
        box, count = file["Header"].attrs["BoxSize"], len(file["PartType1/ParticleIDs"])
        n = round(count ** (1 / 3))
        start = np.zeros((count, 3))
        start[file["PartType1/ParticleIDs"][()] - 1] = file["PartType1/Coordinates"][()]
    with h5py.File(words[2]) as file:
        length, first = (file["Group/" + k][:, 1] for k in ("GroupLenType", "GroupOffsetType"))
    with h5py.File(words[1]) as file:
        ids = file["PartType1/ParticleIDs"][()]
    halo = np.full(count, -1)
    for group, (begin, size) in enumerate(zip(first, length)):
        halo[ids[begin:begin + size] - 1] = group
    cell = np.stack(np.unravel_index(np.arange(count), (n, n, n)), 1)
    scale = box / n
    shift = start / scale - cell
    shift -= n * np.round(shift / n)

    random = np.random.default_rng(int(words[3]) if len(words) > 3 else 1)
    half = glass(n // 2, random) * (n // 2)
    place = np.concatenate([half + np.array(corner) * (n // 2) for corner in np.ndindex(2, 2, 2)])
    spacing = cKDTree(place, boxsize=n).query(place, 2, workers=2)[0][:, 1]
    print(f"glass: nearest particles {spacing.mean():.3f} +- {spacing.std():.3f} of the mean distance, least {spacing.min():.3f}")
    voxel, apart, lost = assign(place, n)
    print(f"voxels: {100 * lost.mean():.1f} % of the particles find theirs taken; distance rms {np.sqrt((apart**2).mean()):.3f}, "
          f"95 % within {np.quantile(apart, 0.95):.3f}, largest {apart.max():.2f} voxels")

    cells = np.tile(best(half, n // 2), (8, 1))
    cells = cells + np.round((place - cells) / (n // 2)).astype(int) * (n // 2)
    apart = np.sqrt(((place - cells) ** 2).sum(1))
    print(f"voxels, the best assignment: distance rms {np.sqrt((apart**2).mean()):.3f}, 95 % within "
          f"{np.quantile(apart, 0.95):.3f}, largest {apart.max():.2f} voxels")
    cells %= n
    ideal = (cells[:, 0] * n + cells[:, 1]) * n + cells[:, 2]

    # Displacements between sites: twice as many, by waves, and linear between them.
    fine = []
    for axis in range(3):
        wave = np.fft.fftshift(np.fft.fftn(shift[:, axis].reshape(n, n, n)))
        wave = np.fft.ifftshift(np.pad(wave, n // 2))
        fine.append(np.fft.ifftn(wave).real * 8)
    moved = ((place + read(fine, 2 * place, 2 * n)) % n) * scale
    grid = density(start % box, start % box, box)
    still = density(place * scale, place * scale, box)
    own = np.empty(count)
    own[voxel] = density(moved, moved, box)
    at = ((cell + shift) % n) * scale
    interpolated = density(at, moved, box)
    quotient = interpolated / density(cell * scale, place * scale, box)
    gap, around = cKDTree(place, boxsize=n).query(cell, NEIGHBOURS, workers=2)
    weight = kernel(gap, gap[:, -1:] / 2)
    mean = (density(moved, moved, box)[around] * weight).sum(1) / weight.sum(1)
    print(f"density of the grid: standard deviation {grid.std():.4f}; of the glass that nothing moved, where the grid's is 0: {still.std():.4f}")
    for name, values in (("particle's own, in its voxel", own), ("interpolated to where the grid's particle is", interpolated),
                         ("the same by that of the unmoved glass", quotient),
                         ("averaged over particles from around the voxel", mean)):
        difference = values - grid
        print(f"density {name}: correlation with the grid's {np.corrcoef(values, grid)[0, 1]:.3f}, rms difference "
              f"{np.sqrt((difference**2).mean()) / grid.std():.3f} of its standard deviation")

    site = np.round(place).astype(int) % n
    of = halo[(site[:, 0] * n + site[:, 1]) * n + site[:, 2]]
    inside, large = halo >= 0, np.isin(halo, np.flatnonzero(length >= 1000))
    for name, where in (("labels", voxel), ("labels, the best assignment", ideal)):
        label = np.empty(count, int)
        label[where] = of
        wrong = 100 * (label != halo)
        print(f"{name}: {wrong[inside].mean():.1f} % of the voxels in halos have another halo or none, "
              f"{wrong[~inside].mean():.1f} % of those outside have one; "
              f"in halos of 1000 particles and more {wrong[large].mean():.1f} %")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
