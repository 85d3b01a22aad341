// The network's convolutions as plain loops in double precision, to test the kernels against.

#ifndef REFERENCE_NETWORK_H
#define REFERENCE_NETWORK_H

#include <stddef.h>

/// Computes features and parameter gradients with the shapes and layouts of `CKernels/network.h`.
///
/// Where two voxels of a window nearly tie, rounding decides which of them is its maximum; where a sum is nearly 0, on
/// which side of the activation's kink it is; and the gradient jumps. So the decisions of other arithmetic may be given.
/// The first convolution's are then those of single precision with fused multiply-adds in the order of the input
/// channels, and for each of the taps.
///
/// - `inputs`: the channels of the box, which is [inputs][width][width][width].
/// - `decisions`: for each pool [windows^3][channels], the place of the maximum numbered (z * 2 + y) * 2 + x, and 8 more if
///   it is positive with its bias; or NULL to decide here.
/// - `misjudgement`: how far a maximum is below the largest value of its window, or a value beyond the zero that it was
///   taken not to reach, at most, in units of the root mean square of its layer before the pool; 0 without decisions.
void reference_network(
    int width, int inputs, const int *channels, int convolutions, double slope, const float *parameters, const float *box,
    const double *feature_gradient, const unsigned char *decisions, double *features, double *gradient,
    double *misjudgement);

/// Returns the l2 norm of the difference of values and expected values, relative to that of the expected values.
double reference_relative_error(const float *values, const double *expected, size_t count);

#endif
