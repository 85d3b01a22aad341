// Gaussian mixtures in the plane and in space: one step of their fit, and the information they hold.

#ifndef HALOMPI_GAUSSIAN_MIXTURE_H
#define HALOMPI_GAUSSIAN_MIXTURE_H

#include <stddef.h>

#include "instruction_set.h"

/// The most components of a mixture.
#define HALOMPI_MIXTURE_LIMIT 64

/// Points come in whole groups of this many; those that fill the last one have weight zero.
#define HALOMPI_MIXTURE_LANES 8

/// The precision of the arithmetic for each point. Sums over many points are kept in doubles with either.
typedef enum halompi_precision {
  /// Doubles.
  HALOMPI_DOUBLE,
  /// Floats: errors of 1e-6 of a density, for fits that another one follows.
  HALOMPI_SINGLE,
} halompi_precision;

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

/// One pass of expectation maximization: sums for each component under its responsibilities.
///
/// Returns the sum of weight * ln p(x, y) over the points. Sums run in lanes that are added at the end.
///
/// - `components`, `sums`: [component_count], at most HALOMPI_MIXTURE_LIMIT; `sums` may be NULL.
/// - `x`, `y`, `weights`: [count], finite, `count` a multiple of HALOMPI_MIXTURE_LANES.
double halompi_mixture_step(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_gaussian_sums *sums,
    halompi_precision precision, halompi_instruction_set instructions);

/// Returns the sum of weight * [ln p(x, y) - ln p(x) - ln p(y)] over points.
///
/// - `components`: [component_count], at most HALOMPI_MIXTURE_LIMIT.
/// - `x`, `y`, `weights`: [count], finite, `count` a multiple of HALOMPI_MIXTURE_LANES.
double halompi_mixture_log_ratio(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_instruction_set instructions);

/// One weighted Gaussian in space, ready for evaluation.
///
/// With the covariance L L^T and M the inverse of L, its logarithm at a point p is log_scale - |q|^2 / 2, where
/// q = M (p - mean).
typedef struct halompi_spatial_gaussian {
  /// ln w - 3/2 ln(2 pi) - ln det L.
  double log_scale;
  /// The mean.
  double mean_x, mean_y, mean_z;
  /// The elements of M, a lower triangle.
  double inverse_xx, inverse_yx, inverse_yy, inverse_zx, inverse_zy, inverse_zz;
} halompi_spatial_gaussian;

/// Sums over points of the responsibility of a component, and of its moments about the component's mean.
typedef struct halompi_spatial_sums {
  double weight, x, y, z, xx, xy, xz, yy, yz, zz;
} halompi_spatial_sums;

/// Returns the sum of weight * ln p over points, and adds up the moments of every component.
///
/// - `components`, `sums`: [component_count], at most HALOMPI_MIXTURE_LIMIT; `sums` may be NULL.
/// - `x`, `y`, `z`, `weights`: [count], finite, `count` a multiple of HALOMPI_MIXTURE_LANES.
double halompi_spatial_mixture_step(
    const halompi_spatial_gaussian *components, size_t component_count, const double *x,
    const double *y, const double *z, const double *weights, size_t count,
    halompi_spatial_sums *sums, halompi_precision precision, halompi_instruction_set instructions);

/// The points along each side of a cell.
#define HALOMPI_CELL_POINTS 8

/// Returns the integral of weight * ln p over a cell by a product rule.
///
/// - `mean`: [3]; `factor`: the lower triangle xx, yx, yy, zx, zy, zz of L: a point is mean + L q.
/// - `places`, `weights`: [3][HALOMPI_CELL_POINTS], the coordinates of q along each axis and their weights.
double halompi_spatial_mixture_cell(
    const halompi_spatial_gaussian *components, size_t component_count, const double *mean,
    const double *factor, const double *places, const double *weights,
    halompi_instruction_set instructions);

#endif
