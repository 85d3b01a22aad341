internal import RecordFiles
internal import Statistics
package import SubBoxes

/// The scatter of a network's answers to the same boxes in several orientations.
package struct OrientationScatter: Hashable, Sendable {
  /// The number of orientations.
  package let count: Int

  /// The standard deviation of the predicted log10 mass over them, of each particle [dex].
  let deviations: [Float]

  /// The median of the particles' standard deviations [dex]; NaN without particles.
  package var median: Double { Quantiles(deviations.map { Double($0) }).median ?? .nan }
}

/// Predicted and true halo masses of particles.
package struct PredictionTable: Hashable, Sendable {
  /// The names of the simulations, which samples count from zero.
  package let simulations: [String]

  /// The particles with their true masses, by simulation and site.
  package let samples: [Sample]

  /// The predicted log10 of the halo mass of each [Msun].
  package let predictions: [Float]

  /// The scatter over orientations; `nil` if each box was shown in one.
  package let orientationScatter: OrientationScatter?

  /// The fingerprints of their field files; `nil` in files of before version 2, which do not tell.
  package let fingerprints: [String]?

  private static let format = RecordFormat(
    "halompi-predictions", version: 2, oldestVersion: 1,
    remedy: "restore the file from a copy, or make it again with halompi predict")

  private static let simulation = RecordDataset<Int32>(
    "simulation", unit: "1", meaning: "index of the simulation in the attribute simulations")
  private static let site = RecordDataset<Int64>(
    "site", unit: "1",
    meaning: "site of the particle on the Lagrangian grid, (ix N + iy) N + iz")
  private static let trueLogMass = RecordDataset<Float>(
    "trueLogMass", unit: "log10 Msun", meaning: "mass of the particle's halo")
  private static let predictedLogMass = RecordDataset<Float>(
    "predictedLogMass", unit: "log10 Msun", meaning: "predicted mass of the particle's halo")
  private static let radius = RecordDataset<Float>(
    "radius", unit: "r200m", meaning: "distance of the particle from its halo's center")
  private static let halo = RecordDataset<Int32>(
    "halo", unit: "1", meaning: "row of the particle's halo in the halo table of the field file")

  private static let orientationScatter = RecordDataset<Float>(
    "orientationScatter", unit: "dex",
    meaning: "standard deviation of the predicted mass over the orientations of the box")

  /// Makes a table; `samples` and `predictions` are equally long, and so are the names and fingerprints
  /// of the simulations.
  package init(
    simulations: [String], fingerprints: [String]?, samples: [Sample], predictions: [Float],
    orientationScatter: OrientationScatter? = nil
  ) {
    precondition(samples.count == predictions.count, "a prediction is missing")
    precondition(
      fingerprints?.count ?? simulations.count == simulations.count, "a fingerprint is missing")
    self.simulations = simulations
    self.fingerprints = fingerprints
    self.samples = samples
    self.predictions = predictions
    self.orientationScatter = orientationScatter
  }

  /// Writes the table to a file, which appears when it is complete.
  ///
  /// - Parameters:
  ///   - path: The file; one that exists is replaced.
  ///   - model: The model that predicted.
  /// - Throws: `HDF5Error`, `FileError`.
  package func write(to path: String, model: Model) throws {
    try RecordWriter.write(to: path, as: Self.format) { try add(to: $0, model: model) }
  }

  /// Adds the table to a file that is written.
  ///
  /// - Throws: `HDF5Error`.
  func add(to file: borrowing RecordWriter, model: Model) throws {
    try file.addJSON("simulations", simulations)
    if let fingerprints { try file.addJSON("fingerprints", fingerprints) }
    try file.set("variant", to: model.boxes.kind.rawValue)
    try file.set("seed", to: model.seed)
    try file.set("epoch", to: Int64(model.epoch))
    let extents = [samples.count]
    try file.add(Self.simulation, samples.map(\.simulation), extents: extents)
    try file.add(Self.site, samples.map(\.site), extents: extents)
    try file.add(Self.trueLogMass, samples.map(\.logMass), extents: extents)
    try file.add(Self.predictedLogMass, predictions, extents: extents)
    try file.add(Self.radius, samples.map(\.radius), extents: extents)
    try file.add(Self.halo, samples.map(\.halo), extents: extents)
    if let orientationScatter {
      try file.set("orientations", to: Int64(orientationScatter.count))
      try file.add(Self.orientationScatter, orientationScatter.deviations, extents: extents)
    }
  }

  /// Reads a table, and verifies its checksums; in a file of version 1 the halos are not known.
  ///
  /// - Throws: `Failure` for a file that is no intact table; `HDF5Error` for one that is missing or
  ///   cannot be read.
  package init(contentsOf path: String) throws {
    let file = try RecordReader(path, as: Self.format)
    try self.init(of: file, knowsHalos: file.version >= 2)
    try file.close()
  }

  /// Reads the table of a file that is open.
  ///
  /// - Parameters:
  ///   - file: The file.
  ///   - knowsHalos: Whether it has halos and fingerprints, which files of version 1 have not.
  /// - Throws: `Failure`, `HDF5Error`.
  init(of file: borrowing RecordReader, knowsHalos: Bool) throws {
    let simulations: [String] = try file.json("simulations")
    let fingerprints: [String]? = try knowsHalos ? file.json("fingerprints") : nil
    let simulation = try file.values(of: Self.simulation)
    let extents = [simulation.count]
    let site = try file.column(Self.site, extents: extents)
    let logMass = try file.column(Self.trueLogMass, extents: extents)
    let radius = try file.column(Self.radius, extents: extents)
    let predictions = try file.column(Self.predictedLogMass, extents: extents)
    let halo =
      knowsHalos
      ? try file.column(Self.halo, extents: extents) : [Int32](repeating: -1, count: site.count)
    let scatter: OrientationScatter? =
      try file.has(Self.orientationScatter)
      ? OrientationScatter(
        count: file.count("orientations"),
        deviations: file.column(Self.orientationScatter, extents: extents)) : nil
    guard fingerprints?.count ?? simulations.count == simulations.count else {
      throw file.failure("it names \(simulations.count) simulations, and other fingerprints")
    }
    guard simulation.allSatisfy({ simulations.indices.contains(Int($0)) }) else {
      throw file.failure("a particle is of none of its \(simulations.count) simulations")
    }
    guard site.allSatisfy({ $0 >= 0 }) else { throw file.failure("a particle has no site") }
    self.init(
      simulations: simulations, fingerprints: fingerprints,
      samples: predictions.indices.map {
        Sample(
          simulation: simulation[$0], site: site[$0], logMass: logMass[$0], radius: radius[$0],
          halo: halo[$0])
      }, predictions: predictions, orientationScatter: scatter)
  }

  /// The predicted and true log10 mass of the particles in halos.
  private var inHalos: [(prediction: Double, truth: Double)] {
    zip(predictions, samples).filter { !$1.isInField }.map { (Double($0), Double($1.logMass)) }
  }

  /// The number of particles that are in no halo.
  package var fieldCount: Int { samples.count { $0.isInField } }

  /// The area under the curve by which the predicted mass tells particles in halos from those in none; NaN where there is
  /// no particle of one of the two, or a prediction is NaN.
  package var membershipArea: Double {
    let (members, field) = (
      inHalos.map(\.prediction),
      zip(predictions, samples).filter { $1.isInField }.map { Double($0.0) }
    )
    guard (members + field).allSatisfy({ !$0.isNaN }) else { return .nan }
    return AreaUnderCurve(members: members, others: field).value
  }

  /// Pearson's correlation of predicted and true log10 mass of the particles in halos.
  package var correlation: Double {
    pearsonCorrelation(inHalos.map(\.prediction), inHalos.map(\.truth))
  }

  /// The median of log10(predicted / true mass) [dex]; NaN without predictions.
  package var bias: Double { residuals.median ?? .nan }

  /// Half of the range from the 16th to the 84th percentile of log10(predicted / true mass) [dex]; NaN
  /// without predictions.
  package var scatter: Double { residuals.middle?.halfWidth ?? .nan }

  private var residuals: Quantiles {
    Quantiles(inHalos.map { $0.prediction - $0.truth })
  }
}

extension RecordReader {
  /// Reads a column of a table whose columns all have the same extents.
  fileprivate func column<Element>(
    _ dataset: RecordDataset<Element>, extents: [Int]
  ) throws -> [Element] {
    guard try self.extents(of: dataset) == extents else {
      throw failure("its columns have different lengths")
    }
    return try values(of: dataset, extents: extents)
  }
}
