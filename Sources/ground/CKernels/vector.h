// A vector of LANES floats: clang's vector extension, so that one text serves every instruction set.
//
// An including file (network_*.c) sets LANES and the target; the order of operations in a lane is that of the
// text, and nothing is contracted, so every instruction set gives the same bits.

#include "plan.h"

#pragma clang fp contract(off)

typedef float vector __attribute__((ext_vector_type(LANES)));
typedef int32_t integers __attribute__((ext_vector_type(LANES)));
typedef int8_t bytes __attribute__((ext_vector_type(LANES)));

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")

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
