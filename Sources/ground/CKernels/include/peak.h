// What a core can do at most: the measure of all kernels.

#ifndef HALOMPI_PEAK_H
#define HALOMPI_PEAK_H

#include <stddef.h>

#include "instruction_set.h"

/// Does fused multiply-adds that wait neither for memory nor for each other; timed, they give the core's peak.
///
/// - `count`: how many, of single floats (two operations each); rounded down to a multiple of 192.
/// - Returns a value that depends on all of them, so that none can be left out.
float halompi_multiply_in_registers(size_t count, halompi_instruction_set instructions);

#endif
