// The loops of a particle-mesh step. Every value is made of the same operations in the same order
// whatever the slab and the thread, and nothing is contracted.

#include "particle_mesh.h"

#include <string.h>

#pragma STDC FP_CONTRACT OFF

// How many particles later the cells are used that the caches are asked for.
enum { PARTICLES_AHEAD = 16 };

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

// Asks the caches for the cells that a particle is painted on.
static inline void expect_painting(
    const uint32_t *position, halompi_slab slab, size_t begin, size_t end, const uint32_t *mesh) {
  const size_t plane = place_of(position[0], slab).cell - slab.first_plane, y = place_of(position[1], slab).cell;
  if (plane < begin || plane >= end) return;
  const uint32_t *cells = mesh + plane * slab.plane_stride + place_of(position[2], slab).cell;
  const size_t row0 = y * slab.row_stride, row1 = next(y, slab.width) * slab.row_stride;
  __builtin_prefetch(cells + row0, 1);
  __builtin_prefetch(cells + row1, 1);
  if (plane + 1 == end) return;
  __builtin_prefetch(cells + slab.plane_stride + row0, 1);
  __builtin_prefetch(cells + slab.plane_stride + row1, 1);
}

void halompi_paint(
    const uint32_t *positions, size_t count, halompi_slab slab, size_t begin, size_t end,
    uint32_t *mesh) {
  for (size_t i = 0; i < count; i++) {
    if (i + PARTICLES_AHEAD < count) expect_painting(positions + 3 * (i + PARTICLES_AHEAD), slab, begin, end, mesh);
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

// The values of four cells of a plane, (y, z), (y, z + 1), (y + 1, z) and (y + 1, z + 1).
typedef float quad __attribute__((ext_vector_type(4)));
typedef float pair __attribute__((ext_vector_type(2)));

static inline quad joined(pair row0, pair row1) { return __builtin_shufflevector(row0, row1, 0, 1, 2, 3); }

// Two cells of a row, and those of another row.
static inline quad cells_of(const float *row0, const float *row1) {
  pair cells0, cells1;
  memcpy(&cells0, row0, sizeof cells0);
  memcpy(&cells1, row1, sizeof cells1);
  return joined(cells0, cells1);
}

// The difference of fourth order of the values one and two cells before and behind.
static inline quad difference(quad before2, quad before1, quad behind1, quad behind2) {
  return (behind1 - before1) * (2.0f / 3) - (behind2 - before2) * (1.0f / 12);
}

static inline float between(float start, float end, float fraction) {
  return start + fraction * (end - start);
}

// What lies between the cells of a plane and those of the next one.
static inline float interpolated(quad near, quad far, float x, float y, float z) {
  const pair rows_near = near.even + z * (near.odd - near.even), rows_far = far.even + z * (far.odd - far.even);
  return between(between(rows_near[0], rows_near[1], y), between(rows_far[0], rows_far[1], y), x);
}

// The cells around a particle, from two before its own to three behind it along each axis.
enum { CELLS_AROUND = 6 };

// Their planes, the place of each row in a plane, and that of the particle's own cell in a row.
typedef struct {
  const float *const *planes;
  size_t rows[CELLS_AROUND], cell;
} neighbourhood;

static inline quad plane_gradient_y(neighbourhood n, const float *plane) {
  pair cells[CELLS_AROUND];
  for (size_t k = 0; k < CELLS_AROUND; k++) memcpy(cells + k, plane + n.rows[k] + n.cell, sizeof cells[k]);
  return difference(
      joined(cells[0], cells[1]), joined(cells[1], cells[2]), joined(cells[3], cells[4]), joined(cells[4], cells[5]));
}

static inline quad plane_gradient_z(neighbourhood n, const float *plane) {
  const float *row0 = plane + n.rows[2] + n.cell, *row1 = plane + n.rows[3] + n.cell;
  return difference(
      cells_of(row0 - 2, row1 - 2), cells_of(row0 - 1, row1 - 1), cells_of(row0 + 1, row1 + 1),
      cells_of(row0 + 2, row1 + 2));
}

// Adds `factor` times the gradient, interpolated at the fractions x, y, z of a cell, to a momentum.
static inline __attribute__((always_inline)) void add_gradient(
    neighbourhood n, float x, float y, float z, float factor, float *momentum) {
  quad cells[CELLS_AROUND];
  for (size_t k = 0; k < CELLS_AROUND; k++)
    cells[k] = cells_of(n.planes[k] + n.rows[2] + n.cell, n.planes[k] + n.rows[3] + n.cell);
  const quad near = difference(cells[0], cells[1], cells[3], cells[4]);
  const quad far = difference(cells[1], cells[2], cells[4], cells[5]);
  momentum[0] += factor * interpolated(near, far, x, y, z);
  momentum[1] +=
      factor * interpolated(plane_gradient_y(n, n.planes[2]), plane_gradient_y(n, n.planes[3]), x, y, z);
  momentum[2] +=
      factor * interpolated(plane_gradient_z(n, n.planes[2]), plane_gradient_z(n, n.planes[3]), x, y, z);
}

// The same where rows end: the cells are copied, so that they do not reach around.
static __attribute__((noinline)) void add_gradient_at_end(
    neighbourhood n, size_t width, float x, float y, float z, float factor, float *momentum) {
  float copy[CELLS_AROUND][CELLS_AROUND][CELLS_AROUND];
  const float *planes[CELLS_AROUND];
  neighbourhood copied = {.planes = planes, .cell = 2};
  for (size_t i = 0; i < CELLS_AROUND; i++) {
    planes[i] = copy[i][0];
    copied.rows[i] = i * CELLS_AROUND;
    for (size_t j = 0; j < CELLS_AROUND; j++)
      for (size_t k = 0; k < CELLS_AROUND; k++)
        copy[i][j][k] = n.planes[i][n.rows[j] + (n.cell + 2 * width - 2 + k) % width];
  }
  add_gradient(copied, x, y, z, factor, momentum);
}

// Asks the caches for what the gradient at a particle is made of.
static inline void expect_reading(const uint32_t *position, halompi_slab slab, const float *const *planes) {
  const float *const *around = planes + (place_of(position[0], slab).cell - slab.first_plane);
  const size_t y = place_of(position[1], slab).cell, z = place_of(position[2], slab).cell;
  if (y < 2 || y + 3 >= slab.width) return;
  const size_t cell = y * slab.row_stride + z, stride = slab.row_stride;
  for (size_t k = 0; k < CELLS_AROUND; k++) {
    __builtin_prefetch(around[k] + cell);
    __builtin_prefetch(around[k] + cell + stride);
  }
  for (size_t k = 2; k < 4; k++) {
    __builtin_prefetch(around[k] + cell - 2 * stride);
    __builtin_prefetch(around[k] + cell - stride);
    __builtin_prefetch(around[k] + cell + 2 * stride);
    __builtin_prefetch(around[k] + cell + 3 * stride);
  }
}

void halompi_kick(
    const uint32_t *positions, size_t count, halompi_slab slab, const float *const *planes, float factor,
    float *momenta) {
  const size_t width = slab.width;
  for (size_t i = 0; i < count; i++) {
    if (i + PARTICLES_AHEAD < count) expect_reading(positions + 3 * (i + PARTICLES_AHEAD), slab, planes);
    place x = place_of(positions[3 * i], slab);
    place y = place_of(positions[3 * i + 1], slab);
    place z = place_of(positions[3 * i + 2], slab);
    neighbourhood n = {.planes = planes + (x.cell - slab.first_plane), .cell = z.cell};
    if (y.cell >= 2 && y.cell + 3 < width)
      for (size_t k = 0; k < CELLS_AROUND; k++) n.rows[k] = (y.cell - 2 + k) * slab.row_stride;
    else
      for (size_t k = 0; k < CELLS_AROUND; k++) n.rows[k] = (y.cell + 2 * width - 2 + k) % width * slab.row_stride;
    float fx = (float)x.fraction * 0x1p-16f, fy = (float)y.fraction * 0x1p-16f, fz = (float)z.fraction * 0x1p-16f;
    if (z.cell >= 2 && z.cell + 3 < width)
      add_gradient(n, fx, fy, fz, factor, momenta + 3 * i);
    else
      add_gradient_at_end(n, width, fx, fy, fz, factor, momenta + 3 * i);
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
