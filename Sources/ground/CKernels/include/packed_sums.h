// Fixed-point sums as messages: as many bytes for each as its block of sums needs.

#ifndef HALOMPI_PACKED_SUMS_H
#define HALOMPI_PACKED_SUMS_H

#include <stddef.h>
#include <stdint.h>

#include "instruction_set.h"

/// The sums of a block, which have one number of bytes.
#define PACKED_SUMS_BLOCK 256

/// Returns the most bytes that `halompi_pack_sums` writes for so many sums.
size_t halompi_packed_sums_limit(size_t count);

/// Writes sums with no more digits than they have, and returns the number of bytes.
///
/// A block of sums is a byte with the number of bytes of a sum (0 if all are zero, 4, 5, 6 or 8), the
/// low 32 bits of all its sums, and their higher bits in one, two or four bytes each, in two's complement; numbers are
/// in the byte order of the processor. Nothing is rounded.
///
/// - `sums`: [count].
/// - `packed`: [halompi_packed_sums_limit(count)], not overlapping.
size_t halompi_pack_sums(
    const int64_t *sums, size_t count, uint8_t *packed, halompi_instruction_set instructions);

/// Adds packed sums to others: sums[i] += packed[i].
///
/// - `packed`: [bytes], as `halompi_pack_sums` wrote it.
/// - `sums`: [count], not overlapping.
/// - Returns 1; 0, with sums of unspecified content, if these bytes are not `count` packed sums.
int halompi_add_packed_sums(
    const uint8_t *packed, size_t bytes, int64_t *sums, size_t count, halompi_instruction_set instructions);

#endif
