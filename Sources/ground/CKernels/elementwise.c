// The elementwise kernels (reduction.h, magnitude.h, amsgrad.h, smoothing.h): one compilation for each instruction set, and the choice.

#include <math.h>
#include <stdint.h>

#include "amsgrad.h"
#include "magnitude.h"
#include "reduction.h"
#include "smoothing.h"

#define NAME(function) function##_portable
#include "elementwise.inc"
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(function) function##_avx2
#include "elementwise.inc"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), \
    apply_to = function)
#define NAME(function) function##_avx512
#include "elementwise.inc"
#undef NAME
#pragma clang attribute pop

#define CHOOSE(function, instructions)                                             \
  (halompi_supported_instruction_set(instructions) == HALOMPI_AVX512 ? function##_avx512 \
   : halompi_supported_instruction_set(instructions) == HALOMPI_AVX2 ? function##_avx2   \
                                                                     : function##_portable)
#else
#define CHOOSE(function, instructions) ((void)(instructions), function##_portable)
#endif

halompi_accumulation halompi_accumulate_fixed(
    const float *values, int64_t *accumulator, size_t count, int exponent,
    halompi_instruction_set instructions) {
  if (CHOOSE(accumulate_fixed, instructions)(values, accumulator, count, ldexp(1, exponent)))
    return HALOMPI_ACCUMULATED;
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return HALOMPI_NOT_FINITE;
  return HALOMPI_OUT_OF_RANGE;
}

uint32_t halompi_largest_magnitude(const float *values, size_t count, halompi_instruction_set instructions) {
  return CHOOSE(largest_magnitude, instructions)(values, count);
}

void halompi_fixed_to_float(
    const int64_t *accumulator, float *values, size_t count, double scale,
    halompi_instruction_set instructions) {
  CHOOSE(fixed_to_float, instructions)(accumulator, values, count, scale);
}

void halompi_amsgrad(
    halompi_amsgrad_step step, const float *gradient, float *first_moment, float *second_moment,
    float *largest_second_moment, float *parameters, size_t count,
    halompi_instruction_set instructions) {
  CHOOSE(amsgrad, instructions)
  (step, gradient, first_moment, second_moment, largest_second_moment, parameters, count);
}

void halompi_smooth_particles(
    const float *particles, size_t count, int width, float *density, halompi_instruction_set instructions) {
  CHOOSE(smooth_particles, instructions)(particles, count, width, density);
}
