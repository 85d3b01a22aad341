// The passes with what every CPU of the architecture has.

#include "plan.h"

// 16 registers of 4 floats, where nothing else is known.
#define LANES 4
#define PASS_TAPS 9
#define ROW_VOXELS 12
#define GEMM_ROWS 4
#define GEMM_VECTORS 2
#define DENSE_VECTORS 8

#include "vector.h"

#include "first_convolution.inc"

#include "winograd.inc"

#include "backward.inc"

#include "passes.inc"

#include "dense.inc"

#include "peak.inc"

const kernel_table halompi_kernels_portable = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .dense_forward = dense_forward,
    .dense_backward = dense_backward,
    .multiply_in_registers = multiply_in_registers,
};
