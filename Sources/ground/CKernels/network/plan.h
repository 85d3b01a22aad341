// Where everything of a network lies: in the parameters, in the prepared weights and in a workspace.
//
// Layouts. Sixteen channels are the lanes of a vector everywhere, so a tensor is stored as
// [channels/16 ("chunks")][z][y][x][16]. The input of a block has a border of zeros: voxel v of an axis is at v + 1,
// and an axis has 2 * windows + 2 places, x two more if the windows are odd, so that every Winograd tile and every
// 3^3 neighbourhood of a pooled window lies inside. The padded position of tap k at place p of window w is
// 2w + p + k on every axis. The eight places of a window are numbered (z * 2 + y) * 2 + x.

#ifndef HALOMPI_PLAN_H
#define HALOMPI_PLAN_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "network.h"

enum {
  /// The channels of a chunk.
  CHUNK = 16,
  /// The taps of a 3^3 convolution.
  TAPS = 27,
  /// The most channels of a box.
  MAXIMUM_INPUTS = 8,
  /// The most convolutions of a network.
  MAXIMUM_CONVOLUTIONS = 16,
  /// The Winograd frequencies of all slices, and those of one z frequency.
  FREQUENCIES = 96,
  SLICE = 24,
  /// The output channels that a Winograd GEMM computes together; the last panel may have CHUNK.
  PANEL = 32,
  /// The most tiles that are in flight in a forward pass; at least as many as the GEMM's rows.
  MAXIMUM_TILES = 64,
  /// Rows of windows in a strip of the first block, going backward and at least going forward (first_convolution.h).
  BACKWARD_STRIP_ROWS = 4,
  LEAST_STRIP_ROWS = 4,
  /// The block of windows whose receptive field stays in the L1 cache in the backward pass, [z][y][x].
  WINDOW_BLOCK_Z = 2,
  WINDOW_BLOCK_Y = 4,
  WINDOW_BLOCK_X = 4,
  WINDOW_BLOCK = WINDOW_BLOCK_Z * WINDOW_BLOCK_Y * WINDOW_BLOCK_X,
  /// The output channels whose weights stay in the L1 cache in the data gradient.
  SCATTER_CHANNELS = 32,
  /// The most bytes of a slab's input and its gradient. Slabs, like the strips and window blocks of the backward pass,
  /// order sums, so they do not depend on the caches of a processor; tiles and the strips of the forward pass may.
  SLAB_BYTES = 3 << 19,
  /// Floats behind the padded box that a row of the first convolution may read in vain.
  BOX_SLACK = 64,
};

/// A tensor's place: the offset of its first float and the strides of its axes, in floats.
typedef struct tensor_place {
  size_t offset, chunk, plane, row;
} tensor_place;

/// A convolution with its max pool: windows = ceil(width / 2) on each axis.
typedef struct block_plan {
  int width, windows, input_channels, output_channels;
  /// Tiles per call of the forward pass; rows of windows in a slab of the backward pass.
  int tiles, slab_rows;
  /// In floats of the parameters.
  size_t weights, bias;
  /// In floats of the prepared weights: Winograd's and the data gradient's.
  size_t winograd_weights, scatter_weights;
  /// The padded input and its gradient, in floats of the workspace; nothing for the first block.
  tensor_place input, input_gradient;
  /// The pooled, activated output (the inside of the next block's input) and its gradient.
  tensor_place output, output_gradient;
  /// The place of each window's maximum, [chunks][windows^3][16] bytes, each eight times the number of the place (the
  /// shift to the byte of an integer that counts this place); in bytes of the workspace.
  size_t maximum_places;
} block_plan;

struct halompi_network {
  int width, inputs, first_channels, block_count;
  /// The padded length of the first block's input in x, and the rows of windows of its strips going forward.
  int padded, strip_rows;
  float slope;
  const struct kernel_table *kernels;
  size_t parameter_count, feature_count, prepared_bytes;
  /// The padded box in the workspace, [inputs][width + 2]^3.
  size_t box;
  /// The scratch memory of the passes: its start in the workspace, and the share of each part of a stage, in floats.
  size_t scratch, scratch_floats;
  /// In the workspace: how many parts have gone backward through the first block.
  size_t finished_parts;
  block_plan blocks[MAXIMUM_CONVOLUTIONS - 1];
};

/// The share of a stage that one call computes: part `part` of `parts`.
///
/// Going forward these are windows, none of which depends on another. Going backward they are chunks of input channels
/// (first_chunk), and where there are more parts than chunks, members of a chunk: each makes the weight gradients of a
/// range of output channels, and the data gradient of some planes or strips. So every sum is made in the same order
/// however many parts there are.
typedef struct stage_share {
  int part, parts;
} stage_share;

/// The place of a part among those that share its chunk of input channels.
typedef struct chunk_members {
  int member, members;
} chunk_members;

/// The first chunk of a part going backward; the next ones are `parts` further each.
static inline int first_chunk(stage_share share, int chunks) { return share.part % chunks; }

/// Whether there are more parts than chunks, so that some share one.
static inline int are_chunks_shared(int parts, int chunks) { return parts > chunks; }

static inline chunk_members members_of_chunk(stage_share share, int chunks) {
  if (!are_chunks_shared(share.parts, chunks)) return (chunk_members){0, 1};
  return (chunk_members){share.part / chunks, (share.parts - 1 - share.part % chunks) / chunks + 1};
}

static inline size_t cube(size_t length) { return length * length * length; }

/// The first of `count` things that belong to a part; part + 1 gives the end.
static inline int share_begin(int count, int part, int parts) { return (int)((long)count * part / parts); }

static inline int minimum(int a, int b) { return a < b ? a : b; }

static inline int ceiling_quotient(int a, int b) { return (a + b - 1) / b; }

/// The gradient of the first convolution, [27 x inputs weights and the bias][channels], in floats.
static inline size_t first_gradient_floats(const halompi_network *network) {
  return ((size_t)TAPS * network->inputs + 1) * network->first_channels;
}

/// The steps in which the backward pass goes through the strips of the first block.
static inline size_t first_gradient_steps(const halompi_network *network) {
  const int windows = network->blocks[0].windows;
  return (size_t)ceiling_quotient(windows, BACKWARD_STRIP_ROWS) * ceiling_quotient(windows, WINDOW_BLOCK_Z);
}

/// The memory that a part has for itself.
static inline float *take_scratch(const halompi_network *network, float *workspace, stage_share share) {
  return workspace + network->scratch + share.part * network->scratch_floats;
}

/// The padded length in x of the input of a block.
static inline int padded_length(int windows) { return 4 * ceiling_quotient(windows, 2) + 2; }

/// Rounds a number of floats up to whole cache lines.
static inline size_t whole_lines(size_t floats) { return (floats + 15) / 16 * 16; }

#endif
