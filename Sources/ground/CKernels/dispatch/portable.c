// The kernels with what every CPU of the architecture has.

#include "dispatch/kernels.h"
