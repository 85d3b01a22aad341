// The loop over smoothed particles (smoothing.h); the compiler vectorises it.
//
// Nothing here may be contracted to fused multiply-adds: the bits must be those of plain IEEE operations.

#ifndef HALOMPI_SMOOTHING_LOOPS_H
#define HALOMPI_SMOOTHING_LOOPS_H

#include <stddef.h>

#include "dispatch/registers.h"

#pragma clang fp contract(off)

/// The first whole number not below `value`, from 0 to `limit`.
static int first_above(float value, int limit) {
  const float ceiling = __builtin_elementwise_ceil(value);
  return ceiling <= 0 ? 0 : ceiling >= limit ? limit : (int)ceiling;
}

/// With a = max(2 - q, 0) and b = max(1 - q, 0), the spline is a^3 / 4 - b^3.
static void smooth_particles(
    const float *restrict particles, size_t count, int width, float *restrict density) {
  for (size_t i = 0; i < count; i++) {
    const float *p = particles + 4 * i;
    const float reach = 2 * p[3], inverse = 1 / p[3];
    const float scale = 0.318309886f * inverse * inverse * inverse;
    const int last_x = first_above(p[0] + reach, width), last_y = first_above(p[1] + reach, width);
    for (int x = first_above(p[0] - reach, width); x < last_x; x++) {
      const float dx = (float)x - p[0];
      for (int y = first_above(p[1] - reach, width); y < last_y; y++) {
        const float dy = (float)y - p[1], square = dx * dx + dy * dy, rest = reach * reach - square;
        if (rest <= 0) continue;
        const float half = __builtin_elementwise_sqrt(rest);
        const int last_z = first_above(p[2] + half, width);
        float *row = density + ((size_t)x * (size_t)width + (size_t)y) * (size_t)width;
        for (int z = first_above(p[2] - half, width); z < last_z; z++) {
          const float dz = (float)z - p[2];
          const float q = __builtin_elementwise_sqrt(square + dz * dz) * inverse;
          const float a = __builtin_elementwise_max(2 - q, 0.0f), b = __builtin_elementwise_max(1 - q, 0.0f);
          row[z] += scale * (0.25f * (a * a * a) - b * b * b);
        }
      }
    }
  }
}

#endif
