// All kernels for one instruction set (registers.h), and the table of them.

#ifndef HALOMPI_KERNELS_H
#define HALOMPI_KERNELS_H

#include <math.h>
#include <string.h>

#include "dispatch/dispatch.h"
#include "dispatch/registers.h"

#if defined(TARGET)
#pragma clang attribute push(TARGET, apply_to = function)
#endif
#include "gradient/gradient_loops.h"
#include "gradient/packing_loops.h"
#include "gravity/tree_loops.h"
#include "mixture/mixture_loops.h"
#include "mixture/spatial_loops.h"
#include "network/dense.h"
#include "network/passes.h"
#include "network/peak_loop.h"
#include "smoothing/smoothing_loops.h"
#if defined(TARGET)
#pragma clang attribute pop
#endif

const kernel_table KERNEL_TABLE = {
    .prepare = prepare, .forward = forward, .backward = backward,
    .dense_forward = dense_forward, .dense_backward = dense_backward,
    .multiply_in_registers = multiply_in_registers,
    .accumulate_fixed = accumulate_fixed, .fixed_to_float = fixed_to_float,
    .pack_sums = pack_sums, .add_packed_sums = add_packed_sums,
    .largest_magnitude = largest_magnitude, .amsgrad = amsgrad,
    .mixture_step = {mixture_step_double, mixture_step_float}, .mixture_log_ratio = mixture_log_ratio,
    .spatial_mixture_step = {spatial_mixture_step_double, spatial_mixture_step_float},
    .spatial_mixture_cell = spatial_mixture_cell,
    .smooth_particles = smooth_particles, .tree_potentials = tree_potentials,
};

#endif
