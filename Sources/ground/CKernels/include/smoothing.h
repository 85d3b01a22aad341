// The density of smoothed particles on a cube of voxels.

#ifndef HALOMPI_SMOOTHING_H
#define HALOMPI_SMOOTHING_H

#include <stddef.h>

#include "instruction_set.h"

/// Adds to each voxel the density of particles at its center: the sum over particles of M4(r / h) / (pi h^3), with r
/// the distance of particle and center.
///
/// M4(q) = 1 - 1.5 q^2 + 0.75 q^3 for q < 1, (2 - q)^3 / 4 for q < 2, zero beyond.
/// Source: Monaghan & Lattanzio 1985, A&A 149, 135, equation 21.
///
/// - `particles`: [count][4], position from the center of voxel (0, 0, 0), and h > 0, all in voxels.
/// - `density`: [width][width][width], in particles per voxel; each voxel sums particles in their order.
void halompi_smooth_particles(
    const float *particles, size_t count, int width, float *density, halompi_instruction_set instructions);

#endif
