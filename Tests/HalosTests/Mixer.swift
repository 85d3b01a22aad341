/// Random numbers that mix the bits of a counter (SplitMix64, doi:10.1145/2714064.2660195).
struct Mixer: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A vector of length one in any direction.
  mutating func direction() -> [Double] {
    while true {
      let vector = (0..<3).map { _ in Double.random(in: -1...1, using: &self) }
      let square = vector.reduce(0) { $0 + $1 * $1 }
      if square > 0.01, square < 1 { return vector.map { $0 / square.squareRoot() } }
    }
  }

  /// Points around the origin whose number within r grows as r up to `radius`: density r^-2.
  ///
  /// The first is at the origin; the radii are evenly spaced, only directions are random.
  mutating func isothermalSphere(count: Int, radius: Double) -> [[Double]] {
    (0..<count).map { index in
      direction().map { $0 * radius * Double(index) / Double(count) }
    }
  }
}
