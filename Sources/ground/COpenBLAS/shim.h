#ifndef HALOMPI_COPENBLAS_SHIM_H
#define HALOMPI_COPENBLAS_SHIM_H

#include <cblas.h>

#endif
