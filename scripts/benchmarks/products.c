/* How fast the products of the network's kernels are when all that they read lies in the nearest caches: the loops of
 * CKernels themselves, called again and again for the same few windows.
 *
 *   clang -O3 -mavx2 -mfma -DHALOMPI_FOR_AVX2 -I Sources/ground/CKernels -I Sources/ground/CKernels/include \
 *     -o products scripts/benchmarks/products.c -lm && taskset -c 1 ./products
 *   (with AVX-512: -mavx512f -mavx512bw -mavx512dq -mavx512vl -DHALOMPI_FOR_AVX512)
 *
 * For each loop: GFLOP/s of the fastest of some runs, and the share of products in registers in the same minute.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "network/passes.h"
#include "network/peak_loop.h"

enum { RUNS = 40, ACROSS = 2 * WINDOW_BLOCK_X + 2, ROWS = 2 * WINDOW_BLOCK_Y + 2, PLANES = 2 * WINDOW_BLOCK_Z + 2 };

static float sink;

static double seconds(void) {
  struct timespec time;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return time.tv_sec + 1e-9 * time.tv_nsec;
}

static float *floats(size_t count) {
  float *values = aligned_alloc(64, whole_lines(count) * sizeof *values);
  for (size_t i = 0; i < count; i++) values[i] = 1e-3f * (float)(i % 97);
  return values;
}

static double peak = 0;

static void report(const char *name, double products, double time) {
  const double speed = 2e-9 * products / time;
  if (peak == 0) peak = speed;
  printf("%-58s %6.1f GFLOP/s %5.0f %%\n", name, speed, 100 * speed / peak);
}

/* A vector from memory for each multiplication, PASS_TAPS sums in registers. */
static void multiply_loads(const float *values, size_t bytes, int steps) {
  vector sum[PASS_TAPS];
  UNROLL for (int k = 0; k < PASS_TAPS; k++) sum[k] = broadcast(0);
  const float *p = values, *const end = values + bytes / sizeof(float) - PASS_TAPS * LANES;
  for (int step = 0; step < steps; step++, p = p + PASS_TAPS * LANES <= end ? p + PASS_TAPS * LANES : values) {
    const vector g = broadcast(values[step & 63]);
    UNROLL for (int k = 0; k < PASS_TAPS; k++) sum[k] = fused(g, load(p + k * LANES), sum[k]);
  }
  UNROLL for (int k = 0; k < PASS_TAPS; k++) sink += sum[k][0];
}

#define TIME(name, products, call)                       \
  do {                                                   \
    double best = INFINITY;                              \
    for (int run = 0; run < RUNS; run++) {               \
      const double start = seconds();                    \
      for (int turn = 0; turn < turns; turn++) call;     \
      best = fmin(best, (seconds() - start) / turns);    \
    }                                                    \
    report(name, products, best);                        \
  } while (0)

/* The loops of a block of windows with `channels` channels in and out, of which 16 inputs are taken. */
static void time_block(int channels) {
  const int turns = 40;
  char name[80];
  const tensor_place place = {
      .chunk = PLANES * ROWS * ACROSS * CHUNK, .plane = ROWS * ACROSS * CHUNK, .row = ACROSS * CHUNK};
  halompi_network network = {.slope = 0.03f};
  block_plan block = {.width = 8, .windows = 4, .input_channels = CHUNK, .output_channels = channels};
  const int windows = WINDOW_BLOCK, chunks = channels / CHUNK;
  float *input = floats(place.chunk), *gradient = floats(place.chunk);
  float *sums = floats((size_t)channels * TAPS * CHUNK), *weights = floats((size_t)channels * TAPS * CHUNK);
  float *gradients = floats((size_t)channels * windows);
  int32_t *inputs = malloc((size_t)channels * windows * sizeof *inputs), offsets[8];
  int8_t *places = malloc((size_t)channels * cube(block.windows));
  window_block *of_windows = malloc(sizeof *of_windows);
  task_list *list = malloc(sizeof *list);
  const window_slab slab = {.layers = WINDOW_BLOCK_Z, .rows = WINDOW_BLOCK_Y, .place = place};
  divide_slab(&block, slab, of_windows);
  for (int p = 0; p < 8; p++)
    offsets[p] = (int32_t)((p >> 2) * place.plane + (p >> 1 & 1) * place.row + (p & 1) * CHUNK);
  for (size_t i = 0; i < channels * cube(block.windows); i++) places[i] = (int8_t)(8 * (rand() / 64 % 8));
  for (int c = 0; c < chunks; c++)
    for (int t = 0; t < windows; t++)
      for (int i = 0; i < CHUNK; i++)
        inputs[(c * windows + t) * CHUNK + i] =
            of_windows->input[t] + offsets[places[(c * cube(4) + of_windows->index[t]) * CHUNK + i] / 8];
  const window_maxima maxima = {gradients, inputs};
  const double products = (double)windows * channels * TAPS * CHUNK;

  const int tiles = 8;
  float *transformed = floats((size_t)tiles * channels), *product = floats((size_t)tiles * PANEL);
  float *frequency = floats((size_t)2 * channels * PANEL);
  const int width = minimum(PANEL, channels);
  snprintf(name, sizeof name, "Winograd products of a frequency, %d channels", channels);
  TIME(name, (double)tiles * channels * width, {
    for (int t = 0; t < tiles; t += GEMM_ROWS)
      for (int o = 0; o < width; o += GEMM_VECTORS * LANES)
        if (o + GEMM_VECTORS * LANES <= width)
          multiply_rows(transformed + t * channels, channels, frequency + o, width, GEMM_VECTORS, product + t * width + o);
        else
          multiply_rows(transformed + t * channels, channels, frequency + o, width, 1, product + t * width + o);
  });
  snprintf(name, sizeof name, "gradient of weights, %d output channels", channels);
  TIME(name, products, add_weight_gradient(input, place, maxima, windows, 0, channels, sums));
  const int group = minimum(SCATTER_CHANNELS, channels);
  list_tasks(&block, of_windows, places, 0, group, offsets, gradients, list);
  snprintf(name, sizeof name, "gradient of data, %d output channels", group);
  TIME(
      name, (double)windows * group * TAPS * CHUNK,
      add_data_gradient(list, weights, group, place, ~UINT32_C(0), gradient));
  sink += sums[1] + gradient[1] + product[1] + (float)network.slope;
}

int main(void) {
  const int turns = 1;
  const size_t count = 2000000;
  float *values = floats(1 << 18);
  double start = seconds(), best = INFINITY;
  for (int run = 0; run < RUNS; run++) {
    start = seconds();
    sink += multiply_in_registers(count);
    best = fmin(best, seconds() - start);
  }
  report("in registers", (double)count, best);
  for (size_t kib = 8; kib <= 512; kib *= 4) {
    char name[80];
    snprintf(name, sizeof name, "a vector from %zu KiB for each", kib);
    TIME(name, 200000.0 * PASS_TAPS * LANES, multiply_loads(values, kib << 10, 200000));
  }
  time_block(16);
  time_block(32);
  return sink == 0;
}
