// A vector of LANES floats: clang's vector extension, so that one text serves every instruction set.

#ifndef HALOMPI_VECTOR_H
#define HALOMPI_VECTOR_H

#include <stdint.h>
#include <string.h>

#include "dispatch/registers.h"

#pragma clang fp contract(off)

typedef float vector __attribute__((ext_vector_type(LANES)));
typedef int32_t integers __attribute__((ext_vector_type(LANES)));
typedef int8_t bytes __attribute__((ext_vector_type(LANES)));

INLINE vector load(const float *p) {
  vector v;
  memcpy(&v, p, sizeof v);
  return v;
}

INLINE void store(float *p, vector v) { memcpy(p, &v, sizeof v); }

INLINE vector broadcast(float x) { return (vector)(x); }

/// a * b + c with one rounding.
INLINE vector fused(vector a, vector b, vector c) { return __builtin_elementwise_fma(a, b, c); }

INLINE vector larger(vector a, vector b) { return a > b ? a : b; }

/// LeakyReLU.
INLINE vector leaky(vector x, float slope) { return larger(x, x * slope); }

#endif
