internal import HDF5
internal import Statistics
package import SubBoxes

/// Predicted and true halo masses of particles.
package struct PredictionTable: Hashable, Sendable {
  /// The names of the simulations, which samples count from zero.
  package let simulations: [String]

  /// The particles with their true masses, by simulation and site.
  package let samples: [Sample]

  /// The predicted log10 of the halo mass of each [Msun].
  package let predictions: [Float]

  private static let format = "halompi-predictions"
  private static let version = 1

  /// Makes a table; `samples` and `predictions` are equally long.
  package init(simulations: [String], samples: [Sample], predictions: [Float]) {
    precondition(samples.count == predictions.count, "a prediction is missing")
    self.simulations = simulations
    self.samples = samples
    self.predictions = predictions
  }

  /// Writes the table to a file, which appears when it is complete.
  ///
  /// - Parameters:
  ///   - path: The file; one that exists is replaced.
  ///   - model: The model that predicted.
  /// - Throws: `HDF5Error`, `FileError`.
  package func write(to path: String, model: Model) throws {
    try NumberFile.write(to: path, format: Self.format, version: Self.version) { file in
      try NumberFile.addJSON("simulations", simulations, to: file)
      try file.setAttribute("variant", to: model.variant.rawValue)
      try file.setAttribute("seed", to: model.seed)
      try file.setAttribute("epoch", to: Int64(model.epoch))
      let shape = [samples.count]
      try NumberFile.add(
        "simulation", samples.map(\.simulation), shape: shape, unit: "1",
        description: "index of the simulation in the attribute simulations", to: file)
      try NumberFile.add(
        "site", samples.map(\.site), shape: shape, unit: "1",
        description: "site of the particle on the Lagrangian grid, (ix N + iy) N + iz", to: file)
      try NumberFile.add(
        "trueLogMass", samples.map(\.logMass), shape: shape, unit: "log10 Msun",
        description: "mass of the particle's halo", to: file)
      try NumberFile.add(
        "predictedLogMass", predictions, shape: shape, unit: "log10 Msun",
        description: "predicted mass of the particle's halo", to: file)
      try NumberFile.add(
        "radius", samples.map(\.radius), shape: shape, unit: "r200m",
        description: "distance of the particle from its halo's centre", to: file)
    }
  }

  /// Reads a table, and verifies its checksums.
  package init(contentsOf path: String) throws {
    let file = try NumberFile.open(path, format: Self.format, version: Self.version)
    let simulation = try NumberFile.read("simulation", from: file, as: Int32.self)
    let site = try NumberFile.read("site", from: file, as: Int64.self)
    let logMass = try NumberFile.read("trueLogMass", from: file, as: Float.self)
    let radius = try NumberFile.read("radius", from: file, as: Float.self)
    let predictions = try NumberFile.read("predictedLogMass", from: file, as: Float.self)
    let counts = [simulation.count, site.count, logMass.count, radius.count, predictions.count]
    guard Set(counts).count == 1 else {
      throw TrainingError.damagedFile(path: path, reason: "its columns have different lengths")
    }
    self.init(
      simulations: try NumberFile.json("simulations", from: file),
      samples: predictions.indices.map {
        Sample(
          simulation: simulation[$0], site: site[$0], logMass: logMass[$0], radius: radius[$0])
      }, predictions: predictions)
    try file.close()
  }

  /// Pearson's correlation of predicted and true log10 mass.
  package var correlation: Double {
    pearsonCorrelation(predictions.map { Double($0) }, samples.map { Double($0.logMass) })
  }

  /// The median of log10(predicted / true mass) [dex]; NaN without predictions.
  package var bias: Double { residuals.median ?? .nan }

  /// Half of the range from the 16th to the 84th percentile of log10(predicted / true mass) [dex]; NaN
  /// without predictions.
  package var scatter: Double { residuals.middle?.halfWidth ?? .nan }

  private var residuals: Quantiles {
    Quantiles(zip(predictions, samples).map { Double($0) - Double($1.logMass) })
  }
}
