// Makes the plan of a network (plan.h) and hands the public calls to the chosen instruction set.

#include "network/plan.h"

#include <stdlib.h>

#include "caches.h"
#include "dispatch/dispatch.h"
#include "network.h"
#include "peak.h"

/// Gives out parts of a buffer, in floats, each on a cache line.
static size_t take(size_t *used, size_t floats) {
  const size_t offset = *used;
  *used += whole_lines(floats);
  return offset;
}

/// Tiles in flight: more where the transformed weights, which each call reads once, no longer fit the second-level cache
/// beside them.
static int tile_count(const block_plan *block, size_t cache) {
  const size_t weights = FREQUENCIES * sizeof(float) * block->input_channels * block->output_channels;
  return weights < cache / 8 * 3 ? 8 : weights <= cache / 2 ? 16 : weights <= cache ? 32 : MAXIMUM_TILES;
}

/// Rows of windows in a slab: few where the slab's input and its gradient would not fit the L2 cache, else all, since
/// every slab goes through all weights.
static int slab_row_count(const block_plan *block) {
  const size_t row = 2 * sizeof(float) * (2 * WINDOW_BLOCK_Z + 2) * (2 * block->windows + 2) * block->input_channels;
  return row * (2 * block->windows + 2) > SLAB_BYTES ? BACKWARD_STRIP_ROWS : block->windows;
}

static size_t winograd_scratch_floats(const block_plan *block) {
  const size_t tiles = block->tiles;
  return SLICE * (tiles * block->input_channels + CHUNK) + SLICE * (tiles * PANEL + CHUNK) +
         4 * 8 * (tiles * block->output_channels + CHUNK);
}

/// Room for `backward_scratch` (backward_passes.h), whose lists are a few hundred bytes a window and group.
static size_t backward_scratch_floats(const block_plan *block) {
  const size_t blocks =
      (size_t)ceiling_quotient(block->slab_rows, WINDOW_BLOCK_Y) * ceiling_quotient(block->windows, WINDOW_BLOCK_X);
  const size_t weights = (size_t)(TAPS * block->input_channels + 1) * block->output_channels;
  const size_t entries = 2 * (size_t)block->output_channels * WINDOW_BLOCK;
  const size_t list = SCATTER_CHANNELS + 2 + 4 * WINDOW_BLOCK * 8 + 2 * WINDOW_BLOCK * SCATTER_CHANNELS;
  const size_t windows = 2 + 5 * WINDOW_BLOCK;
  return weights + blocks * (entries + list + windows);
}

static size_t strip_floats(const halompi_network *network, int layers, int rows) {
  return (size_t)(2 * layers + 2) * (2 * rows + 2) * network->padded * network->first_channels;
}

/// Rows of windows in a strip going forward: as many as take three eighths of the second-level cache, beside the weights
/// and the tiles, since the rows between two strips are computed twice; all strips of a box alike.
static int strip_row_count(const halompi_network *network, size_t cache) {
  const int windows = network->blocks[0].windows;
  int rows = minimum(LEAST_STRIP_ROWS, windows);
  while (rows < windows && sizeof(float) * strip_floats(network, 1, rows + 1) <= cache / 8 * 3) rows++;
  return ceiling_quotient(windows, ceiling_quotient(windows, rows));
}

static void place_parameters(halompi_network *network) {
  size_t parameters = (size_t)(TAPS * network->inputs + 1) * network->first_channels, prepared = 0;
  for (int i = 0; i < network->block_count; i++) {
    block_plan *block = &network->blocks[i];
    const size_t pairs = (size_t)block->input_channels * block->output_channels;
    block->weights = parameters;
    block->bias = block->weights + TAPS * pairs;
    parameters = block->bias + block->output_channels;
    block->winograd_weights = take(&prepared, FREQUENCIES * pairs);
    block->scatter_weights = take(&prepared, TAPS * pairs);
  }
  network->parameter_count = parameters;
  network->prepared_bytes = prepared * sizeof(float);
}

/// Places a tensor of `channels` and [width][width][length] voxels.
static tensor_place place_tensor(size_t *used, size_t width, size_t length, int channels) {
  tensor_place place = {
      .row = length * CHUNK, .plane = width * length * CHUNK, .chunk = width * width * length * CHUNK};
  place.offset = take(used, place.chunk * channels / CHUNK);
  return place;
}

static void place_tensors(halompi_network *network) {
  size_t used = 0;
  network->box = take(&used, network->inputs * cube((size_t)network->width + 2) + BOX_SLACK);
  for (int i = 0; i < network->block_count; i++) {
    block_plan *block = &network->blocks[i];
    if (i > 0) {
      const size_t padded = 2 * (size_t)block->windows + 2, length = padded_length(block->windows);
      block->input = place_tensor(&used, padded, length, block->input_channels);
      block->input_gradient = place_tensor(&used, padded, length, block->input_channels);
      const size_t inside = block->input.plane + block->input.row + CHUNK;
      block[-1].output = block->input;
      block[-1].output.offset += inside;
      block[-1].output_gradient = block->input_gradient;
      block[-1].output_gradient.offset += inside;
    }
    if (i + 1 == network->block_count) {
      block->output = place_tensor(&used, block->windows, block->windows, block->output_channels);
      block->output_gradient = place_tensor(&used, block->windows, block->windows, block->output_channels);
    }
    block->maximum_places = sizeof(float) * take(&used, cube(block->windows) * block->output_channels / sizeof(float));
  }
  network->finished_parts = take(&used, 1);
  size_t scratch = 0;
  for (int i = 0; i < network->block_count; i++) {
    const block_plan *block = &network->blocks[i];
    const int first = i == 0;
    const size_t forward =
        winograd_scratch_floats(block) + (first ? strip_floats(network, 1, network->strip_rows) : 0);
    const size_t backward =
        backward_scratch_floats(block) + (first ? 2 * strip_floats(network, WINDOW_BLOCK_Z, BACKWARD_STRIP_ROWS) +
                                                  first_gradient_floats(network)
                                            : 0);
    if (forward > scratch) scratch = forward;
    if (backward > scratch) scratch = backward;
  }
  network->scratch = used;
  network->scratch_floats = whole_lines(scratch);
}

halompi_network *halompi_network_create(
    size_t width, size_t inputs, const size_t *channels, size_t convolutions, float slope,
    halompi_instruction_set instructions, size_t cache) {
  if (cache == 0) cache = halompi_second_level_cache();
  if (width < 3 || width > 1024 || convolutions < 2 || convolutions > MAXIMUM_CONVOLUTIONS) return NULL;
  if (inputs < 1 || inputs > MAXIMUM_INPUTS || !(slope >= 0 && slope <= 1)) return NULL;
  for (size_t i = 0; i < convolutions; i++)
    if (channels[i] == 0 || channels[i] % CHUNK != 0 || channels[i] > 1024) return NULL;
  halompi_network *network = calloc(1, sizeof *network);
  if (network == NULL) return NULL;
  network->width = (int)width;
  network->inputs = (int)inputs;
  network->first_channels = (int)channels[0];
  network->block_count = (int)convolutions - 1;
  network->slope = slope;
  network->kernels = halompi_kernels(instructions);
  int voxels = network->width;
  for (int i = 0; i < network->block_count; i++) {
    block_plan *block = &network->blocks[i];
    block->width = voxels;
    block->windows = voxels = ceiling_quotient(voxels, 2);
    block->input_channels = (int)channels[i];
    block->output_channels = (int)channels[i + 1];
    block->tiles = tile_count(block, cache);
    block->slab_rows = i == 0 ? BACKWARD_STRIP_ROWS : slab_row_count(block);
  }
  network->padded = padded_length(network->blocks[0].windows);
  network->strip_rows = strip_row_count(network, cache);
  network->feature_count = cube(voxels) * channels[convolutions - 1];
  place_parameters(network);
  place_tensors(network);
  return network;
}

void halompi_network_destroy(halompi_network *network) { free(network); }

size_t halompi_feature_count(const halompi_network *network) { return network->feature_count; }

size_t halompi_convolution_parameter_count(const halompi_network *network) { return network->parameter_count; }

size_t halompi_prepared_bytes(const halompi_network *network) { return network->prepared_bytes; }

size_t halompi_workspace_bytes(const halompi_network *network, size_t parts) {
  const int are_shared = are_chunks_shared((int)parts, network->first_channels / CHUNK);
  const size_t steps = are_shared ? first_gradient_steps(network) * first_gradient_floats(network) : 0;
  return (network->scratch + parts * network->scratch_floats + steps) * sizeof(float);
}

size_t halompi_stage_count(const halompi_network *network) { return (size_t)network->block_count + 1; }

void halompi_prepare_weights(
    const halompi_network *network, const float *parameters, void *prepared, size_t part, size_t parts) {
  network->kernels->prepare(network, parameters, prepared, part, parts);
}

void halompi_forward_stage(
    const halompi_network *network, const float *parameters, const void *prepared, const float *box, void *workspace,
    float *features, size_t stage, size_t part, size_t parts) {
  const stage_share share = {(int)part, (int)parts};
  network->kernels->forward(network, parameters, prepared, box, workspace, features, (int)stage, share);
}

void halompi_backward_stage(
    const halompi_network *network, const float *parameters, const void *prepared, void *workspace,
    const float *feature_gradient, float *parameter_gradient, size_t stage, size_t part, size_t parts) {
  const stage_share share = {(int)part, (int)parts};
  network->kernels->backward(
      network, parameters, prepared, workspace, feature_gradient, parameter_gradient, (int)stage, share);
}

void halompi_pool_decisions(
    const halompi_network *network, const void *workspace, size_t block, unsigned char *decisions) {
  const block_plan *plan = &network->blocks[block];
  const size_t width = plan->windows, windows = cube(width), channels = plan->output_channels;
  const unsigned char *bits = (const unsigned char *)workspace + plan->maximum_places;
  for (size_t c = 0; c < channels; c++) {
    const float *values = (const float *)workspace + plan->output.offset + c / CHUNK * plan->output.chunk + c % CHUNK;
    for (size_t w = 0; w < windows; w++) {
      const size_t z = w / (width * width), y = w / width % width, x = w % width;
      const float value = values[z * plan->output.plane + y * plan->output.row + x * CHUNK];
      const unsigned char place = bits[(c / CHUNK * windows + w) * CHUNK + c % CHUNK] / 8;
      decisions[w * channels + c] = place + (value > 0 ? 8 : 0);
    }
  }
}

void halompi_dense_forward(
    const float *weights, const float *bias, const float *inputs, float *outputs, size_t input_count,
    size_t output_count, float slope, halompi_instruction_set instructions) {
  halompi_kernels(instructions)->dense_forward(weights, bias, inputs, outputs, input_count, output_count, slope);
}

void halompi_dense_backward(
    const float *weights, const float *inputs, const float *outputs, float *output_gradient, float *weight_gradient,
    float *bias_gradient, float *input_gradient, size_t input_count, size_t output_count, float slope,
    halompi_instruction_set instructions) {
  halompi_kernels(instructions)->dense_backward(
      weights, inputs, outputs, output_gradient, weight_gradient, bias_gradient, input_gradient, input_count,
      output_count, slope);
}

float halompi_multiply_in_registers(size_t count, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->multiply_in_registers(count);
}
