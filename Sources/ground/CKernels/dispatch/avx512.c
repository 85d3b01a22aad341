// The kernels with AVX-512.

#if defined(__x86_64__)
#define HALOMPI_FOR_AVX512
#include "dispatch/kernels.h"
#endif
