// Gaussian mixtures (gaussian_mixture.h): one compilation for each instruction set, and the choice.

#include "gaussian_mixture.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

// Vectors are handed only to functions that are inlined, so how a call would pass them does not matter.
#pragma clang diagnostic ignored "-Wpsabi"

typedef double vector __attribute__((ext_vector_type(HALOMPI_MIXTURE_LANES)));
typedef int64_t integers __attribute__((ext_vector_type(HALOMPI_MIXTURE_LANES)));

/// 1.5 * 2^52: adding it to a double below 2^51 in magnitude rounds that double to an integer, which then
/// stands in the low bits of the sum.
#define ROUNDING_MAGIC 0x1.8p52

/// How many vectors of points are taken at a time, so that their densities stay in the nearest cache.
#define TILE 16

#define NAME(function) function##_portable
#include "gaussian_mixture.inc"
#undef NAME

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#define NAME(function) function##_avx2
#include "gaussian_mixture.inc"
#undef NAME
#pragma clang attribute pop

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"), min_vector_width(512))), \
    apply_to = function)
#define NAME(function) function##_avx512
#include "gaussian_mixture.inc"
#undef NAME
#pragma clang attribute pop

#define CHOOSE(function, instructions)                                             \
  (halompi_supported_instruction_set(instructions) == HALOMPI_AVX512 ? function##_avx512 \
   : halompi_supported_instruction_set(instructions) == HALOMPI_AVX2 ? function##_avx2   \
                                                                     : function##_portable)
#else
#define CHOOSE(function, instructions) ((void)(instructions), function##_portable)
#endif

double halompi_mixture_step(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_gaussian_sums *sums,
    halompi_instruction_set instructions) {
  return CHOOSE(mixture_step, instructions)(components, component_count, x, y, weights, count, sums);
}

double halompi_mixture_log_ratio(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_instruction_set instructions) {
  return CHOOSE(mixture_log_ratio, instructions)(components, component_count, x, y, weights, count);
}

double halompi_spatial_mixture_step(
    const halompi_spatial_gaussian *components, size_t component_count, const double *x,
    const double *y, const double *z, const double *weights, size_t count,
    halompi_spatial_sums *sums, halompi_instruction_set instructions) {
  return CHOOSE(spatial_mixture_step, instructions)(
      components, component_count, x, y, z, weights, count, sums);
}

double halompi_spatial_mixture_cell(
    const halompi_spatial_gaussian *components, size_t component_count, const double *mean,
    const double *factor, const double *places, const double *weights,
    halompi_instruction_set instructions) {
  return CHOOSE(spatial_mixture_cell, instructions)(
      components, component_count, mean, factor, places, weights);
}
