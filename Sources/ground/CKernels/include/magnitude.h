// The largest magnitude of many values.

#ifndef HALOMPI_MAGNITUDE_H
#define HALOMPI_MAGNITUDE_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// The largest of the values' magnitudes, as the bits of a float: bits compare as magnitudes do, an
/// infinity is above every number and what is not a number above that. 0 for no values.
uint32_t halompi_largest_magnitude(const float *values, size_t count, halompi_instruction_set instructions);

#endif
