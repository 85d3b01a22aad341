// Times the network's kernels on one core and checks them against plain loops in double precision.
//
// clang -O3 -I Sources/CKernels/include -I Tests/CReferenceNetwork/include scripts/benchmarks/kernels.c \
//   Sources/CKernels/*.c Tests/CReferenceNetwork/*.c -lm -o .build/kernels && taskset -c 1 .build/kernels
//
// Usage: kernels [width = 75] [runs = 5] [instruction set 1 portable, 2 AVX2, 3 AVX-512 = 0 fastest] [check = 0]

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "CKernels.h"
#include "CReferenceNetwork.h"

enum { CONVOLUTIONS = 6 };
static const size_t channels[CONVOLUTIONS] = {32, 32, 64, 128, 128, 128};

/// CPU time of this thread [s].
static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
  return t.tv_sec + 1e-9 * t.tv_nsec;
}

/// GFLOP/s of independent fused multiply-adds in registers: the peak of this core at this moment.
#if defined(__x86_64__)
__attribute__((target("avx512f"))) static double peak_512(void) {
  typedef float v __attribute__((ext_vector_type(16)));
  v a[12], x = 0.999f;
  for (int i = 0; i < 12; i++) a[i] = 1;
  const double start = now();
  for (int n = 0; n < 1000000; n++)
    for (int i = 0; i < 12; i++) __asm__ volatile("vfmadd213ps %1, %1, %0" : "+v"(a[i]) : "v"(x));
  return 1e6 * 12 * 32 / (now() - start) * 1e-9;
}
#endif

static double peak(void) {
#if defined(__x86_64__)
  if (halompi_supported_instruction_set(HALOMPI_AVX512) == HALOMPI_AVX512) return peak_512();
#endif
  return NAN;
}

static float uniform(void) { return (float)rand() / (float)RAND_MAX - 0.5f; }

static double relative_error(const float *a, const double *b, size_t count) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < count; i++) {
    difference += (a[i] - b[i]) * (a[i] - b[i]);
    norm += b[i] * b[i];
  }
  return sqrt(difference / norm);
}

static void *lines(size_t bytes) { return aligned_alloc(64, (bytes + 63) / 64 * 64); }

int main(int argc, char **argv) {
  const size_t width = argc > 1 ? strtoul(argv[1], NULL, 10) : 75;
  const int runs = argc > 2 ? atoi(argv[2]) : 5;
  const halompi_instruction_set set = argc > 3 ? (halompi_instruction_set)atoi(argv[3]) : HALOMPI_FASTEST;
  halompi_network *n = halompi_network_create(width, channels, CONVOLUTIONS, 0.03f, set);
  const size_t count = halompi_convolution_parameter_count(n), features = halompi_feature_count(n);
  float *parameters = lines(count * 4), *gradient = lines(count * 4), *box = lines(width * width * width * 4);
  float *output = lines(features * 4), *output_gradient = lines(features * 4);
  void *prepared = lines(halompi_prepared_bytes(n)), *workspace = lines(halompi_workspace_bytes(n));
  size_t offset = 0;
  for (int i = 0; i < CONVOLUTIONS; i++) {
    const size_t inputs = i == 0 ? 1 : channels[i - 1], weights = 27 * inputs * channels[i];
    const float limit = sqrtf(6.0f / (27 * (inputs + channels[i])));
    for (size_t k = 0; k < weights; k++) parameters[offset++] = 2 * limit * uniform();
    for (size_t k = 0; k < channels[i]; k++) parameters[offset++] = 0.1f * uniform();
  }
  for (size_t i = 0; i < width * width * width; i++) box[i] = 3 * uniform();
  for (size_t i = 0; i < features; i++) output_gradient[i] = uniform();
  printf("workspace %.1f MB, prepared %.1f MB\n", halompi_workspace_bytes(n) * 1e-6, halompi_prepared_bytes(n) * 1e-6);
  double best[4] = {INFINITY, INFINITY, INFINITY, INFINITY}, fastest = 0;
  for (int r = 0; r < runs; r++) {
    const double p = peak(), t0 = now();
    halompi_prepare_weights(n, parameters, prepared, 0, 1);
    const double t1 = now();
    halompi_forward(n, parameters, prepared, box, workspace, output);
    const double t2 = now();
    halompi_backward(n, parameters, prepared, workspace, output_gradient, gradient);
    const double t3 = now(), times[4] = {t1 - t0, t2 - t1, t3 - t2, t3 - t1};
    for (int i = 0; i < 4; i++) best[i] = fmin(best[i], times[i]);
    fastest = fmax(fastest, p);
    printf("peak %.1f GFLOP/s: prepare %.2f ms, forward %.2f ms, backward %.2f ms\n", p, 1e3 * times[0],
           1e3 * times[1], 1e3 * times[2]);
  }
  printf("minimum: prepare %.2f ms, forward %.2f ms, backward %.2f ms, step %.2f ms at peak %.1f\n", 1e3 * best[0],
         1e3 * best[1], 1e3 * best[2], 1e3 * best[3], fastest);
  if (argc > 4 && atoi(argv[4])) {
    double *reference = malloc(count * 8), *reference_output = malloc(features * 8);
    const int c[CONVOLUTIONS] = {32, 32, 64, 128, 128, 128};
    reference_network((int)width, c, CONVOLUTIONS, 0.03f, parameters, box, output_gradient, reference_output, reference);
    printf("features: relative error %.2g\n", relative_error(output, reference_output, features));
    offset = 0;
    for (int i = 0; i < CONVOLUTIONS; i++) {
      const size_t weights = 27 * (i == 0 ? 1 : channels[i - 1]) * channels[i];
      printf("conv%d: weight gradient %.2g, bias gradient %.2g\n", i + 1,
             relative_error(gradient + offset, reference + offset, weights),
             relative_error(gradient + offset + weights, reference + offset + weights, channels[i]));
      offset += weights + channels[i];
    }
  }
  halompi_network_destroy(n);
}
