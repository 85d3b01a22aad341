"""Particle-steps per second of JaxPM on this processor, one line of JSON per measurement.

usage: simulate_jaxpm.py PARTICLES_PER_AXIS MESH_CELLS_PER_PARTICLE STEPS RUNS

JaxPM paints as many particles as its mesh has cells (its public functions want that), which is one cell to a
particle. For finer meshes its own kernels of painting and reading are called on a larger mesh; the rest of the step
is its pm_forces line by line: the transform, the potential, three components of the force. A step is a kick and a
drift with one force, as in its make_ode_fn, compiled whole; compilation is not counted.
"""

import json
import os
import sys
import time

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import jax
import jax.numpy as jnp
import numpy as np
from jaxpm.kernels import fftk, gradient_kernel, invlaplace_kernel
from jaxpm.distributed import fft3d, ifft3d
from jaxpm.painting import _cic_paint_impl, _cic_read_impl
from jaxpm.pm import pm_forces

side, refinement, steps, runs = (int(word) for word in sys.argv[1:5])
width = side * refinement


def forces(positions):
    if refinement == 1:
        return pm_forces(positions, mesh_shape=(width,) * 3)
    delta_k = fft3d(_cic_paint_impl(jnp.zeros((width,) * 3), positions))
    kvec = fftk(delta_k)
    potential = delta_k * invlaplace_kernel(kvec)
    return jnp.stack(
        [_cic_read_impl(ifft3d(-gradient_kernel(kvec, i) * potential), positions) for i in range(3)],
        axis=-1)


@jax.jit
def step(positions, momenta):
    momenta = momenta + 1e-3 * forces(positions)
    return jnp.mod(positions + 1e-3 * momenta, width), momenta


# A displaced lattice: like all lattices it is kind to caches.
rng = np.random.default_rng(1)
lattice = np.stack(np.meshgrid(*[np.arange(side)] * 3, indexing="ij"), axis=-1)
start = np.mod((lattice + 0.3 * rng.standard_normal(lattice.shape)) * refinement, width)
positions = jnp.asarray(start, dtype=jnp.float32)
momenta = jnp.zeros_like(positions)
jax.block_until_ready(step(positions, momenta))

seconds = []
for _ in range(runs):
    begin = time.perf_counter()
    state = (positions, momenta)
    for _ in range(steps):
        state = step(*state)
    jax.block_until_ready(state)
    seconds.append((time.perf_counter() - begin) / steps)

import resource

print(json.dumps({
    "program": "JaxPM", "particlesPerAxis": side, "meshRefinement": refinement, "steps": steps,
    "secondsPerStep": seconds, "particleStepsPerSecond": side**3 / float(np.median(seconds)),
    "bytesPerParticle": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / side**3,
    "load": os.getloadavg()[0]}))
