// The passes over points, compiled once for each instruction set.

#ifndef HALOMPI_MIXTURE_LOOPS_H
#define HALOMPI_MIXTURE_LOOPS_H

#include "gaussian_mixture.h"
#include "mixture/values.h"

#pragma clang fp contract(off)

_Static_assert(HALOMPI_MIXTURE_LANES == DOUBLE_LANES, "points are padded to whole vectors");

WIDE_DOUBLES_BEGIN

/// The points of a tile.
enum { MIXTURE_TILE_POINTS = 128 };

INLINE doubles fused_double(doubles a, doubles b, doubles c) { return fused_doubles(a, b, c); }

#define VALUE double
#define VALUES doubles
#define TOTALS doubles
#define OF(name) name##_double
#include "mixture/step_loops.h"

#define VALUE float
#define VALUES floats
#define TOTALS wide_doubles
#define OF(name) name##_float
#include "mixture/step_loops.h"

/// ln of the sum of exp(logs), where `largest` is the largest of them.
INLINE doubles log_sum(const doubles *logs, size_t count, doubles largest) {
  doubles sum = (doubles)(0.0);
  for (size_t k = 0; k < count; k++) sum += exponential_double(logs[k] - largest);
  return largest + logarithm_double(sum);
}

static double mixture_log_ratio(
    const halompi_gaussian *restrict components, size_t component_count, const double *restrict x,
    const double *restrict y, const double *restrict weights, size_t count) {
  doubles joint[HALOMPI_MIXTURE_LIMIT], of_x[HALOMPI_MIXTURE_LIMIT], of_y[HALOMPI_MIXTURE_LIMIT];
  doubles result = (doubles)(0.0);
  for (size_t start = 0; start < count; start += HALOMPI_MIXTURE_LANES) {
    const doubles px = load_doubles(x + start), py = load_doubles(y + start);
    doubles largest = (doubles)(-INFINITY), largest_x = largest, largest_y = largest;
    for (size_t k = 0; k < component_count; k++) {
      const halompi_gaussian c = components[k];
      const doubles dx = px - c.mean_x, dy = py - c.mean_y;
      const doubles u = c.inverse_xx * dx, v = c.inverse_yx * dx + c.inverse_yy * dy;
      const doubles ux = c.inverse_x * dx, uy = c.inverse_y * dy;
      joint[k] = c.log_scale - 0.5 * (u * u + v * v);
      of_x[k] = c.log_scale_x - 0.5 * (ux * ux);
      of_y[k] = c.log_scale_y - 0.5 * (uy * uy);
      largest = larger_double(largest, joint[k]);
      largest_x = larger_double(largest_x, of_x[k]);
      largest_y = larger_double(largest_y, of_y[k]);
    }
    const doubles ratio = log_sum(joint, component_count, largest) -
                         log_sum(of_x, component_count, largest_x) -
                         log_sum(of_y, component_count, largest_y);
    result += load_doubles(weights + start) * ratio;
  }
  return total_double(result);
}

WIDE_DOUBLES_END

#endif
