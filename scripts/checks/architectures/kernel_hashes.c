// Prints hashes of what the kernels compute, for each instruction set that the processor has: `check` compares them over
// architectures.
//
// The numbers that go in are made of integers by exact operations, so that they are the same everywhere.

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "CKernels.h"

/// The state of the generator of numbers: a multiplicative congruential one, of 64 bits (Knuth's MMIX constants).
static uint64_t state = 1;

/// A number from -1 to 1 with 24 bits.
static float number(void) {
  state = state * 6364136223846793005u + 1442695040888963407u;
  return (float)(int32_t)((state >> 40) - (1 << 23)) / (1 << 23);
}

static float *numbers(size_t count, float scale) {
  float *values = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
  for (size_t i = 0; i < count; i++) values[i] = scale * number();
  return values;
}

static void *zeros(size_t bytes) {
  void *memory = aligned_alloc(64, (bytes + 63) / 64 * 64);
  memset(memory, 0, bytes);
  return memory;
}

/// FNV-1a of 64 bits.
static uint64_t hash(const void *bytes, size_t count) {
  uint64_t value = 0xcbf29ce484222325u;
  for (size_t i = 0; i < count; i++) value = (value ^ ((const uint8_t *)bytes)[i]) * 0x100000001b3u;
  return value;
}

static void say(const char *what, const char *instructions, const void *bytes, size_t count) {
  printf("%-24s %-10s %016llx\n", what, instructions, (unsigned long long)hash(bytes, count));
}

/// A network forward and backward, in `parts` parts of each stage, with the blocks for a second-level cache.
static void run_network(
    size_t width, size_t inputs, const size_t *channels, size_t convolutions, size_t parts, size_t cache,
    halompi_instruction_set set, const char *name) {
  halompi_network *network = halompi_network_create(width, inputs, channels, convolutions, 0.03f, set, cache);
  state = width;
  const size_t parameter_count = halompi_convolution_parameter_count(network);
  const size_t feature_count = halompi_feature_count(network), stages = halompi_stage_count(network);
  float *parameters = numbers(parameter_count, 0.125f), *box = numbers(inputs * width * width * width, 2);
  float *feature_gradient = numbers(feature_count, 1);
  float *features = zeros(feature_count * sizeof(float)), *gradient = zeros(parameter_count * sizeof(float));
  void *prepared = zeros(halompi_prepared_bytes(network)), *workspace = zeros(halompi_workspace_bytes(network, parts));
  for (size_t part = 0; part < parts; part++) halompi_prepare_weights(network, parameters, prepared, part, parts);
  for (size_t stage = 0; stage < stages; stage++)
    for (size_t part = 0; part < parts; part++)
      halompi_forward_stage(network, parameters, prepared, box, workspace, features, stage, part, parts);
  for (size_t stage = 0; stage < stages; stage++)
    for (size_t part = 0; part < parts; part++)
      halompi_backward_stage(
          network, parameters, prepared, workspace, feature_gradient, gradient, stage, part, parts);
  char what[64];
  snprintf(what, sizeof what, "features %zu^3", width);
  say(what, name, features, feature_count * sizeof(float));
  snprintf(what, sizeof what, "gradient %zu^3", width);
  say(what, name, gradient, parameter_count * sizeof(float));
  void *const all[] = {parameters, box, feature_gradient, features, gradient, prepared, workspace};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
  halompi_network_destroy(network);
}

static void run_dense(halompi_instruction_set set, const char *name) {
  enum { INPUTS = 1031, OUTPUTS = 64 };
  state = 3;
  float *weights = numbers(INPUTS * OUTPUTS, 0.1f), *bias = numbers(OUTPUTS, 1), *inputs = numbers(INPUTS, 1);
  float *outputs = zeros(OUTPUTS * sizeof(float)), *slopes = numbers(OUTPUTS, 1);
  float *weight_gradient = zeros(INPUTS * OUTPUTS * sizeof(float)), *bias_gradient = zeros(OUTPUTS * sizeof(float));
  float *input_gradient = zeros(INPUTS * sizeof(float));
  halompi_dense_forward(weights, bias, inputs, outputs, INPUTS, OUTPUTS, 0.03f, set);
  halompi_dense_backward(
      weights, inputs, outputs, slopes, weight_gradient, bias_gradient, input_gradient, INPUTS, OUTPUTS, 0.03f, set);
  say("dense outputs", name, outputs, OUTPUTS * sizeof(float));
  say("dense weight gradient", name, weight_gradient, INPUTS * OUTPUTS * sizeof(float));
  say("dense input gradient", name, input_gradient, INPUTS * sizeof(float));
  void *const all[] = {weights, bias, inputs, outputs, slopes, weight_gradient, bias_gradient, input_gradient};
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) free(all[i]);
}

/// Exact sums of a gradient, the mean, and steps of the optimizer with it.
static void run_update(halompi_instruction_set set, const char *name) {
  enum { COUNT = 100003 };
  state = 5;
  float *values = numbers(COUNT, 0.01f), *parameters = numbers(COUNT, 1), *mean = zeros(COUNT * sizeof(float));
  float *moments[3];
  for (int i = 0; i < 3; i++) moments[i] = zeros(COUNT * sizeof(float));
  int64_t *sums = zeros(COUNT * sizeof(int64_t));
  if (halompi_accumulate_fixed(values, sums, COUNT, 40, set) != HALOMPI_ACCUMULATED) exit(1);
  halompi_fixed_to_float(sums, mean, COUNT, 0x1p-40 / 3, set);
  for (int step = 1; step <= 3; step++)
    halompi_amsgrad(
        (halompi_amsgrad_step){1e-3f / (float)step, 0.9f, 0.1f, 0.999f, 0.001f, 1e-8f}, mean, moments[0], moments[1],
        moments[2], parameters, COUNT, set);
  const uint32_t largest = halompi_largest_magnitude(mean, COUNT, set);
  say("exact sums", name, sums, COUNT * sizeof(int64_t));
  uint8_t *packed = zeros(halompi_packed_sums_limit(COUNT));
  const size_t bytes = halompi_pack_sums(sums, COUNT, packed, set);
  say("packed sums", name, packed, bytes);
  if (!halompi_add_packed_sums(packed, bytes, sums, COUNT, set)) exit(1);
  say("twice the exact sums", name, sums, COUNT * sizeof(int64_t));
  free(packed);
  say("mean gradient", name, mean, COUNT * sizeof(float));
  say("optimizer", name, parameters, COUNT * sizeof(float));
  say("largest magnitude", name, &largest, sizeof largest);
  free(values), free(parameters), free(mean), free(sums);
  for (int i = 0; i < 3; i++) free(moments[i]);
}

int main(void) {
  static const char *const names[] = {"", "portable", "AVX2", "AVX-512"};
  static const size_t published[] = {32, 32, 64, 128, 128, 128}, narrow[] = {16, 16, 32, 64, 64, 64};
  for (int set = HALOMPI_PORTABLE; set <= HALOMPI_AVX512; set++) {
    if (halompi_supported_instruction_set(set) != set) continue;
    // Caches of Zen 3, Ice Lake and Sapphire Rapids.
    for (size_t cache = 512; cache <= 2048; cache += 768) {
      run_network(19, 1, published, 6, 1, cache << 10, set, names[set]);
      run_network(27, 1, narrow, 6, 3, cache << 10, set, names[set]);
      run_network(13, 5, narrow, 4, 2, cache << 10, set, names[set]);
    }
    run_dense(set, names[set]);
    run_update(set, names[set]);
  }
  return 0;
}
