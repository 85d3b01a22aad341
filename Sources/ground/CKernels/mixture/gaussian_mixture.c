// The public functions of Gaussian mixtures (gaussian_mixture.h).

#include "gaussian_mixture.h"

#include "dispatch/dispatch.h"

double halompi_mixture_step(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_gaussian_sums *sums,
    halompi_precision precision, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->mixture_step[precision](
      components, component_count, x, y, weights, count, sums);
}

double halompi_mixture_log_ratio(
    const halompi_gaussian *components, size_t component_count, const double *x, const double *y,
    const double *weights, size_t count, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->mixture_log_ratio(
      components, component_count, x, y, weights, count);
}

double halompi_spatial_mixture_step(
    const halompi_spatial_gaussian *components, size_t component_count, const double *x,
    const double *y, const double *z, const double *weights, size_t count,
    halompi_spatial_sums *sums, halompi_precision precision, halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->spatial_mixture_step[precision](
      components, component_count, x, y, z, weights, count, sums);
}

double halompi_spatial_mixture_cell(
    const halompi_spatial_gaussian *components, size_t component_count, const double *mean,
    const double *factor, const double *places, const double *weights,
    halompi_instruction_set instructions) {
  return halompi_kernels(instructions)->spatial_mixture_cell(
      components, component_count, mean, factor, places, weights);
}
