/// The predictions of a rank: for each sample the mean over the orientations of its box, and their scatter.
struct OrientedPredictions {
  /// The number of orientations.
  let count: Int

  /// The mean log10 of the halo mass of each sample [Msun].
  private(set) var means: [Float] = []

  /// The standard deviation over orientations of each sample [dex]; empty if there is one orientation.
  private(set) var deviations: [Float] = []

  init(count: Int) { self.count = count }

  mutating func reserveCapacity(_ samples: Int) {
    means.reserveCapacity(samples)
    if count > 1 { deviations.reserveCapacity(samples) }
  }

  /// Adds samples: `count` numbers of each, in the order of the orientations.
  mutating func add(_ logMasses: [Double]) {
    for start in stride(from: 0, to: logMasses.count, by: count) {
      let values = logMasses[start..<start + count]
      let mean = count == 1 ? logMasses[start] : values.reduce(0, +) / Double(count)
      means.append(Float(mean))
      guard count > 1 else { continue }
      let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
      deviations.append(Float((squares / Double(count - 1)).squareRoot()))
    }
  }
}
