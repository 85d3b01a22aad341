#ifndef HALOMPI_CFFTW_SHIM_H
#define HALOMPI_CFFTW_SHIM_H

#include <fftw3.h>

#endif
