// The loops over packed sums (packed_sums.h); the compiler vectorises them.

#ifndef HALOMPI_PACKING_LOOPS_H
#define HALOMPI_PACKING_LOOPS_H

#include <stddef.h>
#include <stdint.h>

#include "packed_sums.h"

// The digits follow a byte, so they begin anywhere.
typedef uint32_t loose_u32 __attribute__((aligned(1)));
typedef int32_t loose_i32 __attribute__((aligned(1)));
typedef int16_t loose_i16 __attribute__((aligned(1)));

/// Returns the number of bytes that each of some sums needs.
static unsigned sum_width(const int64_t *restrict sums, size_t count) {
  uint64_t bits = 0, any = 0;
  for (size_t i = 0; i < count; i++) {
    bits |= (uint64_t)(sums[i] ^ (sums[i] >> 63));
    any |= (uint64_t)sums[i];
  }
  return any == 0 ? 0 : bits >> 31 == 0 ? 4 : bits >> 39 == 0 ? 5 : bits >> 47 == 0 ? 6 : 8;
}

static size_t pack_sums(const int64_t *restrict sums, size_t count, uint8_t *restrict packed) {
  uint8_t *next = packed;
  for (size_t start = 0; start < count; start += PACKED_SUMS_BLOCK) {
    const int64_t *restrict block = sums + start;
    const size_t n = count - start < PACKED_SUMS_BLOCK ? count - start : PACKED_SUMS_BLOCK;
    const unsigned width = sum_width(block, n);
    *next++ = (uint8_t)width;
    if (width == 0) continue;
    loose_u32 *restrict low = (loose_u32 *)next;
    for (size_t i = 0; i < n; i++) low[i] = (uint32_t)block[i];
    uint8_t *high = next + 4 * n;
    if (width == 5) {
      int8_t *restrict digits = (int8_t *)high;
      for (size_t i = 0; i < n; i++) digits[i] = (int8_t)(block[i] >> 32);
    } else if (width == 6) {
      loose_i16 *restrict digits = (loose_i16 *)high;
      for (size_t i = 0; i < n; i++) digits[i] = (int16_t)(block[i] >> 32);
    } else if (width == 8) {
      loose_i32 *restrict digits = (loose_i32 *)high;
      for (size_t i = 0; i < n; i++) digits[i] = (int32_t)(block[i] >> 32);
    }
    next += width * n;
  }
  return (size_t)(next - packed);
}

/// Returns low + 2^32 high.
static inline int64_t joined(uint32_t low, int64_t high) { return (int64_t)((uint64_t)high << 32 | low); }

/// Returns whether the bytes are `count` packed sums.
static int add_packed_sums(
    const uint8_t *restrict packed, size_t bytes, int64_t *restrict sums, size_t count) {
  for (size_t start = 0; start < count; start += PACKED_SUMS_BLOCK) {
    int64_t *restrict block = sums + start;
    const size_t n = count - start < PACKED_SUMS_BLOCK ? count - start : PACKED_SUMS_BLOCK;
    if (bytes == 0) return 0;
    const unsigned width = *packed++;
    bytes -= 1;
    if (width * n > bytes) return 0;
    const loose_u32 *restrict low = (const loose_u32 *)packed;
    const uint8_t *high = packed + 4 * n;
    if (width == 4) {
      for (size_t i = 0; i < n; i++) block[i] += (int32_t)low[i];
    } else if (width == 5) {
      const int8_t *restrict digits = (const int8_t *)high;
      for (size_t i = 0; i < n; i++) block[i] += joined(low[i], digits[i]);
    } else if (width == 6) {
      const loose_i16 *restrict digits = (const loose_i16 *)high;
      for (size_t i = 0; i < n; i++) block[i] += joined(low[i], digits[i]);
    } else if (width == 8) {
      const loose_i32 *restrict digits = (const loose_i32 *)high;
      for (size_t i = 0; i < n; i++) block[i] += joined(low[i], digits[i]);
    } else if (width != 0) {
      return 0;
    }
    packed += width * n;
    bytes -= width * n;
  }
  return bytes == 0;
}

#endif
