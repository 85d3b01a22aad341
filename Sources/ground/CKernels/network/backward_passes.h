// The backward pass through a block, and through the first block together with the first convolution, and how the parts
// of a stage divide it (plan.h).

#ifndef HALOMPI_BACKWARD_PASSES_H
#define HALOMPI_BACKWARD_PASSES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "network/backward.h"
#include "network/first_convolution.h"
#include "network/plan.h"
#include "network/vector.h"

/// Memory of the backward pass of one block.
typedef struct backward_scratch {
  /// The weight gradient, [chunks of inputs][output channels][27][16], and the bias gradient, [output channels].
  float *weight_gradient, *bias_gradient;
  /// The maxima of all window blocks.
  float *gradients;
  int32_t *inputs;
  /// [window blocks].
  task_list *lists;
  window_block *blocks;
} backward_scratch;

static backward_scratch take_backward_scratch(const block_plan *block, float *memory, stage_share share) {
  const int chunks = block->input_channels / CHUNK;
  const size_t blocks =
      (size_t)ceiling_quotient(block->slab_rows, WINDOW_BLOCK_Y) * ceiling_quotient(block->windows, WINDOW_BLOCK_X);
  const size_t weights = (size_t)TAPS * block->input_channels * block->output_channels;
  const size_t chunk = (size_t)TAPS * CHUNK * block->output_channels;
  backward_scratch scratch = {.weight_gradient = memory, .bias_gradient = memory + weights};
  for (int c = first_chunk(share, chunks); c < chunks; c += share.parts)
    memset(scratch.weight_gradient + c * chunk, 0, chunk * sizeof *memory);
  memset(scratch.bias_gradient, 0, block->output_channels * sizeof *memory);
  scratch.gradients = scratch.bias_gradient + block->output_channels;
  scratch.inputs = (int32_t *)(scratch.gradients + blocks * block->output_channels * WINDOW_BLOCK);
  scratch.lists = (task_list *)(scratch.inputs + blocks * block->output_channels * WINDOW_BLOCK);
  scratch.blocks = (window_block *)(scratch.lists + blocks);
  return scratch;
}

static window_maxima take_maxima(const block_plan *block, backward_scratch scratch, int number) {
  const size_t offset = (size_t)number * WINDOW_BLOCK * block->output_channels;
  return (window_maxima){scratch.gradients + offset, scratch.inputs + offset};
}

/// The output channels first ..< last whose weights and bias a part makes the gradients of.
typedef struct output_range {
  int first, last;
} output_range;

static output_range own_outputs(const block_plan *block, stage_share share) {
  const chunk_members members = members_of_chunk(share, block->input_channels / CHUNK);
  return (output_range){
      share_begin(block->output_channels, members.member, members.members),
      share_begin(block->output_channels, members.member + 1, members.members)};
}

/// Adds a slab of windows to a part's share of the gradients of a block's weights, biases and input.
///
/// - `planes`: bit i is set if the gradient of plane i of the slab's input is wanted.
static void backward_slab(
    const halompi_network *network, const block_plan *block, window_slab slab, const float *prepared,
    const float *workspace, backward_scratch scratch, uint32_t planes, stage_share share) {
  const int outputs = block->output_channels, inputs = block->input_channels, chunks = inputs / CHUNK;
  const output_range own = own_outputs(block, share);
  const int8_t *places = (const int8_t *)workspace + block->maximum_places;
  int32_t place_offsets[8];
  for (int p = 0; p < 8; p++)
    place_offsets[p] = (int32_t)((p >> 2) * slab.place.plane + (p >> 1 & 1) * slab.place.row + (p & 1) * CHUNK);
  const int blocks = divide_slab(block, slab, scratch.blocks);
  for (int i = 0; i < blocks; i++)
    gather_maxima(
        network, block, &scratch.blocks[i], workspace, slab.place, take_maxima(block, scratch, i),
        planes != 0 ? 0 : own.first, planes != 0 ? outputs : own.last, scratch.bias_gradient);
  for (int c = first_chunk(share, chunks); c < chunks; c += share.parts)
    for (int i = 0; i < blocks; i++)
      add_weight_gradient(
          slab.input + c * slab.place.chunk, slab.place, take_maxima(block, scratch, i), scratch.blocks[i].windows,
          own.first, own.last, scratch.weight_gradient + (size_t)c * outputs * TAPS * CHUNK);
  for (int o = 0; o < outputs && planes != 0; o += SCATTER_CHANNELS) {
    const int group = minimum(SCATTER_CHANNELS, outputs - o);
    const float *weights = prepared + block->scatter_weights + (size_t)TAPS * o * inputs;
    for (int i = 0; i < blocks; i++)
      list_tasks(
          block, &scratch.blocks[i], places, o, group, place_offsets, take_maxima(block, scratch, i).gradients,
          &scratch.lists[i]);
    for (int c = first_chunk(share, chunks); c < chunks; c += share.parts)
      for (int i = 0; i < blocks; i++)
        add_data_gradient(
            &scratch.lists[i], weights + (size_t)TAPS * c * CHUNK * group, group, slab.place, planes,
            slab.input_gradient + c * slab.place.chunk);
  }
}

/// Brings a part's share of a block's gradients into the order of the parameters; those of the biases come from the
/// members of the first chunk.
static void write_gradient(const block_plan *block, backward_scratch scratch, float *gradient, stage_share share) {
  const size_t inputs = block->input_channels, outputs = block->output_channels, chunks = inputs / CHUNK;
  const output_range own = own_outputs(block, share);
  for (size_t k = 0; k < TAPS; k++)
    for (size_t chunk = first_chunk(share, (int)chunks); chunk < chunks; chunk += share.parts)
      for (size_t c = 0; c < CHUNK; c++) {
        const float *from = scratch.weight_gradient + (chunk * outputs * TAPS + k) * CHUNK + c;
        float *to = gradient + block->weights + (k * inputs + chunk * CHUNK + c) * outputs;
        for (int o = own.first; o < own.last; o++) to[o] = from[(size_t)o * TAPS * CHUNK];
      }
  if (first_chunk(share, (int)chunks) == 0)
    memcpy(
        gradient + block->bias + own.first, scratch.bias_gradient + own.first,
        (own.last - own.first) * sizeof *gradient);
}

static void backward_block(
    const halompi_network *network, const block_plan *block, const float *prepared, float *workspace, float *gradient,
    stage_share share) {
  const backward_scratch scratch = take_backward_scratch(block, take_scratch(network, workspace, share), share);
  const int chunks = block->input_channels / CHUNK;
  const chunk_members members = members_of_chunk(share, chunks);
  for (int c = first_chunk(share, chunks); c < chunks; c += share.parts)
    for (int plane = members.member; plane < 2 * block->windows + 2; plane += members.members)
      memset(
          workspace + block->input_gradient.offset + c * block->input.chunk + plane * block->input.plane, 0,
          block->input.plane * sizeof *workspace);
  for (int y = 0; y < block->windows; y += block->slab_rows)
    for (int z = 0; z < block->windows; z += WINDOW_BLOCK_Z) {
      const size_t start = 2 * (z * block->input.plane + y * block->input.row);
      const window_slab slab = {
          .first_z = z,
          .layers = minimum(WINDOW_BLOCK_Z, block->windows - z),
          .first_y = y,
          .rows = minimum(block->slab_rows, block->windows - y),
          .input = workspace + block->input.offset + start,
          .input_gradient = workspace + block->input_gradient.offset + start,
          .place = block->input};
      uint32_t planes = 0;
      for (int i = 0; i < 2 * WINDOW_BLOCK_Z + 2; i++)
        if ((2 * z + i) % members.members == members.member) planes |= UINT32_C(1) << i;
      backward_slab(network, block, slab, prepared, workspace, scratch, planes, share);
    }
  write_gradient(block, scratch, gradient, share);
}

/// Clears the columns of a part's chunk in a gradient of the first convolution.
static void clear_columns(const halompi_network *network, float *first_gradient, stage_share share) {
  const size_t channels = network->first_channels, start = CHUNK * first_chunk(share, (int)(channels / CHUNK));
  for (size_t row = 0; row < first_gradient_floats(network); row += channels)
    memset(first_gradient + row + start, 0, CHUNK * sizeof *first_gradient);
}

/// Moves the band of a strip along z: its last two planes become the first, and the gradient of the others zero, where
/// the gradient is made.
static void roll_strip(box_strip strip, int layers, int chunk, int with_gradient) {
  float *values = strip.values + chunk * strip.chunk, *gradient = strip.gradient + chunk * strip.chunk;
  memcpy(values, values + 2 * layers * strip.plane, 2 * strip.plane * sizeof *values);
  if (!with_gradient) return;
  memcpy(gradient, gradient + 2 * layers * strip.plane, 2 * strip.plane * sizeof *gradient);
  memset(gradient + 2 * strip.plane, 0, 2 * layers * strip.plane * sizeof *gradient);
}

/// Adds up the gradients of the first convolution that the steps of all strips have made, in their order.
static void sum_first_gradient(const halompi_network *network, const float *steps, float *gradient) {
  const size_t count = first_gradient_floats(network), number = first_gradient_steps(network);
  memset(gradient, 0, count * sizeof *gradient);
  for (size_t step = 0; step < number; step++)
    for (size_t i = 0; i < count; i += LANES)
      store(gradient + i, load(gradient + i) + load(steps + step * count + i));
}

/// Goes backward through the first block and the first convolution, strip by strip.
///
/// The input of the block is computed again plane by plane. A plane's gradient is complete, as far as the strip's
/// windows go, when the band has moved on; it is then used for the first convolution's gradient, which is linear in it.
/// Members of a chunk go through all strips for the weights of their output channels, and take turns for the rest. They
/// write down the first convolution's gradient step by step, and the last one to end adds it up.
static void backward_first_block(
    const halompi_network *network, const float *parameters, const float *prepared, float *workspace, float *gradient,
    stage_share share) {
  const block_plan *block = &network->blocks[0];
  const int chunks = block->input_channels / CHUNK, layers = WINDOW_BLOCK_Z;
  const chunk_members members = members_of_chunk(share, chunks);
  float *memory = take_scratch(network, workspace, share);
  box_strip strip = make_strip(network, memory, NULL, layers, BACKWARD_STRIP_ROWS);
  strip.gradient = strip.values + chunks * strip.chunk;
  const size_t count = first_gradient_floats(network);
  float *first_gradient = strip.gradient + chunks * strip.chunk;
  const backward_scratch scratch = take_backward_scratch(block, first_gradient + count, share);
  const int are_shared = are_chunks_shared(share.parts, chunks);
  float *const steps = workspace + network->scratch + share.parts * network->scratch_floats;
  if (are_shared)
    first_gradient = steps;
  else
    memset(first_gradient, 0, count * sizeof *first_gradient);
  for (int y = 0; y < block->windows; y += BACKWARD_STRIP_ROWS) {
    const int rows = minimum(BACKWARD_STRIP_ROWS, block->windows - y);
    strip.first_y = 2 * y - 1;
    strip.rows = 2 * rows + 2;
    const int is_mine = y / BACKWARD_STRIP_ROWS % members.members == members.member;
    for (int c = first_chunk(share, chunks); c < chunks && is_mine; c += share.parts)
      memset(strip.gradient + c * strip.chunk, 0, strip.chunk * sizeof *strip.gradient);
    for (int z = 0; z < block->windows; z += layers) {
      strip.first_z = 2 * z - 1;
      for (int c = first_chunk(share, chunks); c < chunks && z > 0; c += share.parts)
        roll_strip(strip, layers, c, is_mine);
      const int last = z + layers >= block->windows;
      fill_strip(network, parameters, workspace + network->box, strip, z > 0 ? 2 : 0, strip.planes, share);
      const window_slab windows = {
          .first_z = z,
          .layers = minimum(layers, block->windows - z),
          .first_y = y,
          .rows = rows,
          .input = strip.values,
          .input_gradient = strip.gradient,
          .place = {.chunk = strip.chunk, .plane = strip.plane, .row = strip.row}};
      backward_slab(network, block, windows, prepared, workspace, scratch, is_mine ? ~UINT32_C(0) : 0, share);
      if (is_mine) {
        if (are_shared) clear_columns(network, first_gradient, share);
        add_first_gradient(
            network, workspace + network->box, strip, 0, last ? strip.planes : 2 * layers, first_gradient, share);
      }
      if (are_shared) first_gradient += count;
    }
  }
  write_gradient(block, scratch, gradient, share);
  if (!are_shared) {
    const size_t channels = network->first_channels;
    for (size_t row = 0; row < count; row += channels)
      for (int c = share.part; c < chunks; c += share.parts)
        memcpy(gradient + row + c * CHUNK, first_gradient + row + c * CHUNK, CHUNK * sizeof *gradient);
  } else if (__atomic_add_fetch((int32_t *)(workspace + network->finished_parts), 1, __ATOMIC_ACQ_REL) == share.parts) {
    sum_first_gradient(network, steps, gradient);
  }
}

#endif
