// Backward convolution of one block behind its max pool: one output in eight has a gradient.
//
// With g(w, o) the gradient of the pooled output of window w and channel o before the activation, and p(w, o) the
// place of the maximum, the padded input position of tap k is 2w + p + k (plan.h), so
//   weight gradient  dW[k][c][o] = sum over w of g(w, o) X[2w + p(w, o) + k][c],
//   data gradient    dX[2w + p(w, o) + k][c] += g(w, o) W[k][c][o],
// 27 fused multiply-adds for each of (w, o) and input channel: an eighth of what a dense convolution takes. Lanes
// are input channels. A slab of windows is processed in blocks whose inputs stay in the L1 cache.
//
// What bounds it: each multiplication needs a vector of X or W from the L1 cache, as which one depends on the place of
// the maximum. Sapphire Rapids feeds 80 % of its peak of multiplications from there at best; the weight gradient gets
// 70 %, the data gradient, which also loads and stores dX for four multiplications a vector, 47 % (in the cache, at
// 32 output channels). More taps or chunks at a time, other groups, blocks and orders were slower or no faster.

#ifndef HALOMPI_BACKWARD_H
#define HALOMPI_BACKWARD_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "network/plan.h"
#include "network/vector.h"

/// Windows [z layers][y rows][all x] of a block, and where their inputs are.
typedef struct window_slab {
  int first_z, layers, first_y, rows;
  /// The input and its gradient at place 0, tap 0 of the slab's first window; same strides.
  const float *input;
  float *input_gradient;
  tensor_place place;
} window_slab;

/// A maximum: its window's gradient, and where its channel's weights begin in the prepared ones of its group.
typedef struct gradient_entry {
  float gradient;
  int32_t weights;
} gradient_entry;

/// The maxima of a window block, [chunks of output channels][WINDOW_BLOCK][16] each.
typedef struct window_maxima {
  /// The gradient before the activation.
  float *gradients;
  /// The offsets of tap 0 in the slab's input [floats].
  int32_t *inputs;
} window_maxima;

/// Entries of one window and place, and the offset of this place in the input [floats] and its plane in the slab.
typedef struct window_task {
  int32_t input, plane, first, length;
} window_task;

/// Part of a slab: up to WINDOW_BLOCK windows, with what the kernels read in the order in which they read it.
typedef struct window_block {
  int windows;
  /// Where each window is: its offsets in the slab's input and in the block's output [floats], its first plane in the
  /// slab and its index in the block.
  int32_t input[WINDOW_BLOCK], plane[WINDOW_BLOCK];
  size_t output[WINDOW_BLOCK];
  int32_t index[WINDOW_BLOCK];
} window_block;

/// The tasks of a window block for a group of output channels, sorted by length.
typedef struct task_list {
  /// The first task of each length; the next entry is the end.
  int32_t begin[SCATTER_CHANNELS + 2];
  window_task tasks[WINDOW_BLOCK * 8];
  gradient_entry entries[WINDOW_BLOCK * SCATTER_CHANNELS];
} task_list;

/// Divides a slab into window blocks in a fixed order; returns how many.
static int divide_slab(const block_plan *block, window_slab slab, window_block *blocks) {
  int count = 0;
  const int across = block->windows;
  for (int y0 = 0; y0 < slab.rows; y0 += WINDOW_BLOCK_Y)
    for (int x0 = 0; x0 < across; x0 += WINDOW_BLOCK_X) {
      window_block *next = &blocks[count++];
      next->windows = 0;
      for (int z = 0; z < slab.layers; z++)
        for (int y = y0; y < minimum(y0 + WINDOW_BLOCK_Y, slab.rows); y++)
          for (int x = x0; x < minimum(x0 + WINDOW_BLOCK_X, across); x++) {
            next->plane[next->windows] = 2 * z;
            next->input[next->windows] = (int32_t)(2 * z * slab.place.plane + 2 * y * slab.place.row + 2 * x * CHUNK);
            next->output[next->windows] =
                (slab.first_z + z) * block->output.plane + (slab.first_y + y) * block->output.row + (size_t)x * CHUNK;
            next->index[next->windows++] = ((slab.first_z + z) * across + slab.first_y + y) * across + x;
          }
    }
  return count;
}

/// Gathers the maxima of a window block for the vectors with the output channels first ..< last; adds to the bias
/// gradient.
static void gather_maxima(
    const halompi_network *network, const block_plan *block, const window_block *block_of_windows,
    const float *workspace, tensor_place place, window_maxima maxima, int first, int last, float *bias_gradient) {
  const int across = block->windows;
  const int8_t *places = (const int8_t *)workspace + block->maximum_places;
  for (int o = first / LANES * LANES; o < last; o += LANES) {
    const size_t chunk = o / CHUNK;
    const float *values = workspace + block->output.offset + chunk * block->output.chunk + o % CHUNK;
    vector sum = broadcast(0);
    for (int t = 0; t < block_of_windows->windows; t++) {
      const size_t output = block_of_windows->output[t];
      const vector g = load(values + output - block->output.offset + block->output_gradient.offset);
      const vector d = load(values + output) > 0 ? g : g * network->slope;
      sum += d;
      store(maxima.gradients + (chunk * WINDOW_BLOCK + t) * CHUNK + o % CHUNK, d);
      bytes narrow;
      memcpy(&narrow, places + (chunk * cube(across) + block_of_windows->index[t]) * CHUNK + o % CHUNK, sizeof narrow);
      const integers bit = __builtin_convertvector(narrow, integers);
      const integers input = block_of_windows->input[t] + ((bit & 32) != 0 ? (integers)((int32_t)place.plane) : 0) +
                             ((bit & 16) != 0 ? (integers)((int32_t)place.row) : 0) + (bit & 8) * (CHUNK / 8);
      memcpy(maxima.inputs + (chunk * WINDOW_BLOCK + t) * CHUNK + o % CHUNK, &input, sizeof input);
    }
    store(bias_gradient + o, load(bias_gradient + o) + sum);
  }
}

/// Adds a window block to the weight gradient of one chunk of input channels, [output channels][27][16], for the output
/// channels first ..< last.
///
/// PASS_TAPS sums stay in registers while one output channel goes through the windows.
static void add_weight_gradient(
    const float *input, tensor_place place, window_maxima maxima, int windows, int first, int last, float *gradient) {
  for (int lane = 0; lane < CHUNK; lane += LANES)
    for (int pass = 0; pass < TAPS; pass += PASS_TAPS)
      for (int o = first; o < last; o++) {
        const size_t column = (size_t)o / CHUNK * CHUNK * WINDOW_BLOCK + o % CHUNK;
        const float *gradients = maxima.gradients + column, *x = input + pass / 9 * place.plane + lane;
        const int32_t *inputs = maxima.inputs + column;
        float *total = gradient + ((size_t)o * TAPS + pass) * CHUNK + lane;
        vector sum[PASS_TAPS];
        UNROLL for (int k = 0; k < PASS_TAPS; k++) sum[k] = broadcast(0);
        for (int t = 0; t < windows; t++) {
          const vector g = broadcast(gradients[t * CHUNK]);
          UNROLL for (int z = 0; z < PASS_TAPS / 9; z++) {
            const float *p = x + inputs[t * CHUNK] + z * place.plane;
            UNROLL for (int k = 0; k < 9; k++)
              sum[z * 9 + k] = fused(g, load(p + (k / 3) * place.row + (k % 3) * CHUNK), sum[z * 9 + k]);
          }
        }
        UNROLL for (int k = 0; k < PASS_TAPS; k++) store(total + k * CHUNK, load(total + k * CHUNK) + sum[k]);
      }
}

/// Sorts the entries of a window block and a group of output channels by window and place, and these tasks by length.
///
/// Tasks of one length follow each other so that the loop over a task's entries, whose length is otherwise random,
/// is predicted well; among these, tasks of one place, so that a task seldom has to wait for the sums that the one
/// before it has just stored. The order, and so the sums' bits, depend on the data alone.
///
/// The counts of a window's eight places are the eight bytes of an integer: no group has more than 255 members.
static void list_tasks(
    const block_plan *block, const window_block *block_of_windows, const int8_t *places, int first, int outputs,
    const int32_t *place_offsets, const float *gradients, task_list *list) {
  uint64_t counts[WINDOW_BLOCK], starts[WINDOW_BLOCK];
  int32_t begin[SCATTER_CHANNELS + 2] = {0};
  for (int t = 0; t < block_of_windows->windows; t++) {
    const int8_t *bits[SCATTER_CHANNELS / CHUNK];
    uint64_t count = 0;
    for (int c = 0; c < outputs / CHUNK; c++) {
      bits[c] = places + ((first / CHUNK + c) * cube(block->windows) + block_of_windows->index[t]) * CHUNK;
      UNROLL for (int i = 0; i < CHUNK; i++) count += UINT64_C(1) << bits[c][i];
    }
    // The sum of a byte and all those below it, less itself.
    uint64_t next = count * UINT64_C(0x0101010101010101) - count;
    counts[t] = count;
    starts[t] = next;
    UNROLL for (int p = 0; p < 64; p += 8) begin[(count >> p & 255) + 1]++;
    gradient_entry *entries = list->entries + t * SCATTER_CHANNELS;
    for (int c = 0; c < outputs / CHUNK; c++) {
      const float *g = gradients + ((first / CHUNK + c) * WINDOW_BLOCK + t) * CHUNK;
      UNROLL for (int i = 0; i < CHUNK; i++) {
        entries[next >> bits[c][i] & 255] = (gradient_entry){g[i], (c * CHUNK + i) * 9 * LANES};
        next += UINT64_C(1) << bits[c][i];
      }
    }
  }
  for (int length = 1; length < SCATTER_CHANNELS + 2; length++) begin[length] += begin[length - 1];
  memcpy(list->begin, begin, sizeof begin);
  for (int p = 0; p < 8; p++)
    for (int t = 0; t < block_of_windows->windows; t++) {
      const int32_t length = counts[t] >> 8 * p & 255, start = t * SCATTER_CHANNELS + (starts[t] >> 8 * p & 255);
      list->tasks[begin[length]++] = (window_task){
          block_of_windows->input[t] + place_offsets[p], block_of_windows->plane[t] + (p >> 2), start, length};
    }
}

/// Adds a window block to the data gradient: one group of output channels, one chunk of input channels.
///
/// - `weights`: [3 kz][vectors of a chunk][output channels of the group][9][vector], stay in the L1 cache.
/// - `planes`: bit i is set if plane i of the slab is wanted.
static void add_data_gradient(
    const task_list *list, const float *weights, int outputs, tensor_place place, uint32_t planes, float *gradient) {
  for (int kz = 0; kz < 3; kz++)
    for (int lane = 0; lane < CHUNK; lane += LANES) {
      const float *plane_weights = weights + (size_t)(kz * CHUNK + lane) * outputs * 9;
      float *plane = gradient + kz * place.plane + lane;
      for (int length = 1; length <= outputs; length++)
        for (int i = list->begin[length]; i < list->begin[length + 1]; i++) {
          if ((planes >> (list->tasks[i].plane + kz) & 1) == 0) continue;
          float *x = plane + list->tasks[i].input;
          const gradient_entry *entries = list->entries + list->tasks[i].first;
          vector sum[9];
          UNROLL for (int k = 0; k < 9; k++) sum[k] = load(x + (k / 3) * place.row + (k % 3) * CHUNK);
          for (int entry = 0; entry < length; entry++) {
            const vector g = broadcast(entries[entry].gradient);
            const float *w = plane_weights + entries[entry].weights;
            UNROLL for (int k = 0; k < 9; k++) sum[k] = fused(g, load(w + k * LANES), sum[k]);
          }
          UNROLL for (int k = 0; k < 9; k++) store(x + (k / 3) * place.row + (k % 3) * CHUNK, sum[k]);
        }
    }
}

/// Writes the weights of a chunk of input channels as the data gradient reads them:
/// [groups of SCATTER_CHANNELS outputs][chunks][3 kz][vectors of a chunk][output channels][9][vector].
static void arrange_weights(const block_plan *block, const float *weights, int chunk, float *arranged) {
  const size_t inputs = block->input_channels, outputs = block->output_channels;
  for (size_t k = 0; k < TAPS; k++) {
    const float *from = weights + (k * inputs + (size_t)chunk * CHUNK) * outputs;
    for (size_t o = 0; o < outputs; o++) {
      const size_t group = o / SCATTER_CHANNELS * SCATTER_CHANNELS;
      const size_t members = minimum(SCATTER_CHANNELS, (int)(outputs - group));
      float *to = arranged + TAPS * (group * inputs + (size_t)chunk * CHUNK * members) +
                  k / 9 * CHUNK * members * 9 + ((o - group) * 9 + k % 9) * LANES;
      UNROLL for (int c = 0; c < CHUNK; c++)
        to[c / LANES * LANES * members * 9 + c % LANES] = from[c * outputs + o];
    }
  }
}

#endif
