// Order-independent sums of gradients in 64-bit fixed point.

#ifndef HALOMPI_REDUCTION_H
#define HALOMPI_REDUCTION_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// The outcome of `halompi_accumulate_fixed`.
typedef enum halompi_accumulation {
  /// Every value was added.
  HALOMPI_ACCUMULATED = 0,
  /// Some |value * 2^exponent| is 2^51 or more.
  HALOMPI_OUT_OF_RANGE = 1,
  /// Some value is infinite or not a number.
  HALOMPI_NOT_FINITE = 2,
} halompi_accumulation;

/// Adds values to 64-bit fixed-point sums: accumulator[i] += round(values[i] * 2^exponent).
///
/// The rounding is to the nearest integer, ties to even. Integer sums do not depend on their order, so
/// neither does the result on ranks or threads. An addend is below 2^51 in magnitude, hence 4096 of them
/// cannot overflow an accumulator. After a failure the accumulator's content is unspecified.
///
/// - `values`, `accumulator`: [count], not overlapping.
/// - `exponent`: -900 ... 900.
halompi_accumulation halompi_accumulate_fixed(
    const float *values, int64_t *accumulator, size_t count, int exponent,
    halompi_instruction_set instructions);

/// Turns fixed-point sums into floats: values[i] = (float)((double)accumulator[i] * scale).
///
/// With `scale` = 2^-exponent / samples this is the mean. Sums below 2^53 in magnitude are exact as double.
///
/// - `accumulator`, `values`: [count], not overlapping.
void halompi_fixed_to_float(
    const int64_t *accumulator, float *values, size_t count, double scale,
    halompi_instruction_set instructions);

#endif
