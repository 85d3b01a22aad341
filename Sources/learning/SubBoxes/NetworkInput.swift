package import Fields
package import MPI

/// The description of an input: what a network sees around a particle.
///
/// All that differs between inputs is here: their names, the data that their boxes are made from,
/// the content that field files must hold for them, and the settings that were published for them.
/// An input has one channel or several; a channel is a number for every voxel, and is standardized
/// on its own. Boxes are [channel, w, w, w]. Inputs of fields on the grid can be put together: the
/// channels of one follow those of another. A new input is a case of ``Name`` and its description
/// below; a new field on the grid is also declared in `GridField`, and computed by
/// `FieldPreparation`.
package struct NetworkInput: Hashable, Sendable {
  /// The inputs that an experiment can have.
  package enum Name: String, Codable, CaseIterable, Hashable, Sendable {
    /// The SPH density of the initial particles, in units of the mean.
    case density

    /// The potential of the density contrast, for which the field files must hold it.
    case potential

    /// The eigenvalues of the tidal tensor without its trace, three channels, for which the field files must hold
    /// them.
    case shear

    /// The six components of the tidal tensor, for which the field files must hold them.
    case tides

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

  /// The names of the inputs that are put together, at least one.
  package let names: [Name]

  /// The filter of the density that the fields follow from.
  package let filter: FieldFilter?

  /// The content of the boxes in words, such as "initial density".
  package let words: String

  /// The data that boxes are made from.
  package let source: Source

  /// The epochs that were published for the input; those of the boxes' variant without it.
  package let epochs: Int?

  /// The strength of the priors that was published for the input; that of the boxes' variant without it.
  package let alpha: Double?

  /// Joins the names of several inputs, in files and names of folders.
  private static let separator = "-"

  init(
    _ names: [Name], filter: FieldFilter? = nil, _ words: String, _ source: Source,
    epochs: Int? = nil, alpha: Double? = nil
  ) {
    self.names = names
    self.filter = filter
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
    case .density: self.init([name], "initial density", .fields([.density]))
    case .potential: self.init([name], "potential", .fields([.potential]), epochs: 40)
    case .shear: self.init([name], "tidal shear", .fields(GridField.shear))
    case .tides: self.init([name], "tidal tensor", .fields(GridField.tides))
    case .finalDensity:
      self.init(
        [name], "final density", .finalParticles(voxelSize: finalVoxelSize), epochs: 40, alpha: 1e-3
      )
    }
  }

  /// Describes the inputs of several names, put together in their order.
  ///
  /// No epochs and no priors were published for several together, nor for filtered ones.
  ///
  /// - Parameters:
  ///   - names: The inputs, of which ``problem(of:filter:)`` finds nothing to refuse.
  ///   - filter: The filter of the density that all of them follow from.
  ///   - finalVoxelSize: The width of the voxels of a final density [Mpc/h].
  package init(_ names: [Name], filter: FieldFilter? = nil, finalVoxelSize: Double) {
    let parts = names.map { NetworkInput($0, finalVoxelSize: finalVoxelSize) }
    if parts.count == 1, filter == nil {
      self = parts[0]
    } else {
      let earlier = parts.dropLast().map(\.words).joined(separator: ", ")
      let fields = parts.flatMap(\.fields)
      self.init(
        names, filter: filter,
        (earlier.isEmpty ? "" : earlier + " and ") + (parts.last?.words ?? "")
          + (filter.map { ", \($0.words)" } ?? ""),
        .fields(filter.map { filter in fields.map { $0.filtered(by: filter) } } ?? fields))
    }
  }

  /// Returns why inputs cannot be put together, and what to do about it, as clauses; `nil` if they can.
  package static func problem(
    of names: [Name], filter: FieldFilter? = nil
  ) -> (reason: String, remedy: String)? {
    if names.isEmpty { return ("it names no input", "name one input or more") }
    if Set(names).count < names.count {
      return ("it names an input twice", "name every input once")
    }
    if names.count > 1, names.contains(.finalDensity) {
      return (
        "finalDensity is around the place where a particle ends, and other inputs are around its site",
        "name finalDensity alone, or leave it out"
      )
    }
    if filter != nil, names.contains(.finalDensity) {
      return (
        "finalDensity is made of particles, and a filter is for fields on the grid",
        "leave out fields.filter, or name another input"
      )
    }
    return nil
  }

  /// Describes the input that a file names, or nil if this program does not make it.
  ///
  /// - Parameters:
  ///   - name: The name in the file.
  ///   - finalVoxelSize: The width of the voxels of a final density [Mpc/h], if the file says it.
  package init?(named name: String, finalVoxelSize: Double?) {
    var words = name.split(separator: Self.separator, omittingEmptySubsequences: false)
      .map(String.init)
    let filter = words.last.flatMap(FieldFilter.init(named:))
    if filter != nil { words.removeLast() }
    let names = words.compactMap(Name.init(rawValue:))
    guard names.count == words.count, Self.problem(of: names, filter: filter) == nil else {
      return nil
    }
    self.init(names, filter: filter, finalVoxelSize: finalVoxelSize ?? .nan)
    if showsFinalParticles, finalVoxelSize == nil { return nil }
  }

  /// The SPH density of the initial particles.
  package static let density = NetworkInput(.density, finalVoxelSize: .nan)
}

extension NetworkInput {
  /// The names in one word, by which models and reports call the input; a filter is the last of them.
  package var name: String {
    (names.map(\.rawValue) + (filter.map { [$0.name] } ?? [])).joined(separator: Self.separator)
  }

  /// Returns the channel of the fields that each channel of a box shows in an orientation, and the sign that it gets.
  ///
  /// The components of a tensor change places with the axes; other fields stay where they are.
  func channels(in orientation: CubeOrientation) -> [(channel: Int, sign: Float)] {
    let fields = fields
    return fields.indices.map { channel in
      guard let axes = fields[channel].tensorAxes else { return (channel, 1) }
      let shown = orientation.component(along: axes)
      return (fields.firstIndex { $0.tensorAxes == shown.axes } ?? channel, shown.sign)
    }
  }

  /// The names of the channels: the datasets of fields on the grid.
  package var channelNames: [String] {
    switch source {
    case .fields(let fields): fields.map(\.dataset)
    case .finalParticles: [name]
    }
  }

  /// Whether channels are components of a tensor, which change with the orientation of a box.
  package var hasDirections: Bool { fields.contains { $0.tensorAxes != nil } }

  /// The fields on the grid that boxes are cut from; none for final particles.
  package var fields: [GridField<Float>] {
    switch source {
    case .fields(let fields): fields
    case .finalParticles: []
    }
  }

  /// The channel of the initial density; `nil` if it is none.
  var densityChannel: Int? {
    fields.firstIndex(of: filter.map { GridField.density.filtered(by: $0) } ?? .density)
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
