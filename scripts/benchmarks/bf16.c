// What bfloat16 could gain: the inner loop of the forward pass's matrix products in float and in bfloat16.
//
// clang -O3 -mavx512f -mavx512bf16 scripts/benchmarks/bf16.c -o .build/bf16 && taskset -c 1 .build/bf16
//
// The loop is that of winograd.h: 8 tiles x 32 output channels in registers, weights and inputs from the L1 or L2
// cache. VDPBF16PS multiplies two pairs per lane, so an ideal processor would be twice as fast.

#include <immintrin.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { TILES = 8, REPEATS = 9 };

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/// products[8][32] += inputs[8][channels] weights[channels][32].
__attribute__((noinline)) static void multiply_float(const float *inputs, const float *weights, int channels, float *products) {
  __m512 sum[TILES][2];
  for (int t = 0; t < TILES; t++)
    for (int v = 0; v < 2; v++) sum[t][v] = _mm512_loadu_ps(products + 32 * t + 16 * v);
  for (int c = 0; c < channels; c++) {
    const __m512 a = _mm512_loadu_ps(weights + 32 * c), b = _mm512_loadu_ps(weights + 32 * c + 16);
    for (int t = 0; t < TILES; t++) {
      const __m512 x = _mm512_set1_ps(inputs[t * channels + c]);
      sum[t][0] = _mm512_fmadd_ps(x, a, sum[t][0]);
      sum[t][1] = _mm512_fmadd_ps(x, b, sum[t][1]);
    }
  }
  for (int t = 0; t < TILES; t++)
    for (int v = 0; v < 2; v++) _mm512_storeu_ps(products + 32 * t + 16 * v, sum[t][v]);
}

/// The same with pairs of channels in an int32: inputs[8][channels/2], weights[channels/2][32].
__attribute__((noinline)) static void multiply_bfloat(const int *inputs, const int *weights, int channels, float *products) {
  __m512 sum[TILES][2];
  for (int t = 0; t < TILES; t++)
    for (int v = 0; v < 2; v++) sum[t][v] = _mm512_loadu_ps(products + 32 * t + 16 * v);
  for (int c = 0; c < channels / 2; c++) {
    const __m512bh a = (__m512bh)_mm512_loadu_si512(weights + 32 * c);
    const __m512bh b = (__m512bh)_mm512_loadu_si512(weights + 32 * c + 16);
    for (int t = 0; t < TILES; t++) {
      const __m512bh x = (__m512bh)_mm512_set1_epi32(inputs[t * channels / 2 + c]);
      sum[t][0] = _mm512_dpbf16_ps(sum[t][0], x, a);
      sum[t][1] = _mm512_dpbf16_ps(sum[t][1], x, b);
    }
  }
  for (int t = 0; t < TILES; t++)
    for (int v = 0; v < 2; v++) _mm512_storeu_ps(products + 32 * t + 16 * v, sum[t][v]);
}

/// GFLOP/s over `panels` panels of weights, the best of some repeats.
static double speed(int bfloat, int channels, int panels) {
  const size_t count = (size_t)panels * channels * 32;
  float *inputs = aligned_alloc(64, TILES * channels * sizeof *inputs);
  float *weights = aligned_alloc(64, count * sizeof *weights), *products = aligned_alloc(64, TILES * 32 * 4);
  for (int i = 0; i < TILES * channels; i++) inputs[i] = 0;
  for (size_t i = 0; i < count; i++) weights[i] = 0;
  for (int i = 0; i < TILES * 32; i++) products[i] = 0;
  const int rounds = 20000000 / (channels * panels) + 1;
  double best = 0;
  for (int n = 0; n < REPEATS; n++) {
    const double start = now();
    for (int r = 0; r < rounds; r++)
      for (int p = 0; p < panels; p++) {
        if (bfloat) multiply_bfloat((int *)inputs, (int *)weights + (size_t)p * channels * 16, channels, products);
        else multiply_float(inputs, weights + (size_t)p * channels * 32, channels, products);
        __asm__ volatile("" : : "r"(products) : "memory");
      }
    const double gflops = 2e-9 * TILES * 32 * channels * panels * rounds / (now() - start);
    if (gflops > best) best = gflops;
  }
  free(inputs);
  free(weights);
  free(products);
  return best;
}

int main(void) {
  printf("channels  weights [KiB]  float  bfloat16  [GFLOP/s]\n");
  const int cases[][2] = {{32, 4}, {32, 24}, {128, 1}, {128, 24}};
  for (int i = 0; i < 4; i++) {
    const int channels = cases[i][0], panels = cases[i][1];
    printf("%8d  %13d  %5.0f  %8.0f\n", channels, channels * panels * 32 * 4 / 1024, speed(0, channels, panels),
           speed(1, channels, panels));
  }
}
