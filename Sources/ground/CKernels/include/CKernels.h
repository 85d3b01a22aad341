// The hot loops in C, on plain pointers, dispatched on the CPU at run time.
//
// Every function is thread-safe: it touches only the memory that it is handed. Results have the same
// bits on every instruction set, because each lane does the same IEEE operations in the same order.

#ifndef HALOMPI_CKERNELS_H
#define HALOMPI_CKERNELS_H

#include "amsgrad.h"
#include "caches.h"
#include "gaussian_mixture.h"
#include "instruction_set.h"
#include "magnitude.h"
#include "network.h"
#include "packed_sums.h"
#include "particle_mesh.h"
#include "peak.h"
#include "reduction.h"
#include "smoothing.h"
#include "tree_potential.h"

#endif
