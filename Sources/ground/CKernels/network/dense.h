// Dense layers for one sample: bound by reading the weights once.

#ifndef HALOMPI_DENSE_H
#define HALOMPI_DENSE_H

#include <stddef.h>

#include "network/vector.h"

/// Adds `vectors` vectors of outputs over the inputs in order.
INLINE void dense_panel(
    const float *weights, const float *bias, const float *inputs, float *outputs, size_t input_count,
    size_t output_count, float slope, int vectors) {
  vector sum[DENSE_VECTORS];
  UNROLL for (int v = 0; v < vectors; v++) sum[v] = load(bias + v * LANES);
  for (size_t i = 0; i < input_count; i++) {
    const vector x = broadcast(inputs[i]);
    UNROLL for (int v = 0; v < vectors; v++)
      sum[v] = fused(x, load(weights + i * output_count + v * LANES), sum[v]);
  }
  UNROLL for (int v = 0; v < vectors; v++) store(outputs + v * LANES, leaky(sum[v], slope));
}

static void dense_forward(
    const float *weights, const float *bias, const float *inputs, float *outputs, size_t input_count,
    size_t output_count, float slope) {
  size_t o = 0;
  for (; o + DENSE_VECTORS * LANES <= output_count; o += DENSE_VECTORS * LANES)
    dense_panel(weights + o, bias + o, inputs, outputs + o, input_count, output_count, slope, DENSE_VECTORS);
  for (; o + LANES <= output_count; o += LANES)
    dense_panel(weights + o, bias + o, inputs, outputs + o, input_count, output_count, slope, 1);
  for (; o < output_count; o++) {
    float sum = bias[o];
    for (size_t i = 0; i < input_count; i++)
      sum = __builtin_elementwise_fma(inputs[i], weights[i * output_count + o], sum);
    outputs[o] = sum > 0 ? sum : sum * slope;
  }
}

/// The gradient of an input is a sum over lanes: sixteen partial sums, output o in sum o % 16, added pairwise.
static void dense_backward(
    const float *weights, const float *inputs, const float *outputs, float *output_gradient, float *weight_gradient,
    float *bias_gradient, float *input_gradient, size_t input_count, size_t output_count, float slope) {
  for (size_t o = 0; o < output_count; o++) {
    output_gradient[o] = outputs[o] > 0 ? output_gradient[o] : output_gradient[o] * slope;
    bias_gradient[o] = output_gradient[o];
  }
  for (size_t i = 0; i < input_count; i++) {
    const float *w = weights + i * output_count;
    float *d = weight_gradient + i * output_count;
    for (size_t o = 0; o < output_count; o++) d[o] = inputs[i] * output_gradient[o];
    if (input_gradient == NULL) continue;
    float sums[16] = {0};
    vector parts[16 / LANES];
    UNROLL for (int v = 0; v < 16 / LANES; v++) parts[v] = broadcast(0);
    size_t o = 0;
    for (; o + 16 <= output_count; o += 16)
      UNROLL for (int v = 0; v < 16 / LANES; v++)
        parts[v] = fused(load(w + o + v * LANES), load(output_gradient + o + v * LANES), parts[v]);
    UNROLL for (int v = 0; v < 16 / LANES; v++) store(sums + v * LANES, parts[v]);
    for (; o < output_count; o++) sums[o % 16] = __builtin_elementwise_fma(w[o], output_gradient[o], sums[o % 16]);
    for (int half = 8; half > 0; half /= 2)
      for (int v = 0; v < half; v++) sums[v] += sums[v + half];
    input_gradient[i] = sums[0];
  }
}

#endif
