// The caches of the processor, which the kernels choose their blocks by.

#ifndef HALOMPI_CACHES_H
#define HALOMPI_CACHES_H

#include <stddef.h>

/// Returns the size of the second-level cache of a core, as the system tells it [bytes]; 1 MiB where it does not, and
/// never less than 128 KiB nor more than 64 MiB.
size_t halompi_second_level_cache(void);

#endif
