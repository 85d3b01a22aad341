// The network's convolutions as plain loops in double precision, to test the kernels against.

#ifndef REFERENCE_NETWORK_H
#define REFERENCE_NETWORK_H

#include <stddef.h>

/// Computes features and parameter gradients with the shapes and layouts of `CKernels/network.h`.
///
/// Where two voxels of a window nearly tie, rounding decides which of them is its maximum, and the gradient jumps. So
/// the places of the maxima may be given: those that other arithmetic has found.
///
/// - `places`: for each pool [windows^3][channels], numbered (z * 2 + y) * 2 + x; or NULL to take the first largest.
/// - `shortfall`: by how much the largest value before a pool is above the one at its place, at most, in units of the
///   root mean square before that pool; 0 without places.
void reference_network(
    int width, const int *channels, int convolutions, double slope, const float *parameters, const float *box,
    const double *feature_gradient, const unsigned char *places, double *features, double *gradient,
    double *shortfall);

/// Returns the l2 norm of the difference of values and expected values, relative to that of the expected values.
double reference_relative_error(const float *values, const double *expected, size_t count);

#endif
