// One step of the optimizer AMSGrad on a flat parameter buffer.

#ifndef HALOMPI_AMSGRAD_H
#define HALOMPI_AMSGRAD_H

#include <stddef.h>

#include "instruction_set.h"

/// The numbers of one AMSGrad step.
typedef struct halompi_amsgrad_step {
  /// The learning rate with its bias corrections: rate * sqrt(1 - beta2^t) / (1 - beta1^t).
  float rate;
  /// The decay of the mean of gradients, beta1, and the share of the new one, 1 - beta1.
  float first_decay, first_share;
  /// The decay of the mean of squared gradients, beta2, and the share of the new one, 1 - beta2.
  float second_decay, second_share;
  /// The term added to the denominator.
  float epsilon;
} halompi_amsgrad_step;

/// Updates parameters and moments in one pass over memory.
///
/// first = beta1 first + (1 - beta1) g; second = beta2 second + (1 - beta2) g g;
/// largest = max(largest, second); w = w - rate first / (sqrt(largest) + epsilon),
/// in float with one rounding for each operation (nothing is contracted). A second moment that is not a number is kept.
/// Source: Reddi, Kale, Kumar 2018, "On the convergence of Adam and beyond", algorithm 2.
///
/// - All buffers: [count], not overlapping.
void halompi_amsgrad(
    halompi_amsgrad_step step, const float *gradient, float *first_moment, float *second_moment,
    float *largest_second_moment, float *parameters, size_t count,
    halompi_instruction_set instructions);

#endif
