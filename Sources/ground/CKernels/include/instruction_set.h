// Which vector instructions the kernels use.

#ifndef HALOMPI_INSTRUCTION_SET_H
#define HALOMPI_INSTRUCTION_SET_H

/// The implementations of each kernel, from slowest to fastest.
///
/// All of them give the same bits; a test or a benchmark may choose one, everyone else passes
/// `HALOMPI_FASTEST`.
typedef enum halompi_instruction_set {
  /// The fastest one that this CPU has.
  HALOMPI_FASTEST = 0,
  /// The instructions that the compiler may assume of every CPU of the architecture.
  HALOMPI_PORTABLE = 1,
  /// AVX2 and FMA.
  HALOMPI_AVX2 = 2,
  /// AVX-512 F, BW, DQ and VL.
  HALOMPI_AVX512 = 3,
} halompi_instruction_set;

/// Returns the fastest implementation not above `requested` that this CPU has.
///
/// Equal to `requested` exactly if this CPU has it; `HALOMPI_FASTEST` gives the fastest of all.
halompi_instruction_set halompi_supported_instruction_set(halompi_instruction_set requested);

#endif
