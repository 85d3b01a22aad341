// Eight doubles: clang's vector extension, which the compiler keeps in as many registers as the instruction set needs.
//
// They are handed only to functions that are inlined, so how a call would pass them does not matter.

#ifndef HALOMPI_DOUBLES_H
#define HALOMPI_DOUBLES_H

#include <stdint.h>
#include <string.h>

#include "dispatch/registers.h"

#pragma clang fp contract(off)

WIDE_DOUBLES_BEGIN

enum { DOUBLE_LANES = 8 };

typedef double doubles __attribute__((ext_vector_type(DOUBLE_LANES)));
typedef int64_t longs __attribute__((ext_vector_type(DOUBLE_LANES)));

INLINE doubles load_doubles(const double *p) {
  doubles v;
  memcpy(&v, p, sizeof v);
  return v;
}

/// a * b + c with one rounding.
INLINE doubles fused_doubles(doubles a, doubles b, doubles c) { return __builtin_elementwise_fma(a, b, c); }

WIDE_DOUBLES_END

#endif
