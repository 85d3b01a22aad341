// Fused multiply-adds in registers alone (peak.h).

#ifndef HALOMPI_PEAK_LOOP_H
#define HALOMPI_PEAK_LOOP_H

#include <stddef.h>

#include "network/vector.h"

enum { INDEPENDENT_SUMS = 12 };

static float multiply_in_registers(size_t count) {
  vector sums[INDEPENDENT_SUMS];
  UNROLL for (int i = 0; i < INDEPENDENT_SUMS; i++) sums[i] = broadcast((float)i);
  const vector factor = broadcast(0.999f), term = broadcast(0.001f);
  ROLLED for (size_t left = count / 192 * (16 / LANES); left > 0; left--)
    UNROLL for (int i = 0; i < INDEPENDENT_SUMS; i++) sums[i] = fused(sums[i], factor, term);
  float total = 0;
  UNROLL for (int i = 0; i < INDEPENDENT_SUMS; i++) total += sums[i][0];
  return total;
}

#endif
