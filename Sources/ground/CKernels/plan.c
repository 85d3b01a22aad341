// Makes the plan of a network (plan.h) and hands the public calls to the chosen instruction set.

#include "plan.h"

#include <stdlib.h>

#include "peak.h"

/// Gives out parts of a buffer, in floats, each on a cache line.
static size_t take(size_t *used, size_t floats) {
  const size_t offset = *used;
  *used += whole_lines(floats);
  return offset;
}

/// Tiles in flight: more where the transformed weights no longer fit the L2 cache beside them.
static int tile_count(const block_plan *b) {
  const size_t weights = FREQUENCIES * sizeof(float) * b->input_channels * b->output_channels;
  return weights <= 1 << 19 ? 8 : weights <= 1 << 20 ? 16 : MAXIMUM_TILES;
}

/// Rows of windows in a slab: few where the slab's input and its gradient would not fit the L2 cache, else all, since
/// every slab goes through all weights.
static int slab_row_count(const block_plan *b) {
  const size_t row = 2 * sizeof(float) * (2 * WINDOW_BLOCK_Z + 2) * (2 * b->windows + 2) * b->input_channels;
  return row * (2 * b->windows + 2) > SLAB_BYTES ? BACKWARD_STRIP_ROWS : b->windows;
}

static size_t winograd_scratch_floats(const block_plan *b) {
  const size_t tiles = b->tiles;
  return SLICE * (tiles * b->input_channels + CHUNK) + SLICE * (tiles * PANEL + CHUNK) +
         4 * 8 * (tiles * b->output_channels + CHUNK);
}

/// Room for `backward_scratch` (passes.inc), whose lists are a few hundred bytes a window and group.
static size_t backward_scratch_floats(const block_plan *b) {
  const size_t blocks =
      (size_t)ceiling_quotient(b->slab_rows, WINDOW_BLOCK_Y) * ceiling_quotient(b->windows, WINDOW_BLOCK_X);
  const size_t weights = (size_t)(TAPS * b->input_channels + 1) * b->output_channels;
  const size_t entries = 2 * (size_t)b->output_channels * WINDOW_BLOCK;
  const size_t list = SCATTER_CHANNELS + 2 + 3 * WINDOW_BLOCK * 8 + 2 * WINDOW_BLOCK * SCATTER_CHANNELS;
  const size_t windows = 2 + 4 * WINDOW_BLOCK;
  return weights + blocks * (entries + list + windows);
}

static size_t strip_floats(const halompi_network *n, int layers, int rows) {
  return (size_t)(2 * layers + 2) * (2 * rows + 2) * n->padded * n->first_channels;
}

static void place_parameters(halompi_network *n) {
  size_t parameters = (size_t)(TAPS + 1) * n->first_channels, prepared = 0;
  for (int i = 0; i < n->block_count; i++) {
    block_plan *b = &n->blocks[i];
    const size_t pairs = (size_t)b->input_channels * b->output_channels;
    b->weights = parameters;
    b->bias = b->weights + TAPS * pairs;
    parameters = b->bias + b->output_channels;
    b->winograd_weights = take(&prepared, FREQUENCIES * pairs);
    b->scatter_weights = take(&prepared, TAPS * pairs);
  }
  n->parameter_count = parameters;
  n->prepared_bytes = prepared * sizeof(float);
}

/// Places a tensor of `channels` and [width][width][length] voxels.
static tensor_place place_tensor(size_t *used, size_t width, size_t length, int channels) {
  tensor_place p = {.row = length * CHUNK, .plane = width * length * CHUNK, .chunk = width * width * length * CHUNK};
  p.offset = take(used, p.chunk * channels / CHUNK);
  return p;
}

static void place_tensors(halompi_network *n) {
  size_t used = 0;
  n->box = take(&used, cube((size_t)n->width + 2) + BOX_SLACK);
  for (int i = 0; i < n->block_count; i++) {
    block_plan *b = &n->blocks[i];
    if (i > 0) {
      const size_t padded = 2 * (size_t)b->windows + 2, length = padded_length(b->windows);
      b->input = place_tensor(&used, padded, length, b->input_channels);
      b->input_gradient = place_tensor(&used, padded, length, b->input_channels);
      const size_t inside = b->input.plane + b->input.row + CHUNK;
      b[-1].output = b->input;
      b[-1].output.offset += inside;
      b[-1].output_gradient = b->input_gradient;
      b[-1].output_gradient.offset += inside;
    }
    if (i + 1 == n->block_count) {
      b->output = place_tensor(&used, b->windows, b->windows, b->output_channels);
      b->output_gradient = place_tensor(&used, b->windows, b->windows, b->output_channels);
    }
    b->maximum_places = sizeof(float) * take(&used, cube(b->windows) * b->output_channels / sizeof(float));
  }
  size_t scratch = 0;
  for (int i = 0; i < n->block_count; i++) {
    const block_plan *b = &n->blocks[i];
    const int first = i == 0;
    const size_t forward =
        winograd_scratch_floats(b) + (first ? strip_floats(n, 1, FORWARD_STRIP_ROWS) : 0);
    const size_t backward =
        backward_scratch_floats(b) + (first ? 2 * strip_floats(n, WINDOW_BLOCK_Z, BACKWARD_STRIP_ROWS) +
                                                  (TAPS + 1) * (size_t)n->first_channels
                                            : 0);
    if (forward > scratch) scratch = forward;
    if (backward > scratch) scratch = backward;
  }
  n->scratch = used;
  n->scratch_floats = whole_lines(scratch);
}

static const kernel_table *choose(halompi_instruction_set instructions) {
#if defined(__x86_64__)
  switch (halompi_supported_instruction_set(instructions)) {
    case HALOMPI_AVX512: return &halompi_kernels_avx512;
    case HALOMPI_AVX2: return &halompi_kernels_avx2;
    default: break;
  }
#else
  (void)instructions;
#endif
  return &halompi_kernels_portable;
}

halompi_network *halompi_network_create(
    size_t width, const size_t *channels, size_t convolutions, float slope, halompi_instruction_set instructions) {
  if (width < 3 || width > 1024 || convolutions < 2 || convolutions > MAXIMUM_CONVOLUTIONS) return NULL;
  if (!(slope >= 0 && slope <= 1)) return NULL;
  for (size_t i = 0; i < convolutions; i++)
    if (channels[i] == 0 || channels[i] % CHUNK != 0 || channels[i] > 1024) return NULL;
  halompi_network *n = calloc(1, sizeof *n);
  if (n == NULL) return NULL;
  n->width = (int)width;
  n->first_channels = (int)channels[0];
  n->block_count = (int)convolutions - 1;
  n->slope = slope;
  n->kernels = choose(instructions);
  int voxels = n->width;
  for (int i = 0; i < n->block_count; i++) {
    block_plan *b = &n->blocks[i];
    b->width = voxels;
    b->windows = voxels = ceiling_quotient(voxels, 2);
    b->input_channels = (int)channels[i];
    b->output_channels = (int)channels[i + 1];
    b->tiles = tile_count(b);
    b->slab_rows = i == 0 ? BACKWARD_STRIP_ROWS : slab_row_count(b);
  }
  n->padded = padded_length(n->blocks[0].windows);
  n->feature_count = cube(voxels) * channels[convolutions - 1];
  place_parameters(n);
  place_tensors(n);
  return n;
}

void halompi_network_destroy(halompi_network *network) { free(network); }

size_t halompi_feature_count(const halompi_network *network) { return network->feature_count; }

size_t halompi_convolution_parameter_count(const halompi_network *network) { return network->parameter_count; }

size_t halompi_prepared_bytes(const halompi_network *network) { return network->prepared_bytes; }

size_t halompi_workspace_bytes(const halompi_network *network, size_t parts) {
  return (network->scratch + parts * network->scratch_floats) * sizeof(float);
}

size_t halompi_stage_count(const halompi_network *network) { return (size_t)network->block_count + 1; }

void halompi_prepare_weights(
    const halompi_network *network, const float *parameters, void *prepared, size_t part, size_t parts) {
  network->kernels->prepare(network, parameters, prepared, part, parts);
}

void halompi_forward_stage(
    const halompi_network *network, const float *parameters, const void *prepared, const float *box, void *workspace,
    float *features, size_t stage, size_t part, size_t parts) {
  const share s = {(int)part, (int)parts};
  network->kernels->forward(network, parameters, prepared, box, workspace, features, (int)stage, s);
}

void halompi_backward_stage(
    const halompi_network *network, const float *parameters, const void *prepared, void *workspace,
    const float *feature_gradient, float *parameter_gradient, size_t stage, size_t part, size_t parts) {
  const share s = {(int)part, (int)parts};
  network->kernels->backward(
      network, parameters, prepared, workspace, feature_gradient, parameter_gradient, (int)stage, s);
}

void halompi_pool_decisions(
    const halompi_network *network, const void *workspace, size_t block, unsigned char *decisions) {
  const block_plan *b = &network->blocks[block];
  const size_t q = b->windows, windows = cube(q), channels = b->output_channels;
  const unsigned char *bits = (const unsigned char *)workspace + b->maximum_places;
  for (size_t c = 0; c < channels; c++) {
    const float *values = (const float *)workspace + b->output.offset + c / CHUNK * b->output.chunk + c % CHUNK;
    for (size_t w = 0; w < windows; w++) {
      const float value = values[w / (q * q) * b->output.plane + w / q % q * b->output.row + w % q * CHUNK];
      const unsigned char place = bits[(c / CHUNK * windows + w) * CHUNK + c % CHUNK] / 8;
      decisions[w * channels + c] = place + (value > 0 ? 8 : 0);
    }
  }
}

void halompi_dense_forward(
    const float *weights, const float *bias, const float *inputs, float *outputs, size_t input_count,
    size_t output_count, float slope, halompi_instruction_set instructions) {
  choose(instructions)->dense_forward(weights, bias, inputs, outputs, input_count, output_count, slope);
}

void halompi_dense_backward(
    const float *weights, const float *inputs, const float *outputs, float *output_gradient, float *weight_gradient,
    float *bias_gradient, float *input_gradient, size_t input_count, size_t output_count, float slope,
    halompi_instruction_set instructions) {
  choose(instructions)->dense_backward(
      weights, inputs, outputs, output_gradient, weight_gradient, bias_gradient, input_gradient, input_count,
      output_count, slope);
}

float halompi_multiply_in_registers(size_t count, halompi_instruction_set instructions) {
  return choose(instructions)->multiply_in_registers(count);
}
