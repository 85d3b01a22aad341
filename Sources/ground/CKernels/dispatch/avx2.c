// The kernels with AVX2 and FMA.

#if defined(__x86_64__)
#define HALOMPI_FOR_AVX2
#include "dispatch/kernels.h"
#endif
