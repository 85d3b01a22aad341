package import Fields
internal import HDF5
package import MPI

/// What the voxels of sub-boxes are values of.
package enum BoxInput: Hashable, Sendable {
  /// A field on the Lagrangian grid, around the particle's site.
  case field(GridField<Float>)

  /// log10 of the final density in units of the mean, around the particle's final position, in voxels
  /// of this width [Mpc/h].
  case finalDensity(voxelSize: Double)

  /// The width of the voxels of a final density [Mpc/h]; `nil` of a field, whose grid says it.
  package var finalVoxelSize: Double? {
    if case .finalDensity(let voxelSize) = self { voxelSize } else { nil }
  }

  /// The name by which a model says what it was shown.
  package var name: String {
    switch self {
    case .field(let field): field.dataset
    case .finalDensity: "finalDensity"
    }
  }
}

extension BoxInput {
  /// Opens the data that boxes are made from.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - communicator: The ranks that make boxes.
  /// - Returns: The source, which is freed collectively.
  /// - Throws: `AgreedFailure` of a ``SubBoxError``; `MPIError`.
  package func open(
    _ paths: [String], settings: StreamSettings, on communicator: borrowing Communicator
  ) throws -> any SubBoxSource {
    switch self {
    case .field(let field):
      try FieldStore(field, of: paths, settings: settings, on: communicator)
    case .finalDensity(let voxelSize):
      try FinalParticleStore(
        of: paths, voxelSize: voxelSize, settings: settings, on: communicator)
    }
  }

  /// The memory that the data of a simulation with N^3 particles take if they are resident [bytes].
  package func residentBytes(gridSize: Int) -> Int {
    switch self {
    case .field: gridSize * gridSize * gridSize * MemoryLayout<Float>.stride
    case .finalDensity: CellSortedParticles.bytes(gridSize: gridSize)
    }
  }
}

/// What writes the standardized box of a sample, [w, w, w]; several threads may call it at once.
package typealias BoxWriter =
  @Sendable (Sample, UnsafeMutablePointer<Float>) throws(SubBoxError) -> Void

/// The data of several simulations from which sub-boxes are made.
///
/// A source that ranks of a node share is freed collectively, by ``free()``.
package protocol SubBoxSource: AnyObject, Sendable {
  /// What the voxels are values of.
  var input: BoxInput { get }

  /// The field files, in the order in which ``Sample/simulation`` counts them.
  var paths: [String] { get }

  /// What the files say about themselves.
  var simulations: [FieldMetadata] { get }

  /// Where the data are: ``StreamSettings/Mode/resident`` or ``StreamSettings/Mode/stream``.
  var mode: StreamSettings.Mode { get }

  /// Why: the mode that was asked for, the size of the data, and the budget.
  var reason: String { get }

  /// The memory that the data take on this node, or the cache in this process [bytes].
  var bytes: Int { get }

  /// Finds the shift and the scale of the values.
  ///
  /// Collective; the same for any number of ranks.
  ///
  /// - Parameters:
  ///   - simulations: How many of the files, from the first, are of training simulations.
  ///   - samples: The samples that a network is trained on.
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - communicator: The ranks, which share the work.
  /// - Returns: What brings the values to mean 0 and standard deviation 1.
  /// - Throws: `AgreedFailure` of a ``SubBoxError`` if all values are the same; `MPIError`.
  func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) throws -> Standardization

  /// Makes what writes boxes; it does not keep the source.
  ///
  /// - Parameters:
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: How the values are standardized.
  /// - Returns: What writes the box of a sample.
  func boxWriter(boxWidth: Int, standardization: Standardization) -> BoxWriter

  /// Frees what the ranks of a node share.
  ///
  /// Collective; nothing may make boxes any more.
  func free() throws(MPIError)
}
