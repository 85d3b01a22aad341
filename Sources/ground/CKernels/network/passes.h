// The passes through the whole network: strips of the first block, then the other blocks as whole tensors.

#ifndef HALOMPI_PASSES_H
#define HALOMPI_PASSES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "network/backward_passes.h"
#include "network/first_convolution.h"
#include "network/plan.h"
#include "network/vector.h"
#include "network/winograd.h"

static winograd_scratch take_winograd_scratch(const block_plan *block, float *memory) {
  const size_t tiles = block->tiles;
  winograd_scratch scratch = {.inputs = memory};
  scratch.products = scratch.inputs + SLICE * (tiles * block->input_channels + CHUNK);
  scratch.slices = scratch.products + SLICE * (tiles * PANEL + CHUNK);
  return scratch;
}

/// Goes through rows of windows of a block, `tiles` at a time; row z * windows + y has all x of (z, y).
///
/// - `input`: the block's input at tap 0 of window (origin_z, origin_y, 0).
static void forward_rows(
    const halompi_network *network, const block_plan *block, int first, int last, int origin_z, int origin_y,
    const float *parameters, const float *prepared, const float *input, tensor_place place, float *workspace,
    winograd_scratch scratch) {
  tile tiles[MAXIMUM_TILES];
  int count = 0;
  for (int row = first; row < last; row++) {
    const int z = row / block->windows, y = row % block->windows;
    for (int x = 0; x < block->windows; x += 2) {
      tiles[count++] = (tile){
          .input = 2 * ((z - origin_z) * place.plane + (y - origin_y) * place.row + (size_t)x * CHUNK),
          .output = z * block->output.plane + y * block->output.row + (size_t)x * CHUNK,
          .window = (size_t)row * block->windows + x,
          .z = minimum(2, block->width - 2 * z),
          .y = minimum(2, block->width - 2 * y),
          .x = minimum(4, block->width - 2 * x)};
      if (count < block->tiles && !(row + 1 == last && x + 2 >= block->windows)) continue;
      forward_tiles(
          block, tiles, count, input, place, prepared + block->winograd_weights, parameters + block->bias,
          network->slope, workspace + block->output.offset, (int8_t *)workspace + block->maximum_places, scratch);
      count = 0;
    }
  }
}

/// Clears the border of a block's padded input.
static void clear_border(const block_plan *block, float *input) {
  const int padded = 2 * block->windows + 2;
  const size_t end = ((size_t)block->width + 1) * CHUNK;
  for (int c = 0; c < block->input_channels / CHUNK; c++)
    for (int z = 0; z < padded; z++)
      for (int y = 0; y < padded; y++) {
        float *row = input + c * block->input.chunk + z * block->input.plane + y * block->input.row;
        if (z < 1 || z > block->width || y < 1 || y > block->width) {
          memset(row, 0, block->input.row * sizeof *row);
        } else {
          memset(row, 0, CHUNK * sizeof *row);
          memset(row + end, 0, (block->input.row - end) * sizeof *row);
        }
      }
}

/// The first row of windows of a part going forward; the first block is divided in z, along which its strips roll.
static int first_row(const halompi_network *network, const block_plan *block, int part, int parts) {
  const int across = block->windows;
  return block == network->blocks ? across * share_begin(across, part, parts)
                                  : share_begin(across * across, part, parts);
}

static void forward_first_block(
    const halompi_network *network, const float *parameters, const float *prepared, float *workspace,
    stage_share share) {
  const block_plan *block = &network->blocks[0];
  const int first_z = first_row(network, block, share.part, share.parts) / block->windows;
  const int last_z = first_row(network, block, share.part + 1, share.parts) / block->windows;
  float *memory = take_scratch(network, workspace, share);
  box_strip strip = make_strip(network, memory, NULL, 1, network->strip_rows);
  const winograd_scratch scratch = take_winograd_scratch(block, memory + strip.chunk * block->input_channels / CHUNK);
  const tensor_place place = {.chunk = strip.chunk, .plane = strip.plane, .row = strip.row};
  for (int y = 0; y < block->windows; y += network->strip_rows) {
    const int rows = minimum(network->strip_rows, block->windows - y);
    strip.first_y = 2 * y - 1;
    strip.rows = 2 * rows + 2;
    for (int z = first_z; z < last_z; z++) {
      strip.first_z = 2 * z - 1;
      if (z > first_z)
        for (int c = 0; c < block->input_channels / CHUNK; c++)
          memcpy(
              strip.values + c * strip.chunk, strip.values + c * strip.chunk + 2 * strip.plane,
              2 * strip.plane * sizeof(float));
      fill_strip(network, parameters, workspace + network->box, strip, z > first_z ? 2 : 0, 4, (stage_share){0, 1});
      const int row = z * block->windows + y;
      forward_rows(
          network, block, row, row + rows, z, y, parameters, prepared, strip.values, place, workspace, scratch);
    }
  }
}

static void forward_block(
    const halompi_network *network, const block_plan *block, const float *parameters, const float *prepared,
    float *workspace, stage_share share) {
  const int first = first_row(network, block, share.part, share.parts);
  const int last = first_row(network, block, share.part + 1, share.parts);
  forward_rows(
      network, block, first, last, 0, 0, parameters, prepared, workspace + block->input.offset, block->input, workspace,
      take_winograd_scratch(block, take_scratch(network, workspace, share)));
}

/// Brings a part of the last block's output into the order of the features.
static void write_features(const halompi_network *network, const float *workspace, float *features, stage_share share) {
  const block_plan *block = &network->blocks[network->block_count - 1];
  const size_t windows = cube(block->windows), channels = block->output_channels;
  const size_t first = (size_t)block->windows * first_row(network, block, share.part, share.parts);
  const size_t last = (size_t)block->windows * first_row(network, block, share.part + 1, share.parts);
  for (size_t w = first; w < last; w++)
    for (size_t c = 0; c < channels; c += CHUNK)
      memcpy(
          features + w * channels + c, workspace + block->output.offset + c * windows + w * CHUNK,
          CHUNK * sizeof(float));
}

static void forward(
    const halompi_network *network, const float *parameters, const float *prepared, const float *box, float *workspace,
    float *features, int stage, stage_share share) {
  if (stage == 0) {
    if (share.part == 0) pad_box(network->width, network->inputs, box, workspace + network->box);
    for (int i = 1; i < network->block_count; i++)
      if (i % share.parts == share.part) clear_border(&network->blocks[i], workspace + network->blocks[i].input.offset);
  } else if (stage == 1) {
    forward_first_block(network, parameters, prepared, workspace, share);
  } else {
    forward_block(network, &network->blocks[stage - 1], parameters, prepared, workspace, share);
  }
  if (stage == network->block_count) write_features(network, workspace, features, share);
}

static void backward(
    const halompi_network *network, const float *parameters, const float *prepared, float *workspace,
    const float *feature_gradient, float *gradient, int stage, stage_share share) {
  const block_plan *block = &network->blocks[network->block_count - 1];
  const size_t windows = cube(block->windows), channels = block->output_channels;
  if (stage == 0) {
    if (share.part == 0) memset(workspace + network->finished_parts, 0, sizeof(int32_t));
    for (size_t w = share.part; w < windows; w += share.parts)
      for (size_t c = 0; c < channels; c += CHUNK)
        memcpy(
            workspace + block->output_gradient.offset + c * windows + w * CHUNK, feature_gradient + w * channels + c,
            CHUNK * sizeof(float));
  } else if (stage < network->block_count) {
    backward_block(network, &network->blocks[network->block_count - stage], prepared, workspace, gradient, share);
  } else {
    backward_first_block(network, parameters, prepared, workspace, gradient, share);
  }
}

static void prepare(
    const halompi_network *network, const float *parameters, float *prepared, size_t part, size_t parts) {
  size_t item = 0;
  for (int i = 0; i < network->block_count; i++) {
    const block_plan *block = &network->blocks[i];
    for (int chunk = 0; chunk < block->input_channels / CHUNK; chunk++) {
      if (item++ % parts != part) continue;
      for (int c = 0; c < CHUNK; c++)
        transform_weights(block, parameters + block->weights, chunk * CHUNK + c, prepared + block->winograd_weights);
      arrange_weights(block, parameters + block->weights, chunk, prepared + block->scatter_weights);
    }
  }
}

#endif
