// The passes over points in space, compiled once for each instruction set (mixture_loops.h).

#ifndef HALOMPI_SPATIAL_LOOPS_H
#define HALOMPI_SPATIAL_LOOPS_H

#include "mixture/mixture_loops.h"

#pragma clang fp contract(off)

WIDE_DOUBLES_BEGIN

static double spatial_mixture_step(
    const halompi_spatial_gaussian *restrict components, size_t component_count,
    const double *restrict x, const double *restrict y, const double *restrict z,
    const double *restrict weights, size_t count, halompi_spatial_sums *restrict sums) {
  doubles logs[HALOMPI_MIXTURE_LIMIT][MIXTURE_TILE];
  doubles lanes[HALOMPI_MIXTURE_LIMIT][10];
  memset(lanes, 0, component_count * sizeof lanes[0]);
  doubles likelihood = (doubles)(0.0);
  for (size_t start = 0; start < count; start += MIXTURE_TILE * HALOMPI_MIXTURE_LANES) {
    const size_t left = (count - start) / HALOMPI_MIXTURE_LANES, tile = left < MIXTURE_TILE ? left : MIXTURE_TILE;
    doubles largest[MIXTURE_TILE], sum[MIXTURE_TILE];
    for (size_t k = 0; k < component_count; k++) {
      const halompi_spatial_gaussian c = components[k];
      for (size_t i = 0; i < tile; i++) {
        const size_t place = start + i * HALOMPI_MIXTURE_LANES;
        const doubles dx = load_doubles(x + place) - c.mean_x;
        const doubles dy = load_doubles(y + place) - c.mean_y;
        const doubles dz = load_doubles(z + place) - c.mean_z;
        const doubles u = c.inverse_xx * dx, v = fused_doubles((doubles)(c.inverse_yx), dx, c.inverse_yy * dy);
        const doubles of_y = fused_doubles((doubles)(c.inverse_zy), dy, c.inverse_zz * dz);
        const doubles w = fused_doubles((doubles)(c.inverse_zx), dx, of_y);
        const doubles square = fused_doubles(u, u, fused_doubles(v, v, w * w));
        const doubles log = fused_doubles(square, (doubles)(-0.5), (doubles)(c.log_scale));
        logs[k][i] = log;
        largest[i] = k == 0 ? log : larger_double(largest[i], log);
      }
    }
    likelihood = add_likelihood(likelihood, logs, component_count, largest, weights + start, tile, sum);
    if (sums == NULL) continue;
    for (size_t k = 0; k < component_count; k++) {
      const halompi_spatial_gaussian c = components[k];
      doubles own[10];
      memcpy(own, lanes[k], sizeof own);
      for (size_t i = 0; i < tile; i++) {
        const size_t place = start + i * HALOMPI_MIXTURE_LANES;
        const doubles dx = load_doubles(x + place) - c.mean_x;
        const doubles dy = load_doubles(y + place) - c.mean_y;
        const doubles dz = load_doubles(z + place) - c.mean_z;
        const doubles r = logs[k][i] * sum[i], rx = r * dx, ry = r * dy, rz = r * dz;
        own[0] += r;
        own[1] += rx;
        own[2] += ry;
        own[3] += rz;
        own[4] = fused_doubles(rx, dx, own[4]);
        own[5] = fused_doubles(rx, dy, own[5]);
        own[6] = fused_doubles(rx, dz, own[6]);
        own[7] = fused_doubles(ry, dy, own[7]);
        own[8] = fused_doubles(ry, dz, own[8]);
        own[9] = fused_doubles(rz, dz, own[9]);
      }
      memcpy(lanes[k], own, sizeof own);
    }
  }
  if (sums != NULL) {
    for (size_t k = 0; k < component_count; k++) {
      double totals[10];
      for (size_t j = 0; j < 10; j++) totals[j] = sum_of_lanes(lanes[k][j]);
      sums[k] = (halompi_spatial_sums){
          totals[0], totals[1], totals[2], totals[3], totals[4],
          totals[5], totals[6], totals[7], totals[8], totals[9]};
    }
  }
  return sum_of_lanes(likelihood);
}

static double spatial_mixture_cell(
    const halompi_spatial_gaussian *restrict components, size_t component_count,
    const double *restrict mean, const double *restrict factor, const double *restrict places,
    const double *restrict weights) {
  enum { SIDE = HALOMPI_CELL_POINTS, ALL = SIDE * SIDE * SIDE };
  double x[ALL], y[ALL], z[ALL], products[ALL];
  const double *u = places, *v = places + SIDE, *w = places + 2 * SIDE;
  const double *of_u = weights, *of_v = weights + SIDE, *of_w = weights + 2 * SIDE;
  for (size_t k = 0; k < SIDE; k++) {
    for (size_t j = 0; j < SIDE; j++) {
      for (size_t i = 0; i < SIDE; i++) {
        const size_t point = (k * SIDE + j) * SIDE + i;
        x[point] = mean[0] + factor[0] * u[i];
        y[point] = mean[1] + factor[1] * u[i] + factor[2] * v[j];
        z[point] = mean[2] + factor[3] * u[i] + factor[4] * v[j] + factor[5] * w[k];
        products[point] = of_u[i] * of_v[j] * of_w[k];
      }
    }
  }
  return spatial_mixture_step(components, component_count, x, y, z, products, ALL, NULL);
}

WIDE_DOUBLES_END

#endif
