package import Fields
package import MPI

/// The description of an input: what a network sees around a particle.
///
/// All that differs between inputs is here: their names, the data that their boxes are made from,
/// the content that field files must hold for them, and the settings that were published for them.
/// An input has one channel or several; a channel is a number for every voxel, and is standardized
/// on its own. Boxes are [channel, w, w, w]. A new input is a case of ``Name`` and its description
/// below; a new field on the grid is also declared in `GridField`, and computed by
/// `FieldPreparation`.
package struct NetworkInput: Hashable, Sendable {
  /// The inputs that an experiment can have.
  package enum Name: String, Codable, CaseIterable, Hashable, Sendable {
    /// The SPH density of the initial particles, in units of the mean.
    case density

    /// The potential of the density contrast, for which the field files must hold it.
    case potential

    /// The density at the end around the particle's final position, for which the field files must
    /// hold final particles.
    case finalDensity
  }

  /// The data that boxes are made from.
  package enum Source: Hashable, Sendable {
    /// Fields on the Lagrangian grid around the particle's site, a channel each.
    case fields([GridField<Float>])

    /// The particles at the end: log10 of their density in units of the mean around the particle's final
    /// position, in voxels of this width [Mpc/h]; one channel.
    case finalParticles(voxelSize: Double)
  }

  /// The name, by which experiments, models and reports call the input.
  package let name: Name

  /// The content of the boxes in words, such as "initial density".
  package let words: String

  /// The data that boxes are made from.
  package let source: Source

  /// The epochs that were published for the input; those of the boxes' variant without it.
  package let epochs: Int?

  /// The strength of the priors that was published for the input; that of the boxes' variant without it.
  package let alpha: Double?

  init(_ name: Name, _ words: String, _ source: Source, epochs: Int? = nil, alpha: Double? = nil) {
    self.name = name
    self.words = words
    self.source = source
    self.epochs = epochs
    self.alpha = alpha
  }

  /// Describes the input of a name.
  ///
  /// - Parameters:
  ///   - name: The input.
  ///   - finalVoxelSize: The width of the voxels of a final density [Mpc/h]; other inputs have those of
  ///     the grid.
  package init(_ name: Name, finalVoxelSize: Double) {
    // Epochs and priors of other inputs than the density: appendices C and D of the paper.
    switch name {
    case .density: self.init(name, "initial density", .fields([.density]))
    case .potential: self.init(name, "potential", .fields([.potential]), epochs: 40)
    case .finalDensity:
      self.init(
        name, "final density", .finalParticles(voxelSize: finalVoxelSize), epochs: 40, alpha: 1e-3)
    }
  }

  /// Describes the input that a file names, or nil if this program does not make it.
  ///
  /// - Parameters:
  ///   - name: The name in the file.
  ///   - finalVoxelSize: The width of the voxels of a final density [Mpc/h], if the file says it.
  package init?(named name: String, finalVoxelSize: Double?) {
    guard let name = Name(rawValue: name) else { return nil }
    self.init(name, finalVoxelSize: finalVoxelSize ?? .nan)
    if showsFinalParticles, finalVoxelSize == nil { return nil }
  }

  /// The SPH density of the initial particles.
  package static let density = NetworkInput(.density, finalVoxelSize: .nan)
}

extension NetworkInput {
  /// The fields on the grid that boxes are cut from; none for final particles.
  package var fields: [GridField<Float>] {
    switch source {
    case .fields(let fields): fields
    case .finalParticles: []
    }
  }

  /// The number of channels.
  package var channelCount: Int {
    switch source {
    case .fields(let fields): fields.count
    case .finalParticles: 1
    }
  }

  /// The width of the voxels of a final density [Mpc/h]; `nil` of fields, whose grid says it.
  package var finalVoxelSize: Double? {
    switch source {
    case .fields: nil
    case .finalParticles(let voxelSize): voxelSize
    }
  }

  /// Whether the boxes show where particles end, for which field files must hold final particles.
  package var showsFinalParticles: Bool { finalVoxelSize != nil }

  /// Whether the data can be read from files while boxes are made.
  package var canBeStreamed: Bool {
    switch source {
    case .fields: true
    case .finalParticles: false
    }
  }

  /// The memory that the data of a simulation with N^3 particles take if they are resident [bytes].
  package func residentBytes(gridSize: Int) -> Int {
    switch source {
    case .fields(let fields):
      fields.count * gridSize * gridSize * gridSize * MemoryLayout<Float>.stride
    case .finalParticles: CellSortedParticles.bytes(gridSize: gridSize)
    }
  }

  /// Opens the data that boxes are made from.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - communicator: The ranks that make boxes.
  /// - Returns: The source, which is freed collectively.
  /// - Throws: `AgreedFailure` of a `Failure`; `MPIError`.
  package func open(
    _ paths: [String], settings: StreamSettings, on communicator: borrowing Communicator
  ) throws -> any SubBoxSource {
    switch source {
    case .fields:
      try FieldStore(self, of: paths, settings: settings, on: communicator)
    case .finalParticles:
      try FinalParticleStore(self, of: paths, settings: settings, on: communicator)
    }
  }
}
