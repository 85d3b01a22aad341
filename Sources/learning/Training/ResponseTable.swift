internal import RecordFiles
internal import Statistics
package import SubBoxes

/// The answers of a network to perturbations of its boxes.
package struct ResponseTable: Hashable, Sendable {
  /// The perturbations, at least one.
  package let perturbations: [Perturbation]

  /// The checksum of the file of the model.
  package let modelChecksum: String

  /// The predictions of the boxes as they are.
  package let unperturbed: PredictionTable

  /// The predicted log10 of the halo mass [particle, perturbation] [Msun].
  let perturbed: [Float]

  private static let format = RecordFormat(
    "halompi-responses", version: 1,
    remedy: "restore the file from a copy, or make it again with halompi predict --perturb")

  private static let perturbedLogMass = RecordDataset<Float>(
    "perturbedLogMass", unit: "log10 Msun",
    meaning: "predicted mass after each perturbation of the attribute perturbations")
  private static let change = RecordDataset<Float>(
    "change", unit: "dex", meaning: "perturbedLogMass - predictedLogMass")

  /// Makes a table; `perturbed` has a number for each particle and perturbation.
  init(
    perturbations: [Perturbation], modelChecksum: String, unperturbed: PredictionTable,
    perturbed: [Float]
  ) {
    precondition(
      perturbed.count == perturbations.count * unperturbed.samples.count, "a prediction is missing")
    self.perturbations = perturbations
    self.modelChecksum = modelChecksum
    self.unperturbed = unperturbed
    self.perturbed = perturbed
  }

  /// The change of the predicted log10 mass [particle, perturbation] [dex].
  package var changes: [Float] {
    perturbed.enumerated().map { $1 - unperturbed.predictions[$0 / perturbations.count] }
  }

  /// Writes the table to a file, which appears when it is complete.
  ///
  /// - Parameters:
  ///   - path: The file; one that exists is replaced.
  ///   - model: The model that predicted.
  /// - Throws: `HDF5Error`, `FileError`.
  func write(to path: String, model: Model) throws {
    let extents = [unperturbed.samples.count, perturbations.count]
    try RecordWriter.write(to: path, as: Self.format) { file in
      try unperturbed.add(to: file, model: model)
      try file.set("modelChecksum", to: modelChecksum)
      try file.addJSON("perturbations", perturbations)
      try file.add(Self.perturbedLogMass, perturbed, extents: extents)
      try file.add(Self.change, changes, extents: extents)
    }
  }

  /// Reads a table, and verifies its checksums.
  ///
  /// - Throws: `Failure` for a file that is no intact table; `HDF5Error` for one that is missing or cannot be read.
  package init(contentsOf path: String) throws {
    let file = try RecordReader(path, as: Self.format)
    let perturbations: [Perturbation] = try file.json("perturbations")
    guard !perturbations.isEmpty else { throw file.failure("it has no perturbations") }
    let unperturbed = try PredictionTable(of: file, knowsHalos: true)
    self.init(
      perturbations: perturbations, modelChecksum: try file.text("modelChecksum"),
      unperturbed: unperturbed,
      perturbed: try file.values(
        of: Self.perturbedLogMass, extents: [unperturbed.samples.count, perturbations.count]))
    try file.close()
  }

  /// The mean change of the predictions of some particles.
  package struct Response: Hashable, Sendable {
    /// The number of particles.
    package let count: Int

    /// The mean change of the predicted log10 mass [dex].
    package let mean: Double

    /// The standard deviation of the change over particles, with n - 1 [dex].
    package let deviation: Double

    /// The standard error of the mean over particles, taken as independent [dex].
    package var error: Double { deviation / Double(count).squareRoot() }
  }

  /// Returns the mean response of the particles with a true log10 mass in a range to each perturbation.
  ///
  /// - Parameter masses: The range, with its lower end [log10 Msun].
  /// - Returns: A response for each perturbation; `nil` if there are fewer than two particles.
  package func responses(ofMasses masses: Range<Double>) -> [Response]? {
    let rows = unperturbed.samples.indices.filter {
      masses.contains(Double(unperturbed.samples[$0].logMass))
    }
    guard rows.count > 1 else { return nil }
    let changes = changes
    return perturbations.indices.map { column in
      let values = rows.map { Double(changes[$0 * perturbations.count + column]) }
      return Response(
        count: rows.count, mean: mean(values), deviation: standardDeviation(values))
    }
  }
}
