// The processors that a thread is bound to, which Swift cannot ask for: the call is one of GNU's.

#ifndef HALOMPI_AFFINITY_H
#define HALOMPI_AFFINITY_H

#include <stddef.h>

/// Fills `mask` with the processors that the calling thread is bound to, processor p as bit p.
///
/// - `mask`: [words].
/// - Returns 0, or -1 if the mask is too short for this machine or the system does not say.
int caffinity_get(unsigned long *mask, size_t words);

#endif
