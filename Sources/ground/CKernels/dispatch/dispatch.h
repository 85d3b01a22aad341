// One implementation of every vectorised kernel for each instruction set, and the choice between them.
//
// A kernel is one text (the headers of network, gradient, mixture and smoothing), which portable.c, avx2.c and avx512.c
// compile for their instruction set. Each of these files fills a table; a public function takes the table of the
// instruction set that it was asked for.

#ifndef HALOMPI_DISPATCH_H
#define HALOMPI_DISPATCH_H

#include <stddef.h>
#include <stdint.h>

#include "amsgrad.h"
#include "gaussian_mixture.h"
#include "instruction_set.h"
#include "network/plan.h"
#include "tree_potential.h"

/// The kernels as one instruction set has them; each is described where the public function is declared.
typedef struct kernel_table {
  void (*prepare)(
      const halompi_network *network, const float *parameters, float *prepared, size_t part, size_t parts);
  void (*forward)(
      const halompi_network *network, const float *parameters, const float *prepared, const float *box,
      float *workspace, float *features, int stage, stage_share share);
  void (*backward)(
      const halompi_network *network, const float *parameters, const float *prepared, float *workspace,
      const float *feature_gradient, float *gradient, int stage, stage_share share);
  void (*dense_forward)(
      const float *weights, const float *bias, const float *inputs, float *outputs, size_t input_count,
      size_t output_count, float slope);
  void (*dense_backward)(
      const float *weights, const float *inputs, const float *outputs, float *output_gradient,
      float *weight_gradient, float *bias_gradient, float *input_gradient, size_t input_count, size_t output_count,
      float slope);
  float (*multiply_in_registers)(size_t count);
  /// Returns whether all values were in range.
  int (*accumulate_fixed)(const float *values, int64_t *accumulator, size_t count, double scale);
  void (*fixed_to_float)(const int64_t *accumulator, float *values, size_t count, double scale);
  size_t (*pack_sums)(const int64_t *sums, size_t count, uint8_t *packed);
  /// Returns whether the bytes are so many packed sums.
  int (*add_packed_sums)(const uint8_t *packed, size_t bytes, int64_t *sums, size_t count);
  uint32_t (*largest_magnitude)(const float *values, size_t count);
  void (*amsgrad)(
      halompi_amsgrad_step step, const float *gradient, float *first_moment, float *second_moment,
      float *largest_second_moment, float *parameters, size_t count);
  /// One for each halompi_precision.
  double (*mixture_step[2])(
      const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
      const double *weights, size_t count, halompi_gaussian_sums *sums);
  double (*mixture_log_ratio)(
      const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
      const double *weights, size_t count);
  double (*spatial_mixture_step[2])(
      const halompi_spatial_gaussian *components, size_t component_count, const double *x, const double *y,
      const double *z, const double *weights, size_t count, halompi_spatial_sums *sums);
  double (*spatial_mixture_cell)(
      const halompi_spatial_gaussian *components, size_t component_count, const double *mean,
      const double *factor, const double *places, const double *weights);
  void (*smooth_particles)(const float *particles, size_t count, int width, float *density);
  void (*tree_potentials)(
      const halompi_tree_node *nodes, size_t node_count, const double *points, size_t point_count, double squared_angle,
      double squared_softening, double *potentials);
} kernel_table;

extern const kernel_table halompi_kernels_portable, halompi_kernels_avx2, halompi_kernels_avx512;

/// Returns the kernels of the fastest instruction set not above `requested` that this CPU has.
const kernel_table *halompi_kernels(halompi_instruction_set requested);

#endif
