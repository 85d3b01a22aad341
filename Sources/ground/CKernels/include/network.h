// The network's convolutions and dense layers, forward and backward, for one sample.

#ifndef HALOMPI_NETWORK_H
#define HALOMPI_NETWORK_H

#include <stddef.h>

#include "instruction_set.h"

/// The convolutional part of a network: its shape, and where everything lies in its buffers. Immutable.
///
/// The first convolution goes from inputs to channels[0] channels and has no pool; each further one ("block") is a
/// convolution and a max pool of 2^3 with stride 2, whose last window on an odd axis holds one voxel.
/// All convolutions are 3^3 cross-correlations with zero padding; bias and LeakyReLU follow each.
///
/// Parameters, and gradients alike, are one flat buffer: for each convolution its weights [kz][ky][kx][in][out],
/// then its biases [out]. What follows the last bias in the same buffer (the dense layers) is not touched.
typedef struct halompi_network halompi_network;

/// Makes a network, or returns NULL if the shape is not supported or memory is short.
///
/// - `width`: the voxels on a side of the box, 3 ... 1024.
/// - `inputs`: the channels of the box, 1 ... 8.
/// - `channels`: [convolutions] output channels of each convolution, multiples of 16 up to 1024.
/// - `convolutions`: 2 ... 16.
/// - `slope`: LeakyReLU's slope below zero, 0 ... 1 (the pool before the activation needs it monotone).
/// - `cache`: the second-level cache of a core that the blocks of the passes are chosen for [bytes], which changes no bit
///   of a result; 0 for that of this processor (caches.h).
halompi_network *halompi_network_create(
    size_t width, size_t inputs, const size_t *channels, size_t convolutions, float slope,
    halompi_instruction_set instructions, size_t cache);

/// Releases a network; NULL is allowed.
void halompi_network_destroy(halompi_network *network);

/// Returns the number of features of a forward pass: (last pooled width)^3 * last channels.
size_t halompi_feature_count(const halompi_network *network);

/// Returns the number of parameters of the convolutions.
size_t halompi_convolution_parameter_count(const halompi_network *network);

/// The size of a buffer for `halompi_prepare_weights`.
size_t halompi_prepared_bytes(const halompi_network *network);

/// The size of a workspace, in which a forward pass leaves what the backward pass needs.
///
/// - `parts`: the most parts that a stage is divided into.
size_t halompi_workspace_bytes(const halompi_network *network, size_t parts);

/// The number of stages of a pass, forward and backward alike: as many as convolutions.
size_t halompi_stage_count(const halompi_network *network);

/// Transforms the convolutions' weights into the forms that the passes read.
///
/// Once for each update of the weights; the result is then shared by all threads, which only read it. Several
/// threads may prepare together: part p of n is written by the call with these numbers, and all parts are needed.
///
/// - `parameters`: [halompi_convolution_parameter_count or more].
/// - `prepared`: halompi_prepared_bytes, aligned to 64 bytes.
void halompi_prepare_weights(
    const halompi_network *network, const float *parameters, void *prepared, size_t part, size_t parts);

/// Computes a stage of the features of one box: stage 0 brings the box into the workspace, stage i goes through block
/// i, the first together with the first convolution.
///
/// A pass is all parts of stage 0, then all of stage 1 and so on. The parts of a stage may run at the same time, and
/// their number does not change a bit of the result.
///
/// - `box`: [inputs][width][width][width], standardized.
/// - `workspace`: halompi_workspace_bytes, aligned to 64 bytes; its content before a pass does not matter.
/// - `features`: [halompi_feature_count], ((z*n + y)*n + x)*C + c for the last pooled width n; from the last stage.
/// - `part`: 0 ..< parts.
void halompi_forward_stage(
    const halompi_network *network, const float *parameters, const void *prepared, const float *box,
    void *workspace, float *features, size_t stage, size_t part, size_t parts);

/// Computes a stage of the gradient of the convolutions' parameters from the gradient of the features: stage 0 brings
/// that into the workspace, stage i goes backward through the i-th block from the end, the last one also through the
/// first convolution.
///
/// Parts as in the forward pass.
///
/// - `workspace`: as the forward pass of the same sample and weights left it; a second backward pass may follow.
/// - `feature_gradient`: [halompi_feature_count].
/// - `parameter_gradient`: [halompi_convolution_parameter_count or more], overwritten.
void halompi_backward_stage(
    const halompi_network *network, const float *parameters, const void *prepared, void *workspace,
    const float *feature_gradient, float *parameter_gradient, size_t stage, size_t part, size_t parts);

/// Tells what was decided at a pool in the last forward pass: where its maxima are, numbered (z * 2 + y) * 2 + x in
/// their windows, and 8 more where the activation found one positive.
///
/// - `block`: 0 for the pool after the second convolution, and so on.
/// - `decisions`: [windows^3][channels].
void halompi_pool_decisions(
    const halompi_network *network, const void *workspace, size_t block, unsigned char *decisions);

/// Computes a dense layer: outputs[o] = activation(bias[o] + sum over i of inputs[i] weights[i][o]).
///
/// - `weights`: [inputs][outputs]; `slope`: LeakyReLU's slope below zero, 1 for a linear layer.
void halompi_dense_forward(
    const float *weights, const float *bias, const float *inputs, float *outputs, size_t input_count,
    size_t output_count, float slope, halompi_instruction_set instructions);

/// Computes the gradients of a dense layer from the gradient of its outputs.
///
/// - `outputs`: as the forward pass gave them; their signs are those before the activation.
/// - `output_gradient`: [output_count], of the activated outputs; overwritten by that before the activation.
/// - `weight_gradient`, `bias_gradient`: overwritten.
/// - `input_gradient`: [input_count], overwritten; NULL if not wanted.
void halompi_dense_backward(
    const float *weights, const float *inputs, const float *outputs, float *output_gradient,
    float *weight_gradient, float *bias_gradient, float *input_gradient, size_t input_count,
    size_t output_count, float slope, halompi_instruction_set instructions);

#endif
