import CKernels

/// The instruction sets by name, for test arguments.
enum InstructionSet: CaseIterable {
  case portable, avx2, avx512

  var value: halompi_instruction_set {
    switch self {
    case .portable: HALOMPI_PORTABLE
    case .avx2: HALOMPI_AVX2
    case .avx512: HALOMPI_AVX512
    }
  }

  /// Those that this CPU has.
  static let supported = allCases.filter {
    halompi_supported_instruction_set($0.value) == $0.value
  }
}

/// A small generator for test data (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195: SplitMix64).
struct TestGenerator: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// Uniform values in -scale ..< scale.
  mutating func values(_ count: Int, scale: Float) -> [Float] {
    (0..<count).map { _ in Float.random(in: -scale..<scale, using: &self) }
  }
}
