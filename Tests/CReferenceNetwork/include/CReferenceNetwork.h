// The network's convolutions as plain loops in double precision, to test the kernels against.

#ifndef REFERENCE_NETWORK_H
#define REFERENCE_NETWORK_H

#include <stddef.h>

/// Computes features and parameter gradients with the shapes and layouts of `CKernels/network.h`.
void reference_network(
    int width, const int *channels, int convolutions, double slope, const float *parameters, const float *box,
    const float *feature_gradient, double *features, double *gradient);

/// Returns the l2 norm of the difference of values and expected values, relative to that of the expected values.
double reference_relative_error(const float *values, const double *expected, size_t count);

#endif
