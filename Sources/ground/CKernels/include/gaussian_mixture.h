// Two-dimensional Gaussian mixtures: one step of their fit, and the information they hold.

#ifndef HALOMPI_GAUSSIAN_MIXTURE_H
#define HALOMPI_GAUSSIAN_MIXTURE_H

#include <stddef.h>

#include "instruction_set.h"

/// The most components of a mixture.
#define HALOMPI_MIXTURE_LIMIT 64

/// Points come in whole groups of this many; those that fill the last one have weight zero.
#define HALOMPI_MIXTURE_LANES 8

/// One weighted Gaussian, ready for evaluation.
///
/// With the covariance L L^T, its logarithm at (x, y) is log_scale - (u^2 + v^2) / 2, where
/// u = inverse_xx (x - mean_x) and v = inverse_yx (x - mean_x) + inverse_yy (y - mean_y).
typedef struct halompi_gaussian {
  /// ln w - ln(2 pi) - ln det L.
  double log_scale;
  /// The mean.
  double mean_x, mean_y;
  /// The elements of the inverse of L.
  double inverse_xx, inverse_yx, inverse_yy;
  /// ln w - ln(2 pi) / 2 - ln of the standard deviation of x, and its inverse.
  double log_scale_x, inverse_x;
  /// The same of y.
  double log_scale_y, inverse_y;
} halompi_gaussian;

/// The sums of one component over points, with responsibility times weight r.
typedef struct halompi_gaussian_sums {
  /// Sum of r.
  double weight;
  /// Sums of r (x - mean_x) and r (y - mean_y), about the mean that the component had.
  double x, y;
  /// Sums of r times the products of these differences.
  double xx, xy, yy;
} halompi_gaussian_sums;

/// One pass of expectation maximisation: sums for each component under its responsibilities.
///
/// Returns the sum of weight * ln p(x, y) over the points. Sums run in eight lanes that are added at the end.
///
/// - `components`, `sums`: [component_count], at most HALOMPI_MIXTURE_LIMIT; `sums` may be NULL.
/// - `x`, `y`, `weights`: [count], finite, `count` a multiple of HALOMPI_MIXTURE_LANES.
double halompi_mixture_step(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_gaussian_sums *sums,
    halompi_instruction_set instructions);

/// Returns the sum of weight * [ln p(x, y) - ln p(x) - ln p(y)] over points.
///
/// - `components`: [component_count], at most HALOMPI_MIXTURE_LIMIT.
/// - `x`, `y`, `weights`: [count], finite, `count` a multiple of HALOMPI_MIXTURE_LANES.
double halompi_mixture_log_ratio(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_instruction_set instructions);

#endif
