// The passes over points, compiled once for each instruction set.
//
// A doubles has eight lanes everywhere, whatever the registers hold, and nothing is contracted: the bits are the same.

#ifndef HALOMPI_MIXTURE_LOOPS_H
#define HALOMPI_MIXTURE_LOOPS_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dispatch/doubles.h"
#include "gaussian_mixture.h"

#pragma clang fp contract(off)

_Static_assert(HALOMPI_MIXTURE_LANES == DOUBLE_LANES, "points are padded to whole vectors");

WIDE_DOUBLES_BEGIN

/// The number of vectors of points taken together, so that their densities stay in the nearest cache.
enum { MIXTURE_TILE = 16 };

INLINE doubles larger_double(doubles a, doubles b) { return a > b ? a : b; }

INLINE double sum_of_lanes(doubles v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// exp(x) for x <= 0; what is below -600 counts as -600, where nothing of a sum is left.
///
/// x = n ln 2 + r with |r| <= ln(2)/2, and Taylor's series of exp(r) to r^13 (remainder 5e-18), in pairs (Estrin's
/// scheme), which depend on one another less than a chain does.
INLINE doubles exponential(doubles x) {
  x = larger_double(x, (doubles)(-600.0));
  const doubles shifted = fused_doubles(x, (doubles)(0x1.71547652b82fep0), (doubles)(ROUNDING_MAGIC));
  const doubles n = shifted - ROUNDING_MAGIC;
  const doubles rough = fused_doubles(n, (doubles)(-0x1.62e42feep-1), x);
  const doubles r = fused_doubles(n, (doubles)(-0x1.a39ef35793c76p-33), rough), r2 = r * r, r4 = r2 * r2;
  const doubles r0 = r + 1.0;
  const doubles s0 = fused_doubles(r, (doubles)(1.0 / 6.0), (doubles)(0.5));
  const doubles s1 = fused_doubles(r, (doubles)(1.0 / 120.0), (doubles)(1.0 / 24.0));
  const doubles s2 = fused_doubles(r, (doubles)(1.0 / 5040.0), (doubles)(1.0 / 720.0));
  const doubles s3 = fused_doubles(r, (doubles)(1.0 / 362880.0), (doubles)(1.0 / 40320.0));
  const doubles s4 = fused_doubles(r, (doubles)(1.0 / 39916800.0), (doubles)(1.0 / 3628800.0));
  const doubles s5 = fused_doubles(r, (doubles)(1.0 / 6227020800.0), (doubles)(1.0 / 479001600.0));
  const doubles low = fused_doubles(s0, r2, r0), middle = fused_doubles(s2, r2, s1), high = fused_doubles(s4, r2, s3);
  const doubles series = fused_doubles(fused_doubles(fused_doubles(s5, r4, high), r4, middle), r4, low);
  const longs power =
      (__builtin_bit_cast(longs, shifted) << 52) + __builtin_bit_cast(longs, (doubles)(1.0));
  return series * __builtin_bit_cast(doubles, power);
}

/// ln(x) for normal x >= 1.
///
/// x = 2^e m with m between sqrt(1/2) and sqrt(2), and ln m = 2 artanh(s), s = (m - 1)/(m + 1), by its
/// series to s^19 (remainder 1e-17).
INLINE doubles logarithm(doubles x) {
  const longs bits = __builtin_bit_cast(longs, x);
  longs exponent = (bits >> 52) - 1023;
  doubles m = __builtin_bit_cast(
      doubles, (bits & 0x000fffffffffffffLL) | __builtin_bit_cast(longs, (doubles)(1.0)));
  const longs above = m > 0x1.6a09e667f3bcdp0;
  exponent -= above;
  m = above ? m * 0.5 : m;
  const doubles e = __builtin_bit_cast(
                       doubles, exponent + __builtin_bit_cast(longs, (doubles)(ROUNDING_MAGIC))) -
                   ROUNDING_MAGIC;
  const doubles s = (m - 1.0) / (m + 1.0), square = s * s;
  doubles series = (doubles)(1.0 / 19.0);
  series = fused_doubles(series, square, (doubles)(1.0 / 17.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 15.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 13.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 11.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 9.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 7.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 5.0));
  series = fused_doubles(series, square, (doubles)(1.0 / 3.0));
  return e * 0x1.62e42feep-1 + (2.0 * s + (2.0 * s * (square * series) + e * 0x1.a39ef35793c76p-33));
}

// Adds the log-likelihood of the points of a tile, whose log densities are `logs` and the largest of each `largest`.
// Leaves in `logs` densities as parts of the largest, and in `factors` what makes them a point's weight in a component.
INLINE doubles add_likelihood(
    doubles likelihood, doubles (*restrict logs)[MIXTURE_TILE], size_t component_count, const doubles *restrict largest,
    const double *restrict weights, size_t tile, doubles *restrict factors) {
  for (size_t i = 0; i < tile; i++) factors[i] = (doubles)(0.0);
  for (size_t k = 0; k < component_count; k++) {
    for (size_t i = 0; i < tile; i++) {
      logs[k][i] = exponential(logs[k][i] - largest[i]);
      factors[i] += logs[k][i];
    }
  }
  for (size_t i = 0; i < tile; i++) {
    const doubles weight = load_doubles(weights + i * HALOMPI_MIXTURE_LANES);
    likelihood += weight * (largest[i] + logarithm(factors[i]));
    factors[i] = weight / factors[i];
  }
  return likelihood;
}

static double mixture_step(
    const halompi_gaussian *restrict components, size_t component_count, const double *restrict x,
    const double *restrict y, const double *restrict weights, size_t count,
    halompi_gaussian_sums *restrict sums) {
  doubles logs[HALOMPI_MIXTURE_LIMIT][MIXTURE_TILE];
  doubles lanes[HALOMPI_MIXTURE_LIMIT][6];
  memset(lanes, 0, component_count * sizeof lanes[0]);
  doubles likelihood = (doubles)(0.0);
  for (size_t start = 0; start < count; start += MIXTURE_TILE * HALOMPI_MIXTURE_LANES) {
    const size_t left = (count - start) / HALOMPI_MIXTURE_LANES, tile = left < MIXTURE_TILE ? left : MIXTURE_TILE;
    const double *tile_x = x + start, *tile_y = y + start, *tile_weights = weights + start;
    doubles largest[MIXTURE_TILE], sum[MIXTURE_TILE];

    for (size_t k = 0; k < component_count; k++) {
      const halompi_gaussian c = components[k];
      for (size_t i = 0; i < tile; i++) {
        const doubles dx = load_doubles(tile_x + i * HALOMPI_MIXTURE_LANES) - c.mean_x;
        const doubles dy = load_doubles(tile_y + i * HALOMPI_MIXTURE_LANES) - c.mean_y;
        const doubles u = c.inverse_xx * dx, v = fused_doubles((doubles)(c.inverse_yx), dx, c.inverse_yy * dy);
        const doubles log = fused_doubles(fused_doubles(u, u, v * v), (doubles)(-0.5), (doubles)(c.log_scale));
        logs[k][i] = log;
        largest[i] = k == 0 ? log : larger_double(largest[i], log);
      }
    }
    likelihood = add_likelihood(likelihood, logs, component_count, largest, tile_weights, tile, sum);
    if (sums == NULL) continue;
    for (size_t k = 0; k < component_count; k++) {
      const double mean_x = components[k].mean_x, mean_y = components[k].mean_y;
      doubles r0 = (doubles)(0.0), rx = r0, ry = r0, rxx = r0, rxy = r0, ryy = r0;
      for (size_t i = 0; i < tile; i++) {
        const doubles dx = load_doubles(tile_x + i * HALOMPI_MIXTURE_LANES) - mean_x;
        const doubles dy = load_doubles(tile_y + i * HALOMPI_MIXTURE_LANES) - mean_y;
        const doubles r = logs[k][i] * sum[i], weighted_x = r * dx, weighted_y = r * dy;
        r0 += r;
        rx += weighted_x;
        ry += weighted_y;
        rxx = fused_doubles(weighted_x, dx, rxx);
        rxy = fused_doubles(weighted_x, dy, rxy);
        ryy = fused_doubles(weighted_y, dy, ryy);
      }
      lanes[k][0] += r0;
      lanes[k][1] += rx;
      lanes[k][2] += ry;
      lanes[k][3] += rxx;
      lanes[k][4] += rxy;
      lanes[k][5] += ryy;
    }
  }
  if (sums != NULL) {
    for (size_t k = 0; k < component_count; k++) {
      sums[k] = (halompi_gaussian_sums){
          .weight = sum_of_lanes(lanes[k][0]),
          .x = sum_of_lanes(lanes[k][1]),
          .y = sum_of_lanes(lanes[k][2]),
          .xx = sum_of_lanes(lanes[k][3]),
          .xy = sum_of_lanes(lanes[k][4]),
          .yy = sum_of_lanes(lanes[k][5]),
      };
    }
  }
  return sum_of_lanes(likelihood);
}

/// ln of the sum of exp(logs), where `largest` is the largest of them.
INLINE doubles log_sum(const doubles *logs, size_t count, doubles largest) {
  doubles sum = (doubles)(0.0);
  for (size_t k = 0; k < count; k++) sum += exponential(logs[k] - largest);
  return largest + logarithm(sum);
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
  return sum_of_lanes(result);
}

WIDE_DOUBLES_END

#endif
