// Plain loops: every output is the sum over taps and input channels, every gradient its derivative.

#include "CReferenceNetwork.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/// One convolution with bias and, unless it is the first, max pool; then the activation.
typedef struct layer {
  int width, pooled, inputs, outputs;
  const float *weights, *bias;
  /// What other arithmetic decided, [pooled^3][outputs], or NULL: the place of a maximum, and 8 where it is positive.
  const unsigned char *decisions;
  /// Whether the activation takes its slope above zero, [pooled^3][outputs].
  unsigned char *positive;
  double *weight_gradient, *bias_gradient;
  /// Channels last: [width^3][outputs] before the activation, [pooled^3][outputs] after pool and activation.
  double *sums, *output, *output_gradient;
} layer;

static size_t cube(int n) { return (size_t)n * n * n; }

/// Calls BODY for each tap k of output voxel v = (z, y, x) whose input voxel u is inside.
#define FOR_EACH_TAP(n, z, y, x, BODY)                                             \
  for (int k = 0; k < 27; k++) {                                                   \
    const int uz = z + k / 9 - 1, uy = y + k / 3 % 3 - 1, ux = x + k % 3 - 1;      \
    if (uz < 0 || uz >= n || uy < 0 || uy >= n || ux < 0 || ux >= n) continue;     \
    const size_t u = ((size_t)uz * n + uy) * n + ux;                               \
    BODY                                                                           \
  }

static void convolve(const layer *l, const double *input) {
  const int n = l->width;
  for (int z = 0; z < n; z++)
    for (int y = 0; y < n; y++)
      for (int x = 0; x < n; x++) {
        double *sum = l->sums + (((size_t)z * n + y) * n + x) * l->outputs;
        for (int o = 0; o < l->outputs; o++) sum[o] = l->bias[o];
        FOR_EACH_TAP(n, z, y, x, {
          for (int c = 0; c < l->inputs; c++) {
            const float *w = l->weights + ((size_t)k * l->inputs + c) * l->outputs;
            const double v = input[u * l->inputs + c];
            for (int o = 0; o < l->outputs; o++) sum[o] += v * w[o];
          }
        })
      }
}

/// The voxel at place p of window w, or that of place 0 if p is outside.
static size_t voxel_at(const layer *l, size_t w, int p) {
  const int n = l->width, q = l->pooled;
  const int z = 2 * (int)(w / q / q) + p / 4, y = 2 * (int)(w / q % q) + p / 2 % 2, x = 2 * (int)(w % q) + p % 2;
  return z < n && y < n && x < n ? ((size_t)z * n + y) * n + x : voxel_at(l, w, 0);
}

/// The voxel of the first maximum of window w for output o.
static size_t largest_voxel(const layer *l, size_t w, int o) {
  size_t best = voxel_at(l, w, 0);
  for (int p = 1; p < 8; p++) {
    const size_t v = voxel_at(l, w, p);
    if (l->sums[v * l->outputs + o] > l->sums[best * l->outputs + o]) best = v;
  }
  return best;
}

/// The voxel that stands for window w and output o behind the pool.
static size_t maximum_voxel(const layer *l, size_t w, int o) {
  if (l->width == l->pooled) return w;
  return l->decisions ? voxel_at(l, w, l->decisions[w * l->outputs + o] & 7) : largest_voxel(l, w, o);
}

/// Decides on which side of zero the activation is: as was decided elsewhere, or by the sums.
static void choose_slopes(layer *l) {
  for (size_t w = 0; w < cube(l->pooled); w++)
    for (int o = 0; o < l->outputs; o++) {
      const size_t i = w * l->outputs + o;
      l->positive[i] = l->decisions ? l->decisions[i] >> 3 : l->sums[maximum_voxel(l, w, o) * l->outputs + o] > 0;
    }
}

/// The decisions of the first convolution in single precision, which has one order of operations: from the bias on,
/// input channel by input channel and for each tap by tap, with fused multiply-adds.
static void decide_in_single_precision(const layer *l, const float *box, unsigned char *decisions) {
  const int n = l->width;
  for (int z = 0; z < n; z++)
    for (int y = 0; y < n; y++)
      for (int x = 0; x < n; x++)
        for (int o = 0; o < l->outputs; o++) {
          float sum = l->bias[o];
          for (int c = 0; c < l->inputs; c++)
            FOR_EACH_TAP(n, z, y, x, {
              sum = fmaf(box[c * cube(n) + u], l->weights[((size_t)k * l->inputs + c) * l->outputs + o], sum);
            })
          decisions[(((size_t)z * n + y) * n + x) * l->outputs + o] = sum > 0 ? 8 : 0;
        }
}

/// By how much the decisions taken are wrong, at most, in units of the root mean square of all values before the pool: how
/// far a maximum falls short of the largest value of its window, or a value is from zero that is taken on the other side.
static double largest_misjudgement(const layer *l) {
  double square = 0, misjudgement = 0;
  for (size_t i = 0; i < cube(l->width) * l->outputs; i++) square += l->sums[i] * l->sums[i];
  for (size_t w = 0; w < cube(l->pooled); w++)
    for (int o = 0; o < l->outputs; o++) {
      const double taken = l->sums[maximum_voxel(l, w, o) * l->outputs + o];
      if (l->width > l->pooled)
        misjudgement = fmax(misjudgement, l->sums[largest_voxel(l, w, o) * l->outputs + o] - taken);
      if ((taken > 0) != l->positive[w * l->outputs + o]) misjudgement = fmax(misjudgement, fabs(taken));
    }
  return misjudgement / sqrt(square / (cube(l->width) * l->outputs));
}

static void backward(const layer *l, const double *input, double *input_gradient, double slope) {
  const int n = l->width;
  double *g = calloc(cube(n) * l->outputs, sizeof *g);
  for (size_t w = 0; w < cube(l->pooled); w++)
    for (int o = 0; o < l->outputs; o++) {
      const size_t i = w * l->outputs + o;
      g[maximum_voxel(l, w, o) * l->outputs + o] = l->output_gradient[i] * (l->positive[i] ? 1 : slope);
    }
  for (int z = 0; z < n; z++)
    for (int y = 0; y < n; y++)
      for (int x = 0; x < n; x++) {
        const double *d = g + (((size_t)z * n + y) * n + x) * l->outputs;
        for (int o = 0; o < l->outputs; o++) l->bias_gradient[o] += d[o];
        FOR_EACH_TAP(n, z, y, x, {
          for (int c = 0; c < l->inputs; c++) {
            const size_t i = ((size_t)k * l->inputs + c) * l->outputs;
            const double v = input[u * l->inputs + c];
            double sum = 0;
            for (int o = 0; o < l->outputs; o++) {
              l->weight_gradient[i + o] += v * d[o];
              sum += l->weights[i + o] * d[o];
            }
            if (input_gradient) input_gradient[u * l->inputs + c] += sum;
          }
        })
      }
  free(g);
}

void reference_network(
    int width, int inputs, const int *channels, int convolutions, double slope, const float *parameters, const float *box,
    const double *feature_gradient, const unsigned char *decisions, double *features, double *gradient,
    double *misjudgement) {
  double *input = malloc(cube(width) * inputs * sizeof *input);
  for (size_t v = 0; v < cube(width); v++)
    for (int c = 0; c < inputs; c++) input[v * inputs + c] = box[c * cube(width) + v];
  layer *layers = calloc(convolutions, sizeof *layers);
  unsigned char *first_decisions = decisions ? malloc(cube(width) * channels[0]) : NULL;
  size_t offset = 0;
  *misjudgement = 0;
  for (int i = 0; i < convolutions; i++) {
    layer *l = &layers[i];
    l->width = i == 0 ? width : layers[i - 1].pooled;
    l->pooled = i == 0 ? width : (l->width + 1) / 2;
    l->inputs = i == 0 ? inputs : channels[i - 1];
    l->outputs = channels[i];
    l->weights = parameters + offset;
    l->weight_gradient = gradient + offset;
    offset += (size_t)27 * l->inputs * l->outputs;
    l->bias = parameters + offset;
    l->bias_gradient = gradient + offset;
    offset += l->outputs;
    l->sums = malloc(cube(l->width) * l->outputs * sizeof(double));
    l->output = malloc(cube(l->pooled) * l->outputs * sizeof(double));
    l->output_gradient = calloc(cube(l->pooled) * l->outputs, sizeof(double));
    convolve(l, i == 0 ? input : layers[i - 1].output);
    l->positive = malloc(cube(l->pooled) * l->outputs);
    if (decisions && i == 0) {
      decide_in_single_precision(l, box, first_decisions);
      l->decisions = first_decisions;
    } else if (decisions) {
      l->decisions = decisions;
      decisions += cube(l->pooled) * l->outputs;
    }
    choose_slopes(l);
    *misjudgement = fmax(*misjudgement, largest_misjudgement(l));
    for (size_t w = 0; w < cube(l->pooled); w++)
      for (int o = 0; o < l->outputs; o++) {
        const double y = l->sums[maximum_voxel(l, w, o) * l->outputs + o];
        l->output[w * l->outputs + o] = l->positive[w * l->outputs + o] ? y : y * slope;
      }
  }
  memset(gradient, 0, offset * sizeof *gradient);
  const layer *last = &layers[convolutions - 1];
  for (size_t i = 0; i < cube(last->pooled) * last->outputs; i++) {
    features[i] = last->output[i];
    last->output_gradient[i] = feature_gradient[i];
  }
  for (int i = convolutions - 1; i >= 0; i--)
    backward(&layers[i], i == 0 ? input : layers[i - 1].output, i == 0 ? NULL : layers[i - 1].output_gradient, slope);
  for (int i = 0; i < convolutions; i++) {
    free(layers[i].sums);
    free(layers[i].positive);
    free(layers[i].output);
    free(layers[i].output_gradient);
  }
  free(layers);
  free(first_decisions);
  free(input);
}

double reference_relative_error(const float *values, const double *expected, size_t count) {
  double difference = 0, norm = 0;
  for (size_t i = 0; i < count; i++) {
    difference += (values[i] - expected[i]) * (values[i] - expected[i]);
    norm += expected[i] * expected[i];
  }
  return sqrt(difference / norm);
}
