// The loops over gradients and parameters (reduction.h, magnitude.h, amsgrad.h); the compiler vectorises them.
//
// Nothing here may be contracted to fused multiply-adds: the bits must be those of plain IEEE operations.

#ifndef HALOMPI_GRADIENT_LOOPS_H
#define HALOMPI_GRADIENT_LOOPS_H

#include <stddef.h>
#include <stdint.h>

#include "amsgrad.h"
#include "dispatch/registers.h"

#pragma clang fp contract(off)

/// Adds as `halompi_accumulate_fixed` says; returns whether all values were in range.
static int accumulate_fixed(
    const float *restrict values, int64_t *restrict accumulator, size_t count, double scale) {
  int64_t outside = 0;
  for (size_t i = 0; i < count; i++) {
    const double scaled = (double)values[i] * scale;
    const double shifted = scaled + ROUNDING_MAGIC;
    accumulator[i] += __builtin_bit_cast(int64_t, shifted) - __builtin_bit_cast(int64_t, ROUNDING_MAGIC);
    outside |= __builtin_elementwise_abs(scaled) < ROUNDING_LIMIT ? 0 : 1;
  }
  return outside == 0;
}

static uint32_t largest_magnitude(const float *values, size_t count) {
  uint32_t largest = 0;
  for (size_t i = 0; i < count; i++) {
    const uint32_t bits = __builtin_bit_cast(uint32_t, values[i]) & 0x7fffffffu;
    largest = bits > largest ? bits : largest;
  }
  return largest;
}

static void fixed_to_float(
    const int64_t *restrict accumulator, float *restrict values, size_t count, double scale) {
  for (size_t i = 0; i < count; i++) values[i] = (float)((double)accumulator[i] * scale);
}

static void amsgrad(
    halompi_amsgrad_step step, const float *restrict gradient, float *restrict first_moment,
    float *restrict second_moment, float *restrict largest_second_moment, float *restrict parameters,
    size_t count) {
  for (size_t i = 0; i < count; i++) {
    const float g = gradient[i];
    const float first = step.first_decay * first_moment[i] + step.first_share * g;
    const float second = step.second_decay * second_moment[i] + step.second_share * (g * g);
    const float largest = second < largest_second_moment[i] ? largest_second_moment[i] : second;
    first_moment[i] = first;
    second_moment[i] = second;
    largest_second_moment[i] = largest;
    parameters[i] -= step.rate * first / (__builtin_elementwise_sqrt(largest) + step.epsilon);
  }
}

#endif
