import Analysis

/// Numbers that look like predictions, the same in every run.
struct MockData {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// Uniform in (0, 1), by SplitMix64 (doi:10.1145/2660193.2660195).
  mutating func uniform() -> Double {
    state &+= 0x9e37_79b9_7f4a_7c15
    var word = state
    word = (word ^ (word >> 30)) &* 0xbf58_476d_1ce4_e5b9
    word = (word ^ (word >> 27)) &* 0x94d0_49bb_1331_11eb
    return (Double((word ^ (word >> 31)) >> 11) + 0.5) * 0x1p-53
  }

  /// True masses from 11 to 13.4, and predictions with a scatter [dex].
  mutating func comparison(_ count: Int, scatter: Double) -> MassComparison {
    var (truth, prediction): ([Double], [Double]) = ([], [])
    for _ in 0..<count {
      let mass = 11 + 2.4 * uniform()
      truth.append(mass)
      // The sum of twelve uniform numbers less 6 has a deviation of 1.
      let noise = (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
      prediction.append(12.2 + 0.7 * (mass - 12.2) + scatter * noise)
    }
    return MassComparison(truth: truth, prediction: prediction)
  }
}
