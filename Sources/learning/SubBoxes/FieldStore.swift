package import Fields
internal import HDF5
package import MPI

/// The fields of several simulations, from which sub-boxes are cut.
///
/// Either they are resident: one copy in memory that all ranks of a node share. Or they are
/// streamed: each process reads the chunks that its boxes need, and keeps those used last. Boxes
/// have the same bits either way.
///
/// Resident fields are freed collectively, by ``free()`` on all ranks of the communicator.
package final class FieldStore: SubBoxSource {
  /// Where the voxels are.
  private enum Voxels {
    case resident([ResidentField])
    case streamed(ChunkCache)
  }

  /// The voxels along each axis of what is read at a time from fields that are not in memory.
  package static var chunkWidth: Int { ChunkCache.chunkWidth }

  /// The field that boxes are cut from.
  package let field: GridField<Float>

  /// The field that boxes are cut from, as an input of a network.
  package var input: BoxInput { .field(field) }

  /// The field files, in the order in which ``Sample/simulation`` counts them.
  package let paths: [String]

  /// What the files say about themselves.
  package let simulations: [FieldMetadata]

  /// Where boxes are cut from: ``StreamSettings/Mode/resident`` or ``StreamSettings/Mode/stream``.
  package let mode: StreamSettings.Mode

  /// Why: the mode that was asked for, the size of the fields, and the budget.
  package let reason: String

  private let voxels: Voxels

  /// Opens fields, and reads them into memory if they are to be resident.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - field: The field that boxes are cut from.
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The same on every rank.
  ///   - communicator: The ranks that cut boxes.
  /// - Throws: `AgreedFailure` of the ``SubBoxError`` of a file that cannot be read, or of settings
  ///   that ask for more memory than they allow; `MPIError`.
  package init(
    _ field: GridField<Float> = .density, of paths: [String], settings: StreamSettings,
    on communicator: borrowing Communicator
  ) throws {
    let node = try communicator.splitByNode()
    let files = try communicator.agree { () throws(SubBoxError) in
      var files: [FieldReader] = []
      for path in paths {
        let file = try FieldReader(path)
        guard file.metadata.moments(of: field) != nil else {
          throw SubBoxError.missing(field, of: file.metadata, in: path)
        }
        files.append(file)
      }
      return files
    }
    self.field = field
    self.paths = paths
    simulations = files.map(\.metadata)
    let size = Self.bytes(simulations)
    (mode, reason) = try communicator.agree { () throws(SubBoxError) in
      try Self.mode(settings, bytes: size, fields: paths.count)
    }
    if mode == .resident {
      voxels = .resident(try Self.residentFields(field, of: files, on: node, communicator))
    } else {
      let share = (settings.memoryBudget << 20) / node.size
      voxels = .streamed(ChunkCache(of: field, in: files, bytes: share))
    }
  }

  /// Reads fields into memory, every rank of a node its share of their planes.
  private static func residentFields(
    _ field: GridField<Float>, of files: [FieldReader], on node: borrowing Communicator,
    _ communicator: borrowing Communicator
  ) throws -> [ResidentField] {
    var fields: [ResidentField] = []
    for file in files {
      fields.append(try ResidentField(count: file.metadata.siteCount, on: node))
    }
    let share = PlaneSlabs(gridSizes: files.map(\.gridSize)).share(of: node.rank, among: node.size)
    try communicator.agree { () throws(SubBoxError) in
      for slab in share {
        let file = files[slab.simulation]
        let start = slab.planes.lowerBound * file.gridSize * file.gridSize
        try file.read(
          field, planes: slab.planes, into: fields[slab.simulation].voxels + start)
      }
    }
    for field in fields { try field.synchronize(on: node) }
    return fields
  }

  /// The memory that the fields take on this node, or the cache in this process [bytes].
  package var bytes: Int {
    switch voxels {
    case .resident: Self.bytes(simulations)
    case .streamed(let cache): cache.bytes
    }
  }

  /// Frees the memory of resident fields.
  ///
  /// Collective; nothing may cut boxes any more. Without it the memory is kept until the process
  /// ends.
  package func free() throws(MPIError) {
    guard case .resident(let fields) = voxels else { return }
    for field in fields { try field.free() }
  }

  /// The size of the voxels of a field of all simulations [bytes].
  private static func bytes(_ simulations: [FieldMetadata]) -> Int {
    simulations.reduce(0) { $0 + $1.siteCount * MemoryLayout<Float>.stride }
  }

  /// Chooses where fields of a total size are cut from, and says why.
  ///
  /// - Parameters:
  ///   - settings: What is asked for and allowed.
  ///   - bytes: The size of the fields together.
  ///   - fields: How many fields these are.
  /// - Returns: Resident or streamed, and why.
  /// - Throws: ``SubBoxError`` if fields that do not fit the budget are to be in memory.
  package static func mode(
    _ settings: StreamSettings, bytes: Int, fields: Int
  ) throws(SubBoxError) -> (StreamSettings.Mode, String) {
    let budget = settings.memoryBudget
    let size = (bytes + (1 << 20) - 1) >> 20
    let facts = "\(fields) fields take \(size) MiB, and \(budget) MiB are allowed on a node"
    switch settings.mode {
    case .stream: return (.stream, "asked for; \(facts)")
    case .auto: return (size <= budget ? .resident : .stream, "chosen because \(facts)")
    case .resident:
      guard size <= budget else {
        throw SubBoxError(
          .settings, while: "keeping fields in memory", because: facts,
          remedy: "Raise memoryBudget, or set the mode to stream or auto.")
      }
      return (.resident, "asked for; \(facts)")
    }
  }

  /// Finds the shift and the scale of the field, of which the files hold the moments.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - simulations: How many of the files, from the first, are of training simulations.
  ///   - samples: The samples that a network is trained on; they do not matter here.
  ///   - boxWidth: The number of voxels along each axis of a box; it does not matter here.
  ///   - communicator: The ranks.
  /// - Returns: The standardization of the field of these simulations taken as one.
  /// - Throws: `AgreedFailure` of a ``SubBoxError`` if all values are the same; `MPIError`.
  package func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) throws -> Standardization {
    try communicator.agree { () throws(SubBoxError) in
      try Standardization(of: field, in: Array(self.simulations.prefix(simulations)))
    }
  }

  /// Makes what writes boxes; it does not keep the store.
  ///
  /// - Parameters:
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: How the values of the field are standardized.
  /// - Returns: What writes the box of a sample.
  package func boxWriter(boxWidth: Int, standardization: Standardization) -> BoxWriter {
    let cutters = simulations.map {
      SubBoxCutter(
        boxWidth: boxWidth, gridSize: $0.gridSize, standardization: standardization)
    }
    return { [unowned(unsafe) self] (sample, box) throws(SubBoxError) in
      let simulation = Int(sample.simulation)
      try cut(around: Int(sample.site), of: simulation, with: cutters[simulation], into: box)
    }
  }

  /// Writes the box around a site.
  ///
  /// May be called by several threads at once, which take turns at streamed fields.
  ///
  /// - Parameters:
  ///   - site: The index of the center voxel, (ix N + iy) N + iz.
  ///   - simulation: The index of the field.
  ///   - cutter: Made for the size of the field.
  ///   - box: Where the box is written, [w, w, w].
  /// - Throws: ``SubBoxError`` if a file cannot be read.
  package func cut(
    around site: Int, of simulation: Int, with cutter: SubBoxCutter,
    into box: UnsafeMutablePointer<Float>
  ) throws(SubBoxError) {
    precondition(
      cutter.gridSize == simulations[simulation].gridSize, "the cutter is made for another field")
    switch voxels {
    case .resident(let fields):
      cutter.cut(around: site, from: fields[simulation].voxels, into: box)
    case .streamed(let cache):
      try cache.cut(around: site, of: simulation, with: cutter, into: box)
    }
  }
}
