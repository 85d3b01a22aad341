// The passes with AVX-512.

#if defined(__x86_64__)

#include "plan.h"

// 32 registers of 16 floats.
#define LANES 16
#define PASS_TAPS 27
#define ROW_VOXELS 25
#define GEMM_ROWS 8
#define GEMM_VECTORS 2
#define DENSE_VECTORS 16

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl"))), apply_to = function)
#include "vector.h"

#include "first_convolution.inc"

#include "winograd.inc"

#include "backward.inc"

#include "passes.inc"

#include "dense.inc"

#include "peak.inc"
#pragma clang attribute pop

const kernel_table halompi_kernels_avx512 = {
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
    .dense_forward = dense_forward,
    .dense_backward = dense_backward,
    .multiply_in_registers = multiply_in_registers,
};

#endif
