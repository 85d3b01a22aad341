// Forward convolution, max pool and activation of one block: Winograd's F(2x2x4, 3x3x3).
//
// Source: Lavin and Gray 2016, doi:10.1109/CVPR.2016.435, sections 4.1 (F(2, 3) here in z and y) and 4.3 (F(4, 3) here
// in x), nested to three dimensions. A tile of 4 x 4 x 6 inputs gives 2 x 2 x 4 outputs, which are exactly two windows
// of the max pool:
//   Y = A^T [ (G g G^T) * (B^T d B) ] A   on each axis, with * elementwise and summed over input channels.
// F(2, 3): B^T d = (d0 - d2, d1 + d2, d2 - d1, d1 - d3),  A^T m = (m0 + m1 + m2, m1 - m2 - m3),
//   G g = (g0, (g0 + g1 + g2)/2, (g0 - g1 + g2)/2, g2).
// F(4, 3): B^T d = (4 d0 - 5 d2 + d4, (d4 - 4 d2) + (d3 - 4 d1), (d4 - 4 d2) - (d3 - 4 d1),
//     (d4 - d2) + 2 (d3 - d1), (d4 - d2) - 2 (d3 - d1), 4 d1 - 5 d3 + d5),
//   A^T m = (m0 + s1 + s3, s2 + 2 s4, s1 + 4 s3, s2 + 8 s4 + m5) with s1, s2 = m1 +- m2 and s3, s4 = m3 +- m4,
//   G g = (g0/4, -(g0 + g1 + g2)/6, -(g0 - g1 + g2)/6, (g0 + 2 g1 + 4 g2)/24, (g0 - 2 g1 + 4 g2)/24, g2).
// The sum over channels is a small matrix product per frequency, 96 for 16 outputs where direct convolution takes 432.
// F(4, 3) on more axes would multiply less still, but a tile's frequencies would no longer fit the registers.
//
// Blocking. A few tiles at a time, and for these one z frequency ("slice", 24 of the 96 frequencies) after the other:
// transform the inputs of the slice, multiply panel by panel of output channels, undo the transform in y and x. So
// what lies between the steps stays in the L1 cache for the first, large blocks. When all four slices are done, the
// transform in z is undone, and bias, pool and activation follow in registers.

#ifndef HALOMPI_WINOGRAD_H
#define HALOMPI_WINOGRAD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "network/plan.h"
#include "network/vector.h"

/// A tile: where it reads and writes, in floats from the block's input and output.
typedef struct tile {
  size_t input, output;
  /// The index of the first of its two windows.
  size_t window;
  /// The number of outputs inside the box on each axis: 1 or 2 in z and y, 1 to 4 in x.
  int8_t z, y, x;
} tile;

/// Buffers of `forward_tiles`; a row of a frequency is followed by a cache line so that frequencies do not alias.
typedef struct winograd_scratch {
  /// Transformed inputs of a slice, [SLICE][tiles][input channels].
  float *inputs;
  /// Products of a slice and panel, [SLICE][tiles][PANEL].
  float *products;
  /// Slices undone in y and x, [4 slices][2][4][tiles][output channels].
  float *slices;
} winograd_scratch;

/// Transforms a column of 4 x 4 inputs in z, for one slice, and y: four frequencies.
INLINE void transform_column(const float *input, size_t plane, size_t row, int slice, vector column[4]) {
  const float *a = input + (slice == 0 ? 0 : slice == 2 ? 2 : 1) * plane;
  const float *b = input + (slice == 2 ? 1 : slice == 3 ? 3 : 2) * plane;
  vector d[4];
  UNROLL for (int y = 0; y < 4; y++) {
    const vector p = load(a + y * row), q = load(b + y * row);
    d[y] = slice == 1 ? p + q : p - q;
  }
  column[0] = d[0] - d[2], column[1] = d[1] + d[2], column[2] = d[2] - d[1], column[3] = d[1] - d[3];
}

/// Transforms tiles for a slice: 4 x 4 x 6 inputs -> 4 x 6 frequencies, `stride` floats apart, of [tiles][channels].
///
/// Neighbours in x share two of their six columns, which stay in registers.
INLINE void transform_inputs(
    const float *input, tensor_place place, const tile *tiles, int count, int channels, int slice, float *output,
    size_t stride) {
  for (int c = 0; c < channels; c += LANES) {
    const float *chunk = input + c / CHUNK * place.chunk + c % CHUNK;
    vector d[6][4];
    for (int t = 0; t < count; t++) {
      const float *first = chunk + tiles[t].input;
      if (t > 0 && tiles[t].input == tiles[t - 1].input + 4 * CHUNK) {
        UNROLL for (int y = 0; y < 4; y++) d[0][y] = d[4][y], d[1][y] = d[5][y];
      } else {
        UNROLL for (int x = 0; x < 2; x++) transform_column(first + x * CHUNK, place.plane, place.row, slice, d[x]);
      }
      UNROLL for (int x = 2; x < 6; x++) transform_column(first + x * CHUNK, place.plane, place.row, slice, d[x]);
      float *frequency = output + (size_t)t * channels + c;
      UNROLL for (int y = 0; y < 4; y++) {
        const vector d0 = d[0][y], d1 = d[1][y], d2 = d[2][y], d3 = d[3][y], d4 = d[4][y], d5 = d[5][y];
        const vector two = broadcast(2), four = broadcast(4);
        const vector even = fused(-four, d2, d4), odd = fused(-four, d1, d3), a = d4 - d2, b = d3 - d1;
        store(frequency + (6 * y + 0) * stride, fused(four, d0 - d2, a));
        store(frequency + (6 * y + 1) * stride, even + odd);
        store(frequency + (6 * y + 2) * stride, even - odd);
        store(frequency + (6 * y + 3) * stride, fused(two, b, a));
        store(frequency + (6 * y + 4) * stride, fused(-two, b, a));
        store(frequency + (6 * y + 5) * stride, fused(-four, b, d5 - d3));
      }
    }
  }
}

/// products[t][o] = sum over c of inputs[t][c] weights[c][o] for GEMM_ROWS tiles and `vectors` of output channels.
INLINE void multiply_rows(
    const float *inputs, int channels, const float *weights, int width, int vectors, float *products) {
  vector sum[GEMM_ROWS][GEMM_VECTORS];
  UNROLL for (int t = 0; t < GEMM_ROWS; t++)
    UNROLL for (int v = 0; v < vectors; v++) sum[t][v] = broadcast(0);
  for (int c = 0; c < channels; c++) {
    vector w[GEMM_VECTORS];
    UNROLL for (int v = 0; v < vectors; v++)
      __builtin_prefetch(weights + (size_t)(channels + c) * width + v * LANES);
    UNROLL for (int v = 0; v < vectors; v++) w[v] = load(weights + (size_t)c * width + v * LANES);
    UNROLL for (int t = 0; t < GEMM_ROWS; t++) {
      const vector x = broadcast(inputs[(size_t)t * channels + c]);
      UNROLL for (int v = 0; v < vectors; v++) sum[t][v] = fused(x, w[v], sum[t][v]);
    }
  }
  UNROLL for (int t = 0; t < GEMM_ROWS; t++)
    UNROLL for (int v = 0; v < vectors; v++) store(products + (size_t)t * width + v * LANES, sum[t][v]);
}

/// Multiplies the frequencies of a slice for one panel of `width` output channels (PANEL or CHUNK).
static void multiply_slice(
    const float *inputs, size_t input_stride, int tiles, int channels, const float *weights, int width,
    float *products, size_t product_stride) {
  for (int f = 0; f < SLICE; f++)
    for (int t = 0; t < tiles; t += GEMM_ROWS) {
      const float *x = inputs + f * input_stride + (size_t)t * channels, *w = weights + (size_t)f * channels * width;
      float *y = products + f * product_stride + (size_t)t * width;
      int o = 0;
      for (; o + GEMM_VECTORS * LANES <= width; o += GEMM_VECTORS * LANES)
        multiply_rows(x, channels, w + o, width, GEMM_VECTORS, y + o);
      for (; o < width; o += LANES) multiply_rows(x, channels, w + o, width, 1, y + o);
    }
}

/// Undoes the transform of a slice in y and x: [SLICE][tiles][width] -> [2][4][tiles][channels].
static void undo_slice(
    const float *products, size_t product_stride, int tiles, int width, float *slices, size_t slice_stride,
    int channels) {
  for (int t = 0; t < tiles; t++)
    for (int o = 0; o < width; o += LANES) {
      const float *m = products + (size_t)t * width + o;
      vector n[4][4];
      UNROLL for (int y = 0; y < 4; y++) {
        const float *p = m + 6 * y * product_stride;
        const vector m1 = load(p + product_stride), m2 = load(p + 2 * product_stride);
        const vector m3 = load(p + 3 * product_stride), m4 = load(p + 4 * product_stride);
        const vector s1 = m1 + m2, s2 = m1 - m2, s3 = m3 + m4, s4 = m3 - m4;
        n[y][0] = load(p) + s1 + s3;
        n[y][1] = fused(broadcast(2), s4, s2);
        n[y][2] = fused(broadcast(4), s3, s1);
        n[y][3] = fused(broadcast(8), s4, s2) + load(p + 5 * product_stride);
      }
      float *s = slices + (size_t)t * channels + o;
      UNROLL for (int x = 0; x < 4; x++) {
        store(s + x * slice_stride, n[0][x] + n[1][x] + n[2][x]);
        store(s + (4 + x) * slice_stride, n[1][x] - n[2][x] - n[3][x]);
      }
    }
}

/// Undoes the transform in z, pools, adds the bias, activates; keeps the first place of the maximum in z, y, x order.
///
/// - `slices`: those of one of the tile's windows; `z`, `y`, `x`: the number of its outputs inside the box.
INLINE void finish_window(
    const float *slices, size_t stride, int z, int y, int x, const float *bias, float slope, float *output,
    int8_t *place) {
  vector v[8];
  UNROLL for (int e = 0; e < 4; e++) {
    const float *s = slices + (e / 2 * 4 + e % 2) * stride;
    const vector n1 = load(s + 8 * stride), n2 = load(s + 16 * stride);
    v[e] = load(s) + n1 + n2;
    v[4 + e] = n1 - n2 - load(s + 24 * stride);
  }
  if (z < 2 || y < 2 || x < 2) {
    UNROLL for (int p = 1; p < 8; p++)
      if ((p >> 2) >= z || (p >> 1 & 1) >= y || (p & 1) >= x) v[p] = broadcast(-__builtin_inff());
  }
  vector best = v[0];
  integers where = 0;
  UNROLL for (int p = 1; p < 8; p++) {
    where = v[p] > best ? (integers)(8 * p) : where;
    best = larger(v[p], best);
  }
  store(output, leaky(best + load(bias), slope));
  const bytes narrow = __builtin_convertvector(where, bytes);
  memcpy(place, &narrow, sizeof narrow);
}

/// Computes `count` tiles of a block.
///
/// The rows between `count` and the next multiple of GEMM_ROWS are multiplied as they lie in memory, and not used.
///
/// - `input`: the block's input, laid out as `place` says; `weights`: the prepared ones of the block.
/// - `output`: the block's pooled output; `places`: where the maxima were.
static void forward_tiles(
    const block_plan *block, const tile *tiles, int count, const float *input, tensor_place place, const float *weights,
    const float *bias, float slope, float *output, int8_t *places, winograd_scratch scratch) {
  const int channels = block->input_channels, outputs = block->output_channels;
  const int rows = (count + GEMM_ROWS - 1) / GEMM_ROWS * GEMM_ROWS;
  const size_t input_stride = (size_t)rows * channels + CHUNK, product_stride = (size_t)rows * PANEL + CHUNK;
  const size_t slice_stride = (size_t)rows * outputs + CHUNK;
  for (int slice = 0; slice < 4; slice++) {
    switch (slice) {
      case 0: transform_inputs(input, place, tiles, count, channels, 0, scratch.inputs, input_stride); break;
      case 1: transform_inputs(input, place, tiles, count, channels, 1, scratch.inputs, input_stride); break;
      case 2: transform_inputs(input, place, tiles, count, channels, 2, scratch.inputs, input_stride); break;
      default: transform_inputs(input, place, tiles, count, channels, 3, scratch.inputs, input_stride); break;
    }
    for (int o = 0; o < outputs; o += PANEL) {
      const int width = minimum(PANEL, outputs - o);
      multiply_slice(
          scratch.inputs, input_stride, rows, channels,
          weights + SLICE * (size_t)channels * ((size_t)slice * outputs + o), width, scratch.products, product_stride);
      undo_slice(
          scratch.products, product_stride, count, width, scratch.slices + 8 * slice * slice_stride + o,
          slice_stride, outputs);
    }
  }
  for (int o = 0; o < outputs; o += LANES)
    for (int t = 0; t < count; t++)
      for (int second = 0; second < (tiles[t].x > 2 ? 2 : 1); second++)
        finish_window(
            scratch.slices + 2 * second * slice_stride + (size_t)t * outputs + o, slice_stride, tiles[t].z, tiles[t].y,
            tiles[t].x - 2 * second, bias + o, slope,
            output + o / CHUNK * block->output.chunk + tiles[t].output + second * CHUNK + o % CHUNK,
            places + (o / CHUNK * cube(block->windows) + tiles[t].window + second) * CHUNK + o % CHUNK);
}

/// Applies F(2, 3)'s G to three vectors.
INLINE void transform_three(vector g0, vector g1, vector g2, vector result[4]) {
  const vector s = g0 + g2;
  result[0] = g0, result[1] = (s + g1) * 0.5f, result[2] = (s - g1) * 0.5f, result[3] = g2;
}

/// Writes the transformed weights of input channel c: [slice][panel][SLICE frequencies][input channels][panel width].
static void transform_weights(const block_plan *block, const float *weights, int c, float *output) {
  const size_t inputs = block->input_channels, outputs = block->output_channels;
  for (size_t o = 0; o < outputs; o += LANES) {
    vector zy[4][4][3];
    UNROLL for (int x = 0; x < 3; x++) {
      vector y[3][4];
      UNROLL for (int z = 0; z < 3; z++) {
        const float *w = weights + ((z * 9 + x) * inputs + c) * outputs + o;
        const size_t row = 3 * inputs * outputs;
        transform_three(load(w), load(w + row), load(w + 2 * row), y[z]);
      }
      UNROLL for (int f = 0; f < 4; f++) {
        vector z[4];
        transform_three(y[0][f], y[1][f], y[2][f], z);
        UNROLL for (int slice = 0; slice < 4; slice++) zy[slice][f][x] = z[slice];
      }
    }
    const size_t panel = o / PANEL * PANEL, width = minimum(PANEL, (int)(outputs - panel));
    for (int slice = 0; slice < 4; slice++)
      for (int y = 0; y < 4; y++) {
        const vector g0 = zy[slice][y][0], g1 = zy[slice][y][1], g2 = zy[slice][y][2];
        const vector s = g0 + g2, far = fused(broadcast(4), g2, g0);
        const vector frequencies[6] = {g0 * 0.25f, (s + g1) * (-1.0f / 6), (s - g1) * (-1.0f / 6),
                                       fused(broadcast(2), g1, far) * (1.0f / 24),
                                       fused(broadcast(-2), g1, far) * (1.0f / 24), g2};
        float *to = output + SLICE * inputs * (slice * outputs + panel) + (6 * y * inputs + c) * width + o - panel;
        UNROLL for (int x = 0; x < 6; x++) store(to + x * inputs * width, frequencies[x]);
      }
  }
}

#endif
