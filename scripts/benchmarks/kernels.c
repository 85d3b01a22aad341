// Times the network's kernels on one core and checks them against plain loops in double precision.
//
// clang -O3 -I Sources/CKernels/include -I Tests/CReferenceNetwork/include scripts/benchmarks/kernels.c \
//   Sources/CKernels/*.c Tests/CReferenceNetwork/*.c -lm -o .build/kernels && taskset -c 1 .build/kernels
//
// Usage: kernels [width = 75] [runs = 5] [instruction set: 1 portable, 2 AVX2, 3 AVX-512, default 0 the fastest]
//   [1 layer by layer, 2 and the errors against plain loops]

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

static void *lines(size_t bytes) { return aligned_alloc(64, (bytes + 63) / 64 * 64); }

/// A network of the first `convolutions` layers with random parameters, and its buffers.
typedef struct run {
  halompi_network *network;
  size_t parameter_count, feature_count;
  float *parameters, *gradient, *box, *features, *feature_gradient;
  void *prepared, *workspace;
} run;

static run make_run(size_t width, int convolutions, halompi_instruction_set set) {
  run r = {.network = halompi_network_create(width, channels, convolutions, 0.03f, set)};
  r.parameter_count = halompi_convolution_parameter_count(r.network);
  r.feature_count = halompi_feature_count(r.network);
  r.parameters = lines(r.parameter_count * 4);
  r.gradient = lines(r.parameter_count * 4);
  r.box = lines(width * width * width * 4);
  r.features = lines(r.feature_count * 4);
  r.feature_gradient = lines(r.feature_count * 4);
  r.prepared = lines(halompi_prepared_bytes(r.network));
  r.workspace = lines(halompi_workspace_bytes(r.network));
  srand(1);
  size_t offset = 0;
  for (int i = 0; i < convolutions; i++) {
    const size_t inputs = i == 0 ? 1 : channels[i - 1], weights = 27 * inputs * channels[i];
    const float limit = sqrtf(6.0f / (27 * (inputs + channels[i])));
    for (size_t k = 0; k < weights; k++) r.parameters[offset++] = 2 * limit * uniform();
    for (size_t k = 0; k < channels[i]; k++) r.parameters[offset++] = 0.1f * uniform();
  }
  for (size_t i = 0; i < width * width * width; i++) r.box[i] = 3 * uniform();
  for (size_t i = 0; i < r.feature_count; i++) r.feature_gradient[i] = uniform();
  return r;
}

static void free_run(run r) {
  halompi_network_destroy(r.network);
  void *const buffers[] = {r.parameters, r.gradient, r.box, r.features, r.feature_gradient, r.prepared, r.workspace};
  for (size_t i = 0; i < sizeof buffers / sizeof *buffers; i++) free(buffers[i]);
}

/// The shortest CPU times [s] of several runs, and the highest peak [GFLOP/s] measured before each of them.
typedef struct timing {
  double prepare, forward, backward, peak;
} timing;

static timing time_run(run r, int runs) {
  timing best = {INFINITY, INFINITY, INFINITY, 0};
  for (int i = 0; i < runs; i++) {
    best.peak = fmax(best.peak, peak());
    const double t0 = now();
    halompi_prepare_weights(r.network, r.parameters, r.prepared, 0, 1);
    const double t1 = now();
    halompi_forward(r.network, r.parameters, r.prepared, r.box, r.workspace, r.features);
    const double t2 = now();
    halompi_backward(r.network, r.parameters, r.prepared, r.workspace, r.feature_gradient, r.gradient);
    const double t3 = now();
    best.prepare = fmin(best.prepare, t1 - t0);
    best.forward = fmin(best.forward, t2 - t1);
    best.backward = fmin(best.backward, t3 - t2);
  }
  return best;
}

static void print_layer(const char *name, double forward, double backward, double gflop, double sparse, double peak) {
  printf("%-13s forward %7.2f ms, %6.1f GFLOP/s as a direct convolution (%3.0f %% of peak);", name, 1e3 * forward,
         gflop / forward, 100 * gflop / forward / peak);
  printf(" backward %7.2f ms, %5.1f GFLOP/s of needed work (%3.0f %% of peak), %6.1f as dense\n", 1e3 * backward,
         sparse / backward, 100 * sparse / backward / peak, 2 * gflop / backward);
}

/// Times networks of 2, 3 ... layers; a layer's time is the difference, the first two are one.
static void print_layers(size_t width, int runs, halompi_instruction_set set) {
  timing before = {0};
  size_t side = width;
  for (int k = 2; k <= CONVOLUTIONS; k++) {
    const run r = make_run(width, k, set);
    const timing t = time_run(r, runs);
    free_run(r);
    const size_t pooled = (side + 1) / 2;
    const double multiplications = 2e-9 * 27 * channels[k - 2] * channels[k - 1], voxels = (double)(side * side * side);
    const double first = k == 2 ? 2e-9 * 27 * channels[0] * voxels : 0;
    char name[16];
    snprintf(name, sizeof name, k == 2 ? "conv1 + conv2" : "conv%d", k);
    // Behind the pool a weight and a data gradient for each window; before it conv1 once more, and its gradient.
    print_layer(name, t.forward - before.forward, t.backward - before.backward, multiplications * voxels + first,
                2 * multiplications * (double)(pooled * pooled * pooled) + 2 * first, t.peak);
    before = t;
    side = pooled;
  }
}

static void print_errors(run r, size_t width) {
  double *gradient = malloc(r.parameter_count * 8), *features = malloc(r.feature_count * 8);
  int c[CONVOLUTIONS];
  for (int i = 0; i < CONVOLUTIONS; i++) c[i] = (int)channels[i];
  reference_network((int)width, c, CONVOLUTIONS, 0.03f, r.parameters, r.box, r.feature_gradient, features, gradient);
  printf("error relative to the l2 norm: features %.2g\n",
         reference_relative_error(r.features, features, r.feature_count));
  size_t offset = 0;
  for (int i = 0; i < CONVOLUTIONS; i++) {
    const size_t weights = 27 * (i == 0 ? 1 : channels[i - 1]) * channels[i];
    printf("conv%d: weight gradient %.2g, bias gradient %.2g\n", i + 1,
           reference_relative_error(r.gradient + offset, gradient + offset, weights),
           reference_relative_error(r.gradient + offset + weights, gradient + offset + weights, channels[i]));
    offset += weights + channels[i];
  }
  free(gradient);
  free(features);
}

int main(int argc, char **argv) {
  const size_t width = argc > 1 ? strtoul(argv[1], NULL, 10) : 75;
  const int runs = argc > 2 ? atoi(argv[2]) : 5;
  const halompi_instruction_set set = argc > 3 ? (halompi_instruction_set)atoi(argv[3]) : HALOMPI_FASTEST;
  const run r = make_run(width, CONVOLUTIONS, set);
  printf("%zu^3: workspace %.1f MB, prepared weights %.1f MB\n", width, halompi_workspace_bytes(r.network) * 1e-6,
         halompi_prepared_bytes(r.network) * 1e-6);
  const timing t = time_run(r, runs);
  printf("minimum: prepare %.2f ms, forward %.2f ms, backward %.2f ms, step %.2f ms at peak %.1f\n", 1e3 * t.prepare,
         1e3 * t.forward, 1e3 * t.backward, 1e3 * (t.forward + t.backward), t.peak);
  if (argc > 4 && atoi(argv[4]) > 0) print_layers(width, runs, set);
  if (argc > 4 && atoi(argv[4]) > 1) print_errors(r, width);
  free_run(r);
}
