// The loops of a particle-mesh step: mass to a mesh, potential and force, force to particles, moves.

#ifndef HALOMPI_PARTICLE_MESH_H
#define HALOMPI_PARTICLE_MESH_H

#include <stddef.h>
#include <stdint.h>

/// The planes of a cubic mesh that a rank has: cell (x, y, z) is at
/// (x - first_plane) * plane_stride + y * row_stride + z.
///
/// A particle is in cell (position + offset) * width / 2^32, rounded down, along each axis, where the sum wraps
/// at 2^32; it belongs to the slab if x is one of its planes. Behind
/// the last plane there is a ghost plane, which is the next one of the periodic mesh.
typedef struct halompi_slab {
  /// The cells on a side of the mesh.
  size_t width;
  /// The distance of the mesh's corner below that of the box, in units of the box's width / 2^32.
  uint32_t offset;
  /// The first plane.
  size_t first_plane;
  /// The values from one plane to the next.
  size_t plane_stride;
  /// The values from one row to the next.
  size_t row_stride;
} halompi_slab;

/// The mass of a particle in the units of a painted mesh.
#define HALOMPI_PARTICLE_UNITS 65536u

/// Finds the lowest and the highest plane of particles of a slab, counted from its first one.
///
/// - `positions`: [count][3], in units of the box's width / 2^32; count > 0.
void halompi_occupied_planes(
    const uint32_t *positions, size_t count, halompi_slab slab, size_t *lowest, size_t *highest);

/// Adds the mass of particles to the eight cells around each (cloud in cell), in integers.
///
/// Only planes `begin` up to but not including `end` are written, counted from the first of the slab; the
/// ghost plane is one of them. A particle adds exactly HALOMPI_PARTICLE_UNITS to all planes together, so
/// that a sum tells whether a cell has overflowed 2^32; sums of integers do not depend on order.
///
/// - `positions`: [count][3].
/// - `mesh`: the planes of the slab and the ghost plane, as integers.
void halompi_paint(
    const uint32_t *positions, size_t count, halompi_slab slab, size_t begin, size_t end,
    uint32_t *mesh);

/// Adds integers to integers.
void halompi_add_units(const uint32_t *units, size_t count, uint32_t *sums);

/// Replaces the integers of cells by their density contrast, unit * scale - 1, in place.
///
/// - `cells`: [rows][row_stride], of which the first `width` of each row are cells.
/// - Returns the sum of the integers.
uint64_t halompi_density_contrast(
    void *cells, size_t rows, size_t width, size_t row_stride, float scale);

/// The factors of modes that make the potential of a density.
typedef struct halompi_potential_kernel {
  /// The indices of kx and ky from zero to below `width`, modes per row, and modes from row to row.
  size_t width, modes_per_row, row_stride;
  /// [width] the part of an axis in the factor of minus the Laplacian.
  const float *laplacian;
} halompi_potential_kernel;

/// Divides the modes of a plane by laplacian(x) + laplacian(y) + laplacian(z).
///
/// - `plane`: the index of ky.
/// - `density`, `potential`: [kx][row_stride][2]; the mode zero of the potential is zero.
void halompi_potential_plane(
    halompi_potential_kernel kernel, size_t plane, const float *density, float *potential);

/// Adds `factor` times the gradient of a periodic mesh, interpolated at each particle (cloud in cell), to its momentum.
///
/// The gradient at a cell is, for each axis and per cell, the difference of fourth order
/// (8 (f(1) - f(-1)) - (f(2) - f(-2))) / 12: Hockney and Eastwood 1988, section 5-4-2.
///
/// - `positions`, `momenta`: [count][3].
/// - `planes`: the planes of the mesh from two before the first one of the slab to three behind its last one.
void halompi_kick(
    const uint32_t *positions, size_t count, halompi_slab slab, const float *const *planes, float factor,
    float *momenta);

/// Moves each particle by its momentum times `factor`, to the nearest unit, ties to even.
///
/// - `positions`, `momenta`: [count][3].
/// - `factor`: box's width / 2^32 units per momentum; moves are below 2^51 units.
void halompi_drift(const float *momenta, size_t count, double factor, uint32_t *positions);

#endif
