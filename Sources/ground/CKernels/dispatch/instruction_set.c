// Asks the CPU what it has, and chooses the kernels.

#include "instruction_set.h"

#include "dispatch/dispatch.h"

static halompi_instruction_set fastest(void) {
#if defined(__x86_64__)
  __builtin_cpu_init();
  const int avx2 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
  const int avx512 = avx2 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                     __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl");
  return avx512 ? HALOMPI_AVX512 : avx2 ? HALOMPI_AVX2 : HALOMPI_PORTABLE;
#else
  return HALOMPI_PORTABLE;
#endif
}

halompi_instruction_set halompi_supported_instruction_set(halompi_instruction_set requested) {
  const halompi_instruction_set best = fastest();
  return requested == HALOMPI_FASTEST || requested > best ? best : requested;
}

const kernel_table *halompi_kernels(halompi_instruction_set requested) {
#if defined(__x86_64__)
  switch (halompi_supported_instruction_set(requested)) {
    case HALOMPI_AVX512: return &halompi_kernels_avx512;
    case HALOMPI_AVX2: return &halompi_kernels_avx2;
    default: break;
  }
#else
  (void)requested;
#endif
  return &halompi_kernels_portable;
}
