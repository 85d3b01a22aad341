// What the passes over points are made of, for values of either precision (step_loops.h): a vector of them with the
// exponential and the logarithm, and the doubles in which the sums over many points are kept.
//
// A vector has the same lanes everywhere, whatever the registers hold, and nothing is contracted: the bits are the same.

#ifndef HALOMPI_MIXTURE_VALUES_H
#define HALOMPI_MIXTURE_VALUES_H

#include <math.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "dispatch/doubles.h"

#pragma clang fp contract(off)

WIDE_DOUBLES_BEGIN

// Double precision.

INLINE doubles larger_double(doubles a, doubles b) { return a > b ? a : b; }

INLINE double total_double(doubles v) {
  return ((v[0] + v[4]) + (v[2] + v[6])) + ((v[1] + v[5]) + (v[3] + v[7]));
}

/// exp(x) for x <= 0; what is below -600 counts as -600, where nothing of a sum is left.
///
/// x = n ln 2 + r with |r| <= ln(2)/2, and Taylor's series of exp(r) to r^13 (remainder 5e-18), in pairs (Estrin's
/// scheme), which depend on one another less than a chain does.
INLINE doubles exponential_double(doubles x) {
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
INLINE doubles logarithm_double(doubles x) {
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

// Single precision.

enum { FLOAT_LANES = 16 };

typedef float floats __attribute__((ext_vector_type(FLOAT_LANES)));
typedef int32_t words __attribute__((ext_vector_type(FLOAT_LANES)));
typedef double wide_doubles __attribute__((ext_vector_type(FLOAT_LANES)));

/// a * b + c with one rounding.
INLINE floats fused_float(floats a, floats b, floats c) { return __builtin_elementwise_fma(a, b, c); }

INLINE floats larger_float(floats a, floats b) { return a > b ? a : b; }

INLINE double total_float(wide_doubles v) { return total_double(v.lo + v.hi); }

/// exp(x) for x <= 0; what is below -60 counts as -60, so that its products with squares of distances stay normal.
///
/// As of doubles, with Taylor's series to r^6 (remainder 1e-7).
INLINE floats exponential_float(floats x) {
  x = larger_float(x, (floats)(-60.0f));
  const floats shifted = fused_float(x, (floats)(0x1.715476p0f), (floats)(0x1.8p23f));
  const floats n = shifted - 0x1.8p23f;
  const floats rough = fused_float(n, (floats)(-0x1.62e4p-1f), x);
  const floats r = fused_float(n, (floats)(-0x1.7f7d1cp-20f), rough), r2 = r * r;
  const floats s0 = fused_float(r, (floats)(1.0f / 6), (floats)(0.5f));
  const floats s1 = fused_float(r, (floats)(1.0f / 120), (floats)(1.0f / 24));
  const floats high = fused_float((floats)(1.0f / 720), r2, s1);
  const floats series = fused_float(fused_float(high, r2, s0), r2, r + 1.0f);
  const words power = (__builtin_bit_cast(words, shifted) << 23) + __builtin_bit_cast(words, (floats)(1.0f));
  return series * __builtin_bit_cast(floats, power);
}

/// ln(x) for normal x >= 1, as of doubles, with the series to s^9 (remainder 1e-9).
INLINE floats logarithm_float(floats x) {
  const words bits = __builtin_bit_cast(words, x);
  words exponent = (bits >> 23) - 127;
  floats m = __builtin_bit_cast(floats, (bits & 0x007fffff) | __builtin_bit_cast(words, (floats)(1.0f)));
  const words above = m > 0x1.6a09e6p0f;
  exponent -= above;
  m = above ? m * 0.5f : m;
  const floats s = (m - 1.0f) / (m + 1.0f), square = s * s;
  floats series = (floats)(1.0f / 9);
  series = fused_float(series, square, (floats)(1.0f / 7));
  series = fused_float(series, square, (floats)(1.0f / 5));
  series = fused_float(series, square, (floats)(1.0f / 3));
  return fused_float(
      __builtin_convertvector(exponent, floats), (floats)(0x1.62e43p-1f), 2.0f * fused_float(s, square * series, s));
}

WIDE_DOUBLES_END

#endif
