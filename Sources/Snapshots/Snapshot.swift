/// The particles of a simulation at one time, in one file or several.
///
/// Opening reads the headers alone; ``particles(in:velocities:)`` reads rows, so that ranks share
/// the particles out. The value can be sent to other ranks (it is `Codable`), which then need not
/// open all files.
///
/// It reads the HDF5 layout that GADGET-4 writes: groups `Header`, `Parameters` and `PartType1`
/// with `Coordinates`, `Velocities`, `ParticleIDs`, and `Masses` unless `MassTable` has the mass.
/// What is particular to this layout is in ``open(_:)`` and `particles`; another format is another
/// way to make this value and to read its rows.
public struct Snapshot: Hashable, Codable, Sendable {
  /// A file, and the rows of the snapshot that it holds.
  public struct Part: Hashable, Codable, Sendable {
    /// The path.
    public var path: String

    /// The rows, counted over all files.
    public var rows: Range<Int>
  }

  /// The files in the order of their rows.
  public let parts: [Part]

  /// The number of particles.
  public let particleCount: Int

  /// The side of the periodic box, comoving [Mpc/h].
  public let boxSize: Double

  /// The redshift.
  public let redshift: Double

  /// The mass of each particle [Msun].
  public let particleMass: Double

  /// The background universe.
  public let cosmology: Cosmology

  /// The units of the files.
  public let units: SnapshotUnits

  /// Whether masses are listed particle by particle, so that reading must compare them.
  let listsMasses: Bool

  /// The scale factor, 1/(1 + z).
  public var scaleFactor: Double { 1 / (1 + redshift) }

  /// The path of the first file.
  public var path: String { parts[0].path }

  /// The particles along one axis of the initial grid, if their number is a cube.
  public func gridSize() throws(SnapshotError) -> Int {
    var side = 1
    while side * side * side < particleCount { side += 1 }
    guard side * side * side == particleCount else {
      throw SnapshotError(
        .notACube, in: path, dataset: "attribute Header/NumPart_Total",
        because: "\(particleCount) particles are not the cube of a whole number",
        remedy: "Give a simulation whose particles started from a cubic grid.")
    }
    return side
  }

  /// Reads the headers of a snapshot.
  ///
  /// - Parameter path: A file, the first of several (`snapshot_000.0.hdf5`), what they have in
  ///   common (`snapdir_000/snapshot_000`), or the folder of one snapshot (`snapdir_000`).
  /// - Returns: The snapshot, its units converted and checked.
  /// - Throws: A ``SnapshotError``.
  public static func open(_ path: String) throws(SnapshotError) -> Snapshot {
    let files = try SnapshotFiles(path, prefixes: ["snapshot", "snap_", "ics"])
    let header = try SnapshotHeader(of: SnapshotSource(files.first))
    var parts: [Part] = []
    var end = 0
    for (index, file) in try files.all(header.fileCount).enumerated() {
      let own = index == 0 ? header : try SnapshotHeader(of: SnapshotSource(file))
      guard own.agrees(with: header) else {
        throw SnapshotError(
          .inconsistentCounts, in: file, dataset: "group Header",
          because: "box, time or number of particles differ from those of \(files.first)",
          remedy: "Put the files of one snapshot together.")
      }
      parts.append(Part(path: file, rows: end..<end + own.countInFile))
      end += own.countInFile
    }
    guard end == header.count else {
      throw SnapshotError(
        .inconsistentCounts, in: files.first, dataset: "attribute Header/NumPart_ThisFile",
        because: "the files hold \(end) particles of type 1, the header says \(header.count)",
        remedy: "Put all files of the snapshot together; one may be missing or cut off.")
    }
    var mass = header.mass
    if mass == 0, let part = parts.first(where: { !$0.rows.isEmpty }) {
      let source = try SnapshotSource(part.path)
      mass = try source.rows("PartType1/Masses", 0..<1, of: part.rows.count, as: Double.self)[0]
    }
    let units = try header.units(particleMass: mass, files.first)
    return Snapshot(
      parts: parts, particleCount: header.count, boxSize: header.boxSize * units.length,
      redshift: header.redshift, particleMass: mass * units.mass / header.cosmology.hubble,
      cosmology: header.cosmology, units: units, listsMasses: header.mass == 0)
  }
}
