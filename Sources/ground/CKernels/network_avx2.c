// The passes with AVX2 and FMA.

#if defined(__x86_64__)

#include "plan.h"

// 16 registers of 8 floats.
#define LANES 8
#define PASS_TAPS 9
#define ROW_VOXELS 12
#define GEMM_ROWS 4
#define GEMM_VECTORS 2
#define DENSE_VECTORS 8

#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#include "vector.h"

#include "first_convolution.inc"

#include "winograd.inc"

#include "backward.inc"

#include "passes.inc"

#include "dense.inc"

#include "peak.inc"
#pragma clang attribute pop

const kernel_table halompi_kernels_avx2 = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .dense_forward = dense_forward,
    .dense_backward = dense_backward,
    .multiply_in_registers = multiply_in_registers,
};

#endif
