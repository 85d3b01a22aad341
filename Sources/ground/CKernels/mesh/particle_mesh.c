// The loops of a particle-mesh step. Every value is made of the same operations in the same order
// whatever the slab and the thread, and nothing is contracted.

#include "particle_mesh.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

// The cell of a coordinate, and the fraction of a cell behind its edge in units of 2^-16.
typedef struct {
  size_t cell;
  uint32_t fraction;
} place;

static inline place place_of(uint32_t position, halompi_slab slab) {
  uint64_t scaled = (uint64_t)(uint32_t)(position + slab.offset) * slab.width;
  return (place){(size_t)(scaled >> 32), (uint32_t)scaled >> 16};
}

static inline size_t next(size_t cell, size_t width) { return cell + 1 == width ? 0 : cell + 1; }

void halompi_occupied_planes(
    const uint32_t *positions, size_t count, halompi_slab slab, size_t *lowest, size_t *highest) {
  uint32_t low = positions[0] + slab.offset, high = low;
  for (size_t i = 1; i < count; i++) {
    uint32_t x = positions[3 * i] + slab.offset;
    low = x < low ? x : low;
    high = x > high ? x : high;
  }
  *lowest = (size_t)((uint64_t)low * slab.width >> 32) - slab.first_plane;
  *highest = (size_t)((uint64_t)high * slab.width >> 32) - slab.first_plane;
}

// Adds `units` to four cells of a plane; each split leaves what it does not give, so nothing is lost.
static inline void paint_plane(uint32_t units, place y, place z, halompi_slab slab, uint32_t *plane) {
  uint32_t *row0 = plane + y.cell * slab.row_stride;
  uint32_t *row1 = plane + next(y.cell, slab.width) * slab.row_stride;
  size_t z1 = next(z.cell, slab.width);
  uint32_t units1 = (units * y.fraction + 32768u) >> 16;
  uint32_t units0 = units - units1;
  uint32_t units01 = (units0 * z.fraction + 32768u) >> 16;
  uint32_t units11 = (units1 * z.fraction + 32768u) >> 16;
  row0[z.cell] += units0 - units01;
  row0[z1] += units01;
  row1[z.cell] += units1 - units11;
  row1[z1] += units11;
}

void halompi_paint(
    const uint32_t *positions, size_t count, halompi_slab slab, size_t begin, size_t end,
    uint32_t *mesh) {
  for (size_t i = 0; i < count; i++) {
    place x = place_of(positions[3 * i], slab);
    place y = place_of(positions[3 * i + 1], slab);
    place z = place_of(positions[3 * i + 2], slab);
    size_t plane = x.cell - slab.first_plane;
    uint32_t *cells = mesh + plane * slab.plane_stride;
    if (plane >= begin && plane < end)
      paint_plane(HALOMPI_PARTICLE_UNITS - x.fraction, y, z, slab, cells);
    if (plane + 1 >= begin && plane + 1 < end)
      paint_plane(x.fraction, y, z, slab, cells + slab.plane_stride);
  }
}

void halompi_add_units(const uint32_t *units, size_t count, uint32_t *sums) {
  for (size_t i = 0; i < count; i++) sums[i] += units[i];
}

uint64_t halompi_density_contrast(
    void *cells, size_t rows, size_t width, size_t row_stride, float scale) {
  uint64_t sum = 0;
  for (size_t row = 0; row < rows; row++) {
    char *start = (char *)cells + row * row_stride * sizeof(float);
    for (size_t z = 0; z < width; z++) {
      uint32_t units;
      memcpy(&units, start + z * sizeof units, sizeof units);
      sum += units;
      float contrast = (float)units * scale - 1;
      memcpy(start + z * sizeof contrast, &contrast, sizeof contrast);
    }
  }
  return sum;
}

void halompi_potential_plane(
    halompi_potential_kernel kernel, size_t plane, const float *restrict density, float *restrict potential) {
  for (size_t x = 0; x < kernel.width; x++) {
    const float laplacian = kernel.laplacian[x] + kernel.laplacian[plane];
    const size_t row = 2 * x * kernel.row_stride;
    for (size_t z = 0; z < kernel.modes_per_row; z++) {
      const float factor = 1 / (laplacian + kernel.laplacian[z]);
      potential[row + 2 * z] = factor * density[row + 2 * z];
      potential[row + 2 * z + 1] = factor * density[row + 2 * z + 1];
    }
    if (x == 0 && plane == 0) potential[0] = potential[1] = 0;
  }
}

// The difference of fourth order of the values one and two cells before and behind.
static inline float difference(float before2, float before1, float behind1, float behind2) {
  return (behind1 - before1) * (2.0f / 3) - (behind2 - before2) * (1.0f / 12);
}

// A row of differences between other rows.
static void difference_row(
    const float *before2, const float *before1, const float *behind1, const float *behind2, size_t width,
    float *restrict result) {
  for (size_t z = 0; z < width; z++) result[z] = difference(before2[z], before1[z], behind1[z], behind2[z]);
}

// A row of differences within it, which is periodic: the first and the last two places reach around it.
static void difference_within_row(const float *row, size_t width, float *restrict result) {
  for (size_t z = 0; z < width; z += z == 1 && width > 4 ? width - 3 : 1)
    result[z] = difference(
        row[(z + 2 * width - 2) % width], row[(z + width - 1) % width], row[(z + 1) % width], row[(z + 2) % width]);
  for (size_t z = 2; z + 2 < width; z++) result[z] = difference(row[z - 2], row[z - 1], row[z + 1], row[z + 2]);
}

void halompi_gradient_plane(halompi_slab slab, unsigned axis, const float *const planes[5], float *gradient) {
  const size_t width = slab.width, stride = slab.row_stride;
  for (size_t y = 0; y < width; y++) {
    float *result = gradient + y * stride;
    const float *plane = planes[2];
    if (axis == 0)
      difference_row(
          planes[0] + y * stride, planes[1] + y * stride, planes[3] + y * stride, planes[4] + y * stride, width, result);
    else if (axis == 1)
      difference_row(
          plane + (y + 2 * width - 2) % width * stride, plane + (y + width - 1) % width * stride,
          plane + (y + 1) % width * stride, plane + (y + 2) % width * stride, width, result);
    else
      difference_within_row(plane + y * stride, width, result);
  }
}

static inline float between(float start, float end, float fraction) {
  return start + fraction * (end - start);
}

// The mesh between four cells of a plane.
static inline float read_plane(
    const float *row0, const float *row1, size_t z0, size_t z1, float y, float z) {
  return between(between(row0[z0], row0[z1], z), between(row1[z0], row1[z1], z), y);
}

void halompi_kick(
    const uint32_t *positions, size_t count, halompi_slab slab, const float *mesh, unsigned axis,
    float factor, float *momenta) {
  for (size_t i = 0; i < count; i++) {
    place x = place_of(positions[3 * i], slab);
    place y = place_of(positions[3 * i + 1], slab);
    place z = place_of(positions[3 * i + 2], slab);
    const float *plane = mesh + (x.cell - slab.first_plane) * slab.plane_stride;
    size_t y0 = y.cell * slab.row_stride, y1 = next(y.cell, slab.width) * slab.row_stride;
    size_t z1 = next(z.cell, slab.width);
    float fy = (float)y.fraction * 0x1p-16f, fz = (float)z.fraction * 0x1p-16f;
    float near = read_plane(plane + y0, plane + y1, z.cell, z1, fy, fz);
    plane += slab.plane_stride;
    float far = read_plane(plane + y0, plane + y1, z.cell, z1, fy, fz);
    momenta[3 * i + axis] += factor * between(near, far, (float)x.fraction * 0x1p-16f);
  }
}

void halompi_drift(const float *momenta, size_t count, double factor, uint32_t *positions) {
  for (size_t i = 0; i < 3 * count; i++) {
    // Adding 3 * 2^51 leaves the nearest integer in the low bits, in two's complement.
    double shifted = (double)momenta[i] * factor + 0x1.8p52;
    uint64_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    positions[i] += (uint32_t)bits;
  }
}
