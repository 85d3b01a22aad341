package import Failures
package import Fields
internal import HDF5
package import MPI

/// The fields of several simulations, from which sub-boxes are cut, a channel of each.
///
/// Either they are resident: one copy in memory that all ranks of a node share. Or they are
/// streamed: each process reads the chunks that its boxes need, and keeps those used last. Boxes
/// have the same bits either way.
///
/// Resident fields are freed collectively, by ``free()`` on all ranks of the communicator.
package final class FieldStore: SubBoxSource {
  /// The voxels: for each channel, the fields of all simulations, or a cache of their chunks.
  private enum Voxels {
    case resident([[ResidentField]])
    case streamed([ChunkCache])
  }

  /// The voxels along each axis of what is read at a time from fields that are not in memory.
  package static var chunkWidth: Int { ChunkCache.chunkWidth }

  /// The input that the boxes show: fields on the grid.
  package let input: NetworkInput

  /// The field files, in the order in which ``Sample/simulation`` counts them.
  package let paths: [String]

  /// The metadata of the files.
  package let simulations: [FieldMetadata]

  /// The source of boxes: ``StreamSettings/Mode/resident`` or ``StreamSettings/Mode/stream``.
  package let mode: StreamSettings.Mode

  /// The reason for the mode: the mode that was asked for, the size of the fields, and the budget.
  package let reason: String

  private let voxels: Voxels

  /// Opens fields, and reads them into memory if they are to be resident.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - input: The input that the boxes show: fields on the grid.
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - communicator: The ranks that cut boxes.
  /// - Throws: `AgreedFailure` of the `Failure` of a file that cannot be read, or of settings
  ///   that ask for more memory than they allow; `MPIError`.
  package init(
    _ input: NetworkInput = .density, of paths: [String], settings: StreamSettings,
    on communicator: borrowing Communicator
  ) throws {
    let fields = input.fields
    precondition(!fields.isEmpty, "\(input.words) is not on the grid")
    let node = try communicator.splitByNode()
    let files = try communicator.agree { () throws(Failure) in
      var files: [SharedFieldFile] = []
      for path in paths {
        let file = try SharedFieldFile(path)
        for field in fields where file.metadata.moments(of: field) == nil {
          throw Failure.missing(field, of: file.metadata, in: path)
        }
        files.append(file)
      }
      return files
    }
    self.input = input
    self.paths = paths
    simulations = files.map(\.metadata)
    let size = Self.bytes(input, of: simulations)
    (mode, reason) = try communicator.agree { () throws(Failure) in
      try Self.mode(settings, bytes: size, fields: paths.count * fields.count)
    }
    if mode == .resident {
      var channels: [[ResidentField]] = []
      for field in fields {
        channels.append(try Self.residentFields(field, of: files, on: node, communicator))
      }
      voxels = .resident(channels)
    } else {
      let share = (settings.memoryBudget << 20) / node.size / fields.count
      voxels = .streamed(fields.map { ChunkCache(of: $0, in: files, bytes: share) })
    }
  }

  /// Reads fields into memory, every rank of a node its share of their planes.
  private static func residentFields(
    _ field: GridField<Float>, of files: [SharedFieldFile], on node: borrowing Communicator,
    _ communicator: borrowing Communicator
  ) throws -> [ResidentField] {
    var fields: [ResidentField] = []
    for file in files {
      fields.append(try ResidentField(count: file.metadata.siteCount, on: node))
    }
    let share = PlaneSlabs(gridSizes: files.map(\.gridSize)).share(of: node.rank, among: node.size)
    try communicator.agree { () throws(Failure) in
      for slab in share {
        let file = files[slab.simulation]
        let start = slab.planes.lowerBound * file.gridSize * file.gridSize
        try file.file.read(
          field, planes: slab.planes, into: fields[slab.simulation].voxels + start)
      }
    }
    for field in fields { try field.synchronize(on: node) }
    return fields
  }

  /// The memory that the fields take on this node, or the cache in this process [bytes].
  package var bytes: Int {
    switch voxels {
    case .resident: Self.bytes(input, of: simulations)
    case .streamed(let caches): caches.reduce(0) { $0 + $1.bytes }
    }
  }

  /// Frees the memory of resident fields.
  ///
  /// Collective; nothing may cut boxes any more. Without it the memory is kept until the process
  /// ends.
  package func free() throws(MPIError) {
    guard case .resident(let channels) = voxels else { return }
    for fields in channels {
      for field in fields { try field.free() }
    }
  }

  /// Gives the fields of a simulation in memory other phases, all channels alike.
  ///
  /// Collective; the fields are resident, and nothing cuts boxes meanwhile.
  ///
  /// - Parameters:
  ///   - phases: The phases.
  ///   - simulation: The index of the simulation.
  ///   - threads: The threads of each rank.
  ///   - communicator: The ranks that cut boxes.
  /// - Throws: The error that MPI reported, in an `AgreedFailure`.
  package func change(
    _ phases: PhaseChange, of simulation: Int, threads: Int,
    on communicator: borrowing Communicator
  ) throws {
    guard case .resident(let channels) = voxels else {
      preconditionFailure("fields are changed in memory only")
    }
    let node = try communicator.splitByNode()
    let (gridSize, boxSize) = (
      simulations[simulation].gridSize, simulations[simulation].boxSize
    )
    let decomposition = PlaneDecomposition(gridSize: gridSize, ranks: communicator.size)
    for fields in channels {
      let field = fields[simulation]
      let own = UnsafeBufferPointer(
        rebasing: UnsafeBufferPointer(
          start: field.voxels, count: gridSize * gridSize * gridSize)[
            decomposition.sites(of: communicator.rank)])
      let changed = try phases.apply(
        to: Array(own), gridSize: gridSize, boxSize: boxSize, threads: threads, on: communicator)
      // Every rank has read its planes before the first is written.
      try communicator.barrier()
      for rank in 0..<communicator.size {
        let planes = try communicator.broadcast(changed, from: rank)
        guard node.isRoot, !planes.isEmpty else { continue }
        let start = field.voxels + decomposition.sites(of: rank).lowerBound
        start.update(from: planes, count: planes.count)
      }
      try field.synchronize(on: node)
    }
  }

  /// The size of the voxels of all simulations [bytes].
  private static func bytes(_ input: NetworkInput, of simulations: [FieldMetadata]) -> Int {
    simulations.reduce(0) { $0 + input.residentBytes(gridSize: $1.gridSize) }
  }

  /// Chooses the place that boxes are cut from, by the total size of the fields, and says why.
  ///
  /// - Parameters:
  ///   - settings: The mode that is asked for, and the memory that is allowed.
  ///   - bytes: The total size of the fields [bytes].
  ///   - fields: The number of fields.
  /// - Returns: The mode, resident or streamed, and the reason.
  /// - Throws: `Failure` if fields that do not fit the budget are to be in memory.
  package static func mode(
    _ settings: StreamSettings, bytes: Int, fields: Int
  ) throws(Failure) -> (StreamSettings.Mode, String) {
    let budget = settings.memoryBudget
    let size = (bytes + (1 << 20) - 1) >> 20
    let facts = "\(fields) fields take \(size) MiB, and \(budget) MiB are allowed on a node"
    switch settings.mode {
    case .stream: return (.stream, "asked for; \(facts)")
    case .auto: return (size <= budget ? .resident : .stream, "chosen because \(facts)")
    case .resident:
      guard size <= budget else {
        throw Failure(
          .badData, "keeping fields in memory", because: facts,
          remedy: "Raise memoryBudget, or set the mode to stream or auto.")
      }
      return (.resident, "asked for; \(facts)")
    }
  }

  /// Finds the shift and the scale of each field from the moments that the files hold.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - simulations: The number of files, counted from the first, of training simulations.
  ///   - samples: The samples that a network is trained on; they do not matter here.
  ///   - boxWidth: The number of voxels along each axis of a box; it does not matter here.
  ///   - communicator: The ranks.
  /// - Returns: The standardization of each field of these simulations taken as one.
  /// - Throws: `AgreedFailure` of a `Failure` if all values are the same; `MPIError`.
  package func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) throws -> InputStandardization {
    try communicator.agree { () throws(Failure) in
      let training = Array(self.simulations.prefix(simulations))
      return InputStandardization(
        try input.fields.map { (field) throws(Failure) in
          try Standardization(of: field, in: training)
        })
    }
  }

  /// Makes the function that writes boxes; it does not keep the store alive.
  ///
  /// - Parameters:
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: The standardization of the values of each field.
  /// - Returns: The function that writes the box of a sample.
  package func boxWriter(boxWidth: Int, standardization: InputStandardization) -> BoxWriter {
    precondition(
      standardization.channels.count == input.channelCount, "scales of another input's channels")
    let cutters = standardization.channels.map { scale in
      simulations.map {
        SubBoxCutter(boxWidth: boxWidth, gridSize: $0.gridSize, standardization: scale)
      }
    }
    return { [unowned(unsafe) self] (oriented, box) throws(Failure) in
      let sample = oriented.sample
      let simulation = Int(sample.simulation)
      let shown = input.channels(in: oriented.orientation)
      for (channel, cutters) in cutters.enumerated() {
        let cutter = cutters[simulation]
        try cut(
          shown[channel].channel, around: Int(sample.site), of: simulation, with: cutter,
          oriented.orientation, sign: shown[channel].sign,
          into: box + channel * cutter.voxelCount)
      }
    }
  }

  /// Writes a channel of the box around a site.
  ///
  /// May be called by several threads at once, which take turns at streamed fields.
  ///
  /// - Parameters:
  ///   - channel: The channel.
  ///   - site: The index of the center voxel, (ix N + iy) N + iz.
  ///   - simulation: The index of the field.
  ///   - cutter: Made for the size of the field.
  ///   - orientation: The orientation of the box.
  ///   - sign: 1, or -1 for the field of the opposite sign.
  ///   - box: The destination of the box, [w, w, w].
  /// - Throws: `Failure` if a file cannot be read.
  package func cut(
    _ channel: Int, around site: Int, of simulation: Int, with cutter: SubBoxCutter,
    _ orientation: CubeOrientation = .identity, sign: Float = 1,
    into box: UnsafeMutablePointer<Float>
  ) throws(Failure) {
    precondition(
      cutter.gridSize == simulations[simulation].gridSize, "the cutter is made for another field")
    switch voxels {
    case .resident(let channels):
      cutter.cut(
        around: site, from: channels[channel][simulation].voxels, orientation, sign: sign,
        into: box)
    case .streamed(let caches):
      try caches[channel].cut(
        around: site, of: simulation, with: cutter, orientation, sign: sign, into: box)
    }
  }
}
