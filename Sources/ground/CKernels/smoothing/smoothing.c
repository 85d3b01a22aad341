// The public function of smoothed particles (smoothing.h).

#include "smoothing.h"

#include "dispatch/dispatch.h"

void halompi_smooth_particles(
    const float *particles, size_t count, int width, float *density, halompi_instruction_set instructions) {
  halompi_kernels(instructions)->smooth_particles(particles, count, width, density);
}
