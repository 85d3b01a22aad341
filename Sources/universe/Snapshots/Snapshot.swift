package import Failures

/// The particles of a simulation at one time, in one file or several.
///
/// Opening reads the headers alone; ``particles(in:velocities:)`` reads rows, so that ranks share
/// the particles out. The value can be sent to other ranks (it is `Codable`), which then need not
/// open all files.
///
/// The format is that of the files' content (``SnapshotFormat``); whatever it is, values are in this
/// library's units and conventions.
package struct Snapshot: Hashable, Codable, Sendable {
  /// A file, and the rows of the snapshot that it holds.
  package struct Part: Hashable, Codable, Sendable {
    /// The path.
    package var path: String

    /// The rows, counted over all files.
    package var rows: Range<Int>
  }

  /// The files in the order of their rows.
  package let parts: [Part]

  /// The number of particles.
  package let particleCount: Int

  /// The side of the periodic box, comoving [Mpc/h].
  package let boxSize: Double

  /// The redshift.
  package let redshift: Double

  /// The mass of each particle [Msun].
  package let particleMass: Double

  /// The background universe.
  package let cosmology: Cosmology

  /// The units of the files.
  package let units: SnapshotUnits

  /// Whether the files state their units.
  package let statesUnits: Bool

  /// The format of the files.
  package let format: SnapshotFormat

  /// The format in words, such as "GADGET binary, SnapFormat 2, big-endian".
  package let formatDescription: String

  /// The width of the files' IDs [bytes].
  package let idByteCount: Int

  /// Whether the files say which halo each particle is in, as SWIFT's do.
  package let hasHaloLabels: Bool

  /// Whether masses are listed particle by particle; reading compares them.
  package let listsMasses: Bool

  /// The facts about the files besides those that they state.
  var supplement = SnapshotSupplement()

  /// The remarks on what was passed over in the files' headers, as sentences for the user.
  package var remarks: [String] = []

  /// The scale factor, 1/(1 + z).
  package var scaleFactor: Double { 1 / (1 + redshift) }

  /// The path of the first file.
  package var path: String { parts[0].path }

  /// The particles along one axis of the initial grid, if their number is a cube.
  package func gridSize() throws(Failure) -> Int {
    let side = Int(Double(particleCount).cubeRoot().rounded())
    guard side * side * side == particleCount else {
      throw Failure(
        .notACube, in: path, dataset: format.names.counts,
        because: "\(particleCount) particles are not the cube of a whole number",
        remedy: "Give a simulation whose particles started from a cubic grid.")
    }
    return side
  }

  /// The possible endings of the first file's name, after the part that all files have in common.
  package static var endings: [String] { SnapshotFiles.endings }

  /// Reads the headers of a snapshot.
  ///
  /// - Parameters:
  ///   - path: A file, the first of several (`snapshot_000.0.hdf5`), what they have in common
  ///     (`snapdir_000/snapshot_000`), or the folder of one snapshot (`snapdir_000`).
  ///   - units: The units of the files; those that the files state, or the usual ones that fit, if not
  ///     given.
  ///   - cosmology: The background universe; that which the files state, if not given.
  ///   - ignoredTypes: The types of particles to leave out, such as neutrinos beside the dark matter.
  /// - Returns: The snapshot, its units converted and checked.
  /// - Throws: A `Failure`.
  package static func open(
    _ path: String, units: SnapshotUnits? = nil, cosmology: Cosmology? = nil,
    ignoring ignoredTypes: [Int] = []
  ) throws(Failure) -> Snapshot {
    let supplement = SnapshotSupplement(
      units: units, cosmology: cosmology, ignoredTypes: ignoredTypes)
    let files = try SnapshotFiles(path, prefixes: ["snapshot", "snap_", "ics", "gadget"])
    let format = try SnapshotFormat.detected(in: files.first)
    let header = try format.file.init(files.first, supplement).header
    var parts: [Part] = []
    var end = 0
    for (index, path) in try files.all(header.fileCount).enumerated() {
      let file = try format.file.init(path, supplement)
      let own = index == 0 ? header : file.header
      guard own.agrees(with: header) else {
        throw Failure(
          .inconsistentCounts, in: path, dataset: format.names.header,
          because: "box, time or number of particles differ from those of \(files.first)",
          remedy: "Put the files of one snapshot together.")
      }
      let (next, isBeyond) = end.addingReportingOverflow(own.countInFile)
      guard !isBeyond, next <= header.count else { throw sumError(next, header, format, files) }
      if end < next { try file.checkRows() }
      parts.append(Part(path: path, rows: end..<next))
      end = next
    }
    guard end == header.count, let part = parts.first(where: { !$0.rows.isEmpty }) else {
      throw sumError(end, header, format, files)
    }
    let file = try format.file.init(part.path, supplement)
    let mass = header.mass > 0 ? header.mass : try file.masses(0..<1)[0]
    let ignoredMass = try Self.ignoredMass(header, parts.map(\.path), format, supplement)
    try header.types.check(
      ignoredMass: ignoredMass, darkMass: mass * Double(header.count), files.first)
    let used = try header.units(
      given: units, particleMass: mass, ignoredMass: ignoredMass, format.names, files.first)
    return Snapshot(
      parts: parts, particleCount: header.count, boxSize: header.boxSize * used.length,
      redshift: header.redshift, particleMass: mass * used.mass / header.cosmology.hubble,
      cosmology: header.cosmology, units: used, statesUnits: header.statedUnits != nil,
      format: format, formatDescription: file.formatDescription,
      idByteCount: try file.idByteCount(),
      hasHaloLabels: try file.haloLabels(0..<0) != nil, listsMasses: header.mass == 0,
      supplement: supplement, remarks: header.remarks)
  }

  private static func sumError(
    _ sum: Int, _ header: SnapshotHeader, _ format: SnapshotFormat, _ files: SnapshotFiles
  ) -> Failure {
    Failure(
      .inconsistentCounts, in: files.first, dataset: format.names.counts,
      because: "the files hold \(sum) particles of type 1, the header says \(header.count)",
      remedy: "Put all files of the snapshot together; one may be missing or cut off.")
  }

  /// The mass of all ignored particles in the files' unit; that of each from the mass table, or the first
  /// one that is listed.
  private static func ignoredMass(
    _ header: SnapshotHeader, _ paths: [String], _ format: SnapshotFormat,
    _ supplement: SnapshotSupplement
  ) throws(Failure) -> Double {
    var sum = 0.0
    for (type, count) in header.types.ignored.sorted(by: { $0.key < $1.key }) {
      var mass = header.massTable.indices.contains(type) ? header.massTable[type] : 0
      for path in paths where mass == 0 {
        mass = try format.file.init(path, supplement).firstMass(ofType: type)
      }
      sum += mass * Double(count)
    }
    return sum
  }
}
