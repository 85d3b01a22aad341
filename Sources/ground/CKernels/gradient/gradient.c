// The public functions on gradients and parameters (reduction.h, packed_sums.h, magnitude.h, amsgrad.h).

#include <math.h>
#include <stdint.h>

#include "amsgrad.h"
#include "dispatch/dispatch.h"
#include "magnitude.h"
#include "packed_sums.h"
#include "reduction.h"

halompi_accumulation halompi_accumulate_fixed(
    const float *values, int64_t *accumulator, size_t count, int exponent,
    halompi_instruction_set instructions) {
  if (halompi_kernels(instructions)->accumulate_fixed(values, accumulator, count, ldexp(1, exponent)))
    return HALOMPI_ACCUMULATED;
  for (size_t i = 0; i < count; i++)
    if (!isfinite(values[i])) return HALOMPI_NOT_FINITE;
  return HALOMPI_OUT_OF_RANGE;
}

uint32_t halompi_largest_magnitude(const float *values, size_t count, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->largest_magnitude(values, count);
}

void halompi_fixed_to_float(
    const int64_t *accumulator, float *values, size_t count, double scale,
    halompi_instruction_set instructions) {
  halompi_kernels(instructions)->fixed_to_float(accumulator, values, count, scale);
}

size_t halompi_packed_sums_limit(size_t count) {
  return count * sizeof(int64_t) + (count + PACKED_SUMS_BLOCK - 1) / PACKED_SUMS_BLOCK;
}

size_t halompi_pack_sums(
    const int64_t *sums, size_t count, uint8_t *packed, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->pack_sums(sums, count, packed);
}

int halompi_add_packed_sums(
    const uint8_t *packed, size_t bytes, int64_t *sums, size_t count, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->add_packed_sums(packed, bytes, sums, count);
}

void halompi_amsgrad(
    halompi_amsgrad_step step, const float *gradient, float *first_moment, float *second_moment,
    float *largest_second_moment, float *parameters, size_t count,
    halompi_instruction_set instructions) {
  halompi_kernels(instructions)->amsgrad(
      step, gradient, first_moment, second_moment, largest_second_moment, parameters, count);
}
