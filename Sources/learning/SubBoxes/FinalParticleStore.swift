internal import Failures
internal import Fields
internal import MPI

/// The final particles of several simulations, from which boxes of the final density are made.
///
/// One copy in memory that all ranks of a node share: 20 bytes a particle, and 8 a cell. The particles
/// are sorted by cell, in a cell by site, so that a box is a function of the files alone.
///
/// It is freed collectively, by ``free()`` on all ranks of the communicator.
final class FinalParticleStore: SubBoxSource {
  /// The input that the boxes show: the final density, in voxels of the width that was asked for.
  package let input: NetworkInput

  /// The field files, in the order in which ``Sample/simulation`` counts them.
  package let paths: [String]

  /// The metadata of the files.
  package let simulations: [FieldMetadata]

  /// Particles are always in memory.
  package let mode = StreamSettings.Mode.resident

  /// The size of the particles, and the budget.
  package let reason: String

  private let voxelSize: Double
  private let particles: [CellSortedParticles]

  /// Reads the particles into memory, every rank of a node those of some simulations.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - input: The input that the boxes show: final particles.
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - communicator: The ranks that make boxes.
  /// - Throws: `AgreedFailure` of the `Failure` of a file that cannot be read or was made without
  ///   the particles, or of settings that allow less memory; `MPIError`.
  package init(
    _ input: NetworkInput, of paths: [String], settings: StreamSettings,
    on communicator: borrowing Communicator
  ) throws {
    guard case .finalParticles(let voxelSize) = input.source else {
      preconditionFailure("\(input.words) is not made from final particles")
    }
    let node = try communicator.splitByNode()
    let files = try communicator.agree { () throws(Failure) in
      var files: [SharedFieldFile] = []
      for path in paths { files.append(try SharedFieldFile(path)) }
      return files
    }
    let simulations = files.map(\.metadata)
    reason = try communicator.agree { () throws(Failure) in
      try Self.check(files, settings)
    }
    var particles: [CellSortedParticles] = []
    for simulation in simulations {
      particles.append(try CellSortedParticles(of: simulation, on: node))
    }
    try communicator.agree { () throws(Failure) in
      for index in files.indices where index % node.size == node.rank {
        try particles[index].fill(from: files[index])
      }
    }
    for each in particles { try each.synchronize(on: node) }
    self.input = input
    self.paths = paths
    self.simulations = simulations
    self.voxelSize = voxelSize
    self.particles = particles
  }

  /// The memory that the particles take on this node [bytes].
  package var bytes: Int {
    simulations.reduce(0) { $0 + CellSortedParticles.bytes(gridSize: $1.gridSize) }
  }

  /// Frees the memory.
  ///
  /// Collective; nothing may make boxes any more.
  package func free() throws(MPIError) {
    for each in particles { try each.free() }
  }

  /// Makes the function that writes boxes; it does not keep the store alive.
  ///
  /// - Parameters:
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: The standardization of log10 of the density.
  /// - Returns: The function that writes the box of a sample.
  package func boxWriter(boxWidth: Int, standardization: InputStandardization) -> BoxWriter {
    let makers = particles.map {
      FinalDensityMaker(
        $0, boxWidth: boxWidth, voxelSize: voxelSize,
        standardization: standardization.channels[0])
    }
    return { (oriented, box) throws(Failure) in
      let sample = oriented.sample
      makers[Int(sample.simulation)].write(
        around: Int(sample.site), oriented.orientation, into: box)
    }
  }

  /// The largest number of boxes that the standardization is measured on.
  static let measuredBoxes = 64

  /// Measures the mean and the standard deviation of log10 of the density in boxes.
  ///
  /// Collective; the same for any number of ranks.
  ///
  /// - Parameters:
  ///   - simulations: The number of files of training simulations; it does not matter here.
  ///   - samples: The samples of a training; the first ``measuredBoxes`` or fewer are looked at.
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - communicator: The ranks, which share the work.
  /// - Returns: The standardization of all their voxels taken together.
  /// - Throws: `AgreedFailure` of a `Failure` if all values are the same; `MPIError`.
  package func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) throws -> InputStandardization {
    let measured = samples.prefix(Self.measuredBoxes)
    let write = boxWriter(boxWidth: boxWidth, standardization: .none)
    let count = boxWidth * boxWidth * boxWidth
    var box = [Float](repeating: 0, count: count)
    var moments = [Double](repeating: 0, count: 2 * measured.count)
    try communicator.agree { () throws(Failure) in
      for (index, sample) in measured.enumerated()
      where index % communicator.size == communicator.rank {
        try box.withUnsafeMutableBufferPointer { (box) throws(Failure) in
          guard let start = box.baseAddress else { return }
          try write(OrientedSample(sample), start)
        }
        let mean = box.reduce(0) { $0 + Double($1) } / Double(count)
        moments[2 * index] = mean
        moments[2 * index + 1] =
          box.reduce(0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / Double(count)
      }
    }
    // One rank has each number, and the others zero.
    var span = moments.mutableSpan
    try communicator.allReduce(&span, .sum)
    return try communicator.agree { () throws(Failure) in
      InputStandardization([
        try Standardization(
          combining: measured.indices.map {
            let index = $0 - measured.startIndex
            return (
              count,
              FieldMoments(
                mean: moments[2 * index], standardDeviation: moments[2 * index + 1].squareRoot())
            )
          }, of: "final density in boxes")
      ])
    }
  }

  private static func check(
    _ files: [SharedFieldFile], _ settings: StreamSettings
  ) throws(Failure) -> String {
    for file in files where file.metadata.largestSmoothingLength == nil {
      throw Failure(
        .badData, "making sub-boxes of final/position in \(file.file.path)",
        because: "the field file was made without it",
        remedy: "Set fields.final to true, and run `halompi prepare` again.")
    }
    let bytes = files.reduce(0) { $0 + CellSortedParticles.bytes(gridSize: $1.gridSize) }
    let (size, budget) = ((bytes + (1 << 20) - 1) >> 20, settings.memoryBudget)
    let facts =
      "final particles of \(files.count) simulations take \(size) MiB, and \(budget) MiB "
      + "are allowed on a node"
    guard settings.mode != .stream, size <= budget else {
      throw Failure(
        .badData, "keeping final particles in memory",
        because: settings.mode == .stream ? "stream.mode is stream; \(facts)" : facts,
        remedy: "Set stream.mode to auto, and stream.memoryBudget to \(size) or more.")
    }
    return "\(facts)"
  }
}
