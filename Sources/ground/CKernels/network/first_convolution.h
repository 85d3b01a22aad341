// The first convolution, of 1 to 8 channels to C at full resolution: recomputed where its output is needed, never stored whole.
//
// With one channel it is 2 % of the network's multiplications, but its output is by far the largest tensor (54 MB at 75^3 x 32).
// So both passes go through the first block in strips: a few rows of windows, all of x, and a band of z planes that
// rolls along z, small enough for the L2 cache. A strip holds the activated output with the block's zero border
// (plan.h); going backward it also holds the gradient of that output until the band has moved on.

#ifndef HALOMPI_FIRST_CONVOLUTION_H
#define HALOMPI_FIRST_CONVOLUTION_H

#include <stddef.h>
#include <string.h>

#include "network/plan.h"
#include "network/vector.h"

/// A band of the first block's padded input and, going backward, of its gradient: [chunks][planes][rows][padded][16].
typedef struct box_strip {
  float *values, *gradient;
  int planes, rows;
  /// The voxel of the first plane and of the first row; -1 is in the border.
  int first_z, first_y;
  size_t chunk, plane, row;
} box_strip;

INLINE box_strip make_strip(
    const halompi_network *network, float *values, float *gradient, int window_layers, int window_rows) {
  box_strip strip = {
      .values = values, .gradient = gradient, .planes = 2 * window_layers + 2, .rows = 2 * window_rows + 2};
  strip.row = (size_t)network->padded * CHUNK;
  strip.plane = strip.row * strip.rows;
  strip.chunk = strip.plane * strip.planes;
  return strip;
}

/// Copies each channel of the box into a border of one zero on every side.
static void pad_box(int width, int inputs, const float *box, float *padded) {
  const size_t side = (size_t)width + 2;
  memset(padded, 0, (inputs * cube(side) + BOX_SLACK) * sizeof *padded);
  for (int i = 0; i < inputs; i++, box += cube(width), padded += cube(side))
    for (int z = 0; z < width; z++)
      for (int y = 0; y < width; y++)
        memcpy(
            padded + ((z + 1) * side + y + 1) * side + 1, box + ((size_t)z * width + y) * width, width * sizeof *box);
}

/// Computes ROW_VECTORS vectors of channels of one row, `count` voxels at a time in registers: over the input channels in
/// order and for each over the taps in order.
INLINE void convolve_voxels(
    int width, int inputs, const float *box, const float *weights, size_t channels, const float *bias, float slope,
    float *row, int count) {
  const size_t side = (size_t)width + 2;
  for (int x = 0; x < width; x += count) {
    vector sum[ROW_VOXELS][ROW_VECTORS];
    UNROLL for (int i = 0; i < count; i++)
      UNROLL for (int v = 0; v < ROW_VECTORS; v++) sum[i][v] = load(bias + v * LANES);
    for (int c = 0; c < inputs; c++)
      for (int line = 0; line < 9; line++) {
        const float *voxels = box + c * cube(side) + (line / 3) * side * side + (line % 3) * side + x;
        // Rolled, or the compiler keeps the broadcasts of one tap for the next and runs out of registers.
        ROLLED for (int k = 0; k < 3; k++) {
          const float *tap = weights + ((line * 3 + k) * inputs + c) * channels;
          vector w[ROW_VECTORS];
          UNROLL for (int v = 0; v < ROW_VECTORS; v++) w[v] = load(tap + v * LANES);
          UNROLL for (int i = 0; i < count; i++) {
            const vector voxel = broadcast(voxels[i + k]);
            UNROLL for (int v = 0; v < ROW_VECTORS; v++) sum[i][v] = fused(voxel, w[v], sum[i][v]);
          }
        }
      }
    UNROLL for (int i = 0; i < count; i++)
      if (x + i < width)
        UNROLL for (int v = 0; v < ROW_VECTORS; v++)
          store(row + (size_t)(x + i) * CHUNK + v * LANES, leaky(sum[i][v], slope));
  }
}

/// Computes ROW_VECTORS vectors of channels of one row, of which as few voxels as can be are computed in vain.
///
/// - `box`: the padded box at tap 0 of the row's first voxel; `weights`: [27][inputs][channels]; `row`: voxel 0.
static void convolve_row(
    int width, int inputs, const float *box, const float *weights, size_t channels, const float *bias, float slope,
    float *row) {
#if ROW_VOXELS >= 25
  const int each = ceiling_quotient(width, ceiling_quotient(width, ROW_VOXELS));
  if (each <= 14) return convolve_voxels(width, inputs, box, weights, channels, bias, slope, row, 14);
  if (each <= 17) return convolve_voxels(width, inputs, box, weights, channels, bias, slope, row, 17);
  if (each <= 21) return convolve_voxels(width, inputs, box, weights, channels, bias, slope, row, 21);
#endif
  convolve_voxels(width, inputs, box, weights, channels, bias, slope, row, ROW_VOXELS);
}

/// Fills the planes first ..< last of a part's chunks of a strip with the activated first convolution, and zeros in the
/// border.
static void fill_strip(
    const halompi_network *network, const float *parameters, const float *box, box_strip strip, int first, int last,
    stage_share share) {
  const int width = network->width, channels = network->first_channels;
  const size_t side = (size_t)width + 2;
  const float *bias = parameters + (size_t)TAPS * network->inputs * channels;
  for (int c = first_chunk(share, channels / CHUNK) * CHUNK; c < channels; c += share.parts * CHUNK)
    for (int plane = first; plane < last; plane++)
      for (int r = 0; r < strip.rows; r++) {
        float *row = strip.values + c / CHUNK * strip.chunk + plane * strip.plane + r * strip.row;
        const int z = strip.first_z + plane, y = strip.first_y + r;
        if (z < 0 || z >= width || y < 0 || y >= width) {
          memset(row, 0, strip.row * sizeof *row);
          continue;
        }
        memset(row, 0, CHUNK * sizeof *row);
        const size_t end = ((size_t)width + 1) * CHUNK;
        memset(row + end, 0, (strip.row - end) * sizeof *row);
        for (int lane = c; lane < c + CHUNK; lane += ROW_VECTORS * LANES)
          convolve_row(
              width, network->inputs, box + (z * side + y) * side, parameters + lane, channels, bias + lane,
              network->slope, row + CHUNK + lane - c);
      }
}

/// Adds the planes first ..< last of a part's chunks to the gradients of the first convolution, [27 x inputs weights and
/// the bias][channels].
///
/// With d = (gradient of the output) * (derivative of LeakyReLU, from the output's sign): the gradient of weight k of an
/// input channel is the sum over voxels of d(v) box(v + k). PASS_TAPS sums stay in registers.
static void add_first_gradient(
    const halompi_network *network, const float *box, box_strip strip, int first, int last, float *total,
    stage_share share) {
  const int width = network->width, inputs = network->inputs, channels = network->first_channels;
  const size_t side = (size_t)width + 2;
  const int first_row = strip.first_y < 0 ? -strip.first_y : 0, last_row = minimum(strip.rows, width - strip.first_y);
  if (strip.first_z + first < 0) first = -strip.first_z;
  if (strip.first_z + last > width) last = width - strip.first_z;
  for (int c = first_chunk(share, channels / CHUNK) * CHUNK; c < channels; c += share.parts * CHUNK)
    for (int lane = c; lane < c + CHUNK; lane += LANES)
      for (int pass = 0; pass < TAPS * inputs; pass += PASS_TAPS) {
        const int input = pass / TAPS, tap = pass % TAPS;
        vector sum[PASS_TAPS], bias = broadcast(0);
        UNROLL for (int k = 0; k < PASS_TAPS; k++) sum[k] = broadcast(0);
        for (int plane = first; plane < last; plane++)
          for (int r = first_row; r < last_row; r++) {
            const size_t start = c / CHUNK * strip.chunk + plane * strip.plane + r * strip.row + CHUNK + lane - c;
            const float *voxels =
                box + input * cube(side) + ((strip.first_z + plane + tap / 9) * side + strip.first_y + r) * side;
            for (int x = 0; x < width; x++) {
              const vector g = load(strip.gradient + start + (size_t)x * CHUNK);
              const vector d = load(strip.values + start + (size_t)x * CHUNK) > 0 ? g : g * network->slope;
              bias += d;
              UNROLL for (int k = 0; k < PASS_TAPS; k++)
                sum[k] = fused(broadcast(voxels[(k / 9) * side * side + (k / 3 % 3) * side + k % 3 + x]), d, sum[k]);
            }
          }
        UNROLL for (int k = 0; k < PASS_TAPS; k++) {
          float *sums = total + ((tap + k) * inputs + input) * channels + lane;
          store(sums, load(sums) + sum[k]);
        }
        float *sums = total + TAPS * inputs * channels + lane;
        if (pass == 0) store(sums, load(sums) + bias);
      }
}

#endif
