// The integral over a cell in space, compiled once for each instruction set (mixture_loops.h).

#ifndef HALOMPI_SPATIAL_LOOPS_H
#define HALOMPI_SPATIAL_LOOPS_H

#include "mixture/mixture_loops.h"

#pragma clang fp contract(off)

WIDE_DOUBLES_BEGIN

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
  return spatial_mixture_step_double(components, component_count, x, y, z, products, ALL, NULL);
}

WIDE_DOUBLES_END

#endif
