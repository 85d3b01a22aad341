// What the texts of the kernels are compiled for: the registers of the instruction set and how much is kept in them.
//
// The including file defines HALOMPI_FOR_AVX2 or HALOMPI_FOR_AVX512, or neither. The order of operations in a lane is
// that of the text, and nothing is contracted, so every instruction set gives the same bits.

#ifndef HALOMPI_REGISTERS_H
#define HALOMPI_REGISTERS_H

#if defined(HALOMPI_FOR_AVX512)

#define KERNEL_TABLE halompi_kernels_avx512
#define TARGET __attribute__((target("avx2,fma,avx512f,avx512bw,avx512dq,avx512vl")))
// 32 registers of 16 floats.
#define LANES 16
#define PASS_TAPS 27
#define ROW_VOXELS 25
#define ROW_VECTORS 1
#define GEMM_ROWS 8
#define GEMM_VECTORS 2
#define DENSE_VECTORS 16

#elif defined(HALOMPI_FOR_AVX2)

#define KERNEL_TABLE halompi_kernels_avx2
#define TARGET __attribute__((target("avx2,fma")))
// 16 registers of 8 floats.
#define LANES 8
#define PASS_TAPS 9
#define ROW_VOXELS 6
#define ROW_VECTORS 2
#define GEMM_ROWS 4
#define GEMM_VECTORS 2
#define DENSE_VECTORS 8

#else

#define KERNEL_TABLE halompi_kernels_portable
// 16 registers of 4 floats, where nothing else is known.
#define LANES 4
#define PASS_TAPS 9
#define ROW_VOXELS 6
#define ROW_VECTORS 2
#define GEMM_ROWS 4
#define GEMM_VECTORS 2
#define DENSE_VECTORS 8

#endif

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define ROLLED _Pragma("clang loop unroll(disable)")

// Stand around functions of vectors of doubles, which may be wider than a register and are passed within one text only.
// For AVX-512 they say that such functions use registers of 512 bits.
#if defined(HALOMPI_FOR_AVX512)
#define WIDE_DOUBLES_BEGIN                                                            \
  _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wpsabi\"")      \
  _Pragma("clang attribute push(__attribute__((min_vector_width(512))), apply_to = function)")
#define WIDE_DOUBLES_END _Pragma("clang attribute pop") _Pragma("clang diagnostic pop")
#else
#define WIDE_DOUBLES_BEGIN _Pragma("clang diagnostic push") _Pragma("clang diagnostic ignored \"-Wpsabi\"")
#define WIDE_DOUBLES_END _Pragma("clang diagnostic pop")
#endif

/// 1.5 * 2^52: adding it to a double below 2^51 in magnitude rounds that double to an integer (ties to
/// even), which then stands in the low bits of the sum: bits(x + magic) - bits(magic) = round(x).
#define ROUNDING_MAGIC 0x1.8p52

/// The largest magnitude, exclusive, for which the magic number works.
#define ROUNDING_LIMIT 0x1p51

#endif
