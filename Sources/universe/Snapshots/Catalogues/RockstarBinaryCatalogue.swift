internal import Failures
internal import Foundation

/// Halos of ROCKSTAR in binary: `halos_N.0.bin` and so on, each with a header of 256 bytes, records of halos, and the
/// IDs of the particles that belong to each halo and to none within it.
///
/// Masses are the first definition (Mvir unless another was chosen) in Msun/h, positions in Mpc/h, radii in kpc/h. The
/// files do not say which halo is within which: as in ROCKSTAR's own program for parents, it is the one whose sphere has
/// its center, here the most massive. Which particles are bound, and r200m, is not written.
/// Behroozi, Wechsler & Wu (2013), doi:10.1088/0004-637X/762/2/109.
enum RockstarBinaryCatalogue: CatalogueFile {
  static let formatDescription = "halos_N.0.bin of ROCKSTAR, binary"
  static let endings = [".0.bin"]
  static let names = GroupTables.Names(
    lengths: "halos, num_p", offsets: "halos, p_start", masses: "halos, m",
    positions: "halos, pos", radii: "halos, r")

  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool {
    Part.isBigEndian(candidate.bytes) != nil
  }

  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    var files = [first]
    if first.hasSuffix(endings[0]) {
      let stem = first.dropLast(endings[0].count)
      while FileManager.default.fileExists(atPath: "\(stem).\(files.count).bin") {
        files.append("\(stem).\(files.count).bin")
      }
    }
    let objects = try Objects(files, snapshot)
    return try objects.halos.catalogue(
      files, .rockstarBinary, lengthUnit: 1, isBound: false, of: snapshot, nested: objects.nested)
  }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers {
    var members = ListedMembers()
    var object = 0
    for path in catalogue.files {
      let part = try Part(path, snapshot)
      let own = share * part.particles / shares..<(share + 1) * part.particles / shares
      let ids = try part.bytes.ids(
        at: part.firstID + 8 * own.lowerBound, count: own.count, width: 8, "particle IDs")
      for rows in part.rows {
        let shared = rows.clamped(to: own)
        members.add(
          shared.lazy.map { ids[$0 - own.lowerBound] }, halo: catalogue.place(ofObject: object),
          isBound: false)
        object += 1
      }
    }
    return members
  }

  /// The halos of all files.
  private struct Objects {
    let nested: NestedHalos
    let halos: ListedHalos

    init(_ files: [String], _ snapshot: Snapshot) throws(Failure) {
      let parts = try files.map { (path) throws(Failure) in try Part(path, snapshot) }
      try Part.compareWidths(parts)
      _ = try snapshot.count(
        parts.reduce(0) { $0 + $1.particles }, "header, num_particles", files[0])
      let masses = parts.flatMap(\.masses)
      let positions = try GroupTables.wrapped(
        parts.flatMap(\.positions), 1, snapshot.boxSize, names.positions, files[0])
      let spheres = HaloSpheres(
        masses: masses, positions: positions, radii: parts.flatMap(\.radii),
        boxSize: snapshot.boxSize)
      nested = try NestedHalos(parents: spheres.parents(), files[0], names.positions)
      halos = nested.halos(
        masses: masses, positions: positions, radii: [Double](repeating: .nan, count: masses.count))
    }
  }

  /// One file.
  private struct Part {
    let bytes: CatalogueBytes

    /// The number of IDs, and the byte of the first.
    let particles: Int
    let firstID: Int

    /// The width of a record [bytes]; 0 if there is none.
    let width: Int

    /// The IDs of each halo, counted from the file's first.
    var rows: [Range<Int>] = []
    var masses: [Double] = []
    var positions: [Double] = []

    /// [Mpc/h].
    var radii: [Double] = []

    /// The byte order that the first word shows; `nil` if the file is of another format.
    static func isBigEndian(_ content: Data) -> Bool? {
      let magic: UInt64 = 0xFADE_DACE_C0C0_D0D0
      return [false, true].first { isBigEndian in
        CatalogueBytes("", content, isBigEndian: isBigEndian).integer(at: 0, as: UInt64.self)
          == magic
      }
    }

    init(_ path: String, _ snapshot: Snapshot) throws(Failure) {
      let content = try FileContent.mapped(path)
      let bytes = CatalogueBytes(
        path, content, isBigEndian: Self.isBigEndian(content) ?? false)
      self.bytes = bytes
      guard Self.isBigEndian(content) != nil, content.count >= Self.headerSize,
        let halos = bytes.integer(at: 64, as: Int64.self),
        let particles = bytes.integer(at: 72, as: Int64.self)
      else { throw Self.damaged(path, "header", "it is not one of ROCKSTAR's 256 bytes") }
      let kind = bytes.integer(at: 88, as: Int64.self)
      guard kind == 1 else {
        throw Self.damaged(
          path, "header, particle_type", "it is \(kind ?? 0), not 1: the file lists no IDs")
      }
      try snapshot.check(
        boxSize: bytes.singles(at: 80, count: 1, "header, box_size")[0],
        scaleFactor: bytes.singles(at: 24, count: 1, "header, scale")[0], of: path)
      let count = try snapshot.count(halos, "header, num_halos", path)
      self.particles = try snapshot.count(particles, "header, num_particles", path)
      // Versions differ in the fields at the end of a record; the file's size tells its width.
      let rest = content.count - Self.headerSize - 8 * self.particles
      width = count == 0 ? 0 : rest / count
      guard rest == width * count,
        count == 0 || width.isMultiple(of: 8) && Self.widths.contains(width)
      else {
        throw Self.damaged(
          path, "header",
          "it announces \(count) halos and \(self.particles) IDs, the file has \(content.count) "
            + "bytes")
      }
      firstID = content.count - 8 * self.particles
      for halo in 0..<count { try append(halo, at: Self.headerSize + halo * width) }
      guard rows.last?.upperBound ?? 0 == self.particles else {
        throw Self.damaged(
          path, names.lengths,
          "the halos have \(rows.last?.upperBound ?? 0) particles, the header says "
            + "\(self.particles)")
      }
    }

    private static let headerSize = 256

    /// The widths that a record may have, from that of format revision 1 on [bytes].
    private static let widths = 264...1024

    /// The widths of format revisions 1 and 2, and of ROCKSTAR-Galaxies [bytes].
    private static let publishedWidths = [264, 288]

    /// Checks that the files of one catalogue were written by one version of ROCKSTAR.
    ///
    /// Records of another width than the file's leave its first halo in place: what was inserted between the IDs of
    /// the only halo of a file would pass for more fields of its record.
    static func compareWidths(_ parts: [Part]) throws(Failure) {
      let parts = parts.filter { $0.width > 0 }
      guard let first = parts.first else { return }
      if let other = parts.first(where: { $0.width != first.width }) {
        throw damaged(
          other.bytes.path, "header",
          "its records of halos have \(other.width) bytes, those of \(first.bytes.path) \(first.width)"
        )
      }
      if parts.count == 1, first.rows.count == 1, !publishedWidths.contains(first.width) {
        throw damaged(
          first.bytes.path, "header",
          "the record of its only halo has \(first.width) bytes, not 264 or 288 as versions that are known"
        )
      }
    }

    /// Reads a record: the ID, six phase-space coordinates, two velocities, the mass and the radius; the number of
    /// particles and the first of them behind 36 more numbers.
    private mutating func append(_ halo: Int, at start: Int) throws(Failure) {
      positions += try bytes.singles(at: start + 8, count: 3, names.positions)
      let numbers = try bytes.singles(at: start + 56, count: 2, names.masses)
      let length = bytes.integer(at: start + 200, as: Int64.self) ?? -1
      let first = bytes.integer(at: start + 216, as: Int64.self) ?? -1
      let end = rows.last?.upperBound ?? 0
      guard first == end, length >= 0, length <= Int64(particles - end) else {
        throw Self.damaged(
          bytes.path, names.offsets,
          "halo \(halo) has \(length) particles from \(first) on, instead of \(end), of \(particles)"
        )
      }
      guard numbers[1] >= 0, numbers[1] <= 1e9 else {
        throw Self.damaged(
          bytes.path, names.radii, "that of halo \(halo) is \(numbers[1]) kpc/h")
      }
      rows.append(end..<end + Int(length))
      masses.append(numbers[0])
      radii.append(numbers[1] / 1000)
    }

    private static func damaged(
      _ path: String, _ dataset: String, _ reason: String
    ) -> Failure {
      Failure(
        .inconsistentCounts, in: path, dataset: dataset, because: reason,
        remedy: "Copy the file again; it may be cut off, or of another version of ROCKSTAR.")
    }
  }
}

/// Halos as spheres, to find those that are within others.
private struct HaloSpheres {
  /// [halo].
  let masses: [Double]

  /// Within the box [halo, 3], [Mpc/h].
  let positions: [Double]

  /// [halo], [Mpc/h].
  let radii: [Double]

  /// The side of the box [Mpc/h].
  let boxSize: Double

  /// The most massive halo whose sphere has the center of each, if it is more massive; -1 for none [halo].
  ///
  /// The largest halos are looked through one by one; of others, those that reach into the same cell of a grid.
  func parents() -> [Int] {
    let order = masses.indices.sorted { (masses[$1], $0) < (masses[$0], $1) }
    var cells: [Int: [Int]] = [:]
    var large: [Int] = []
    var parents = [Int](repeating: -1, count: masses.count)
    for halo in order {
      let center = cell(halo)
      let candidates = [large, cells[index(center)] ?? []].compactMap { list in
        list.first { masses[$0] > masses[halo] && isWithin(halo, $0) }
      }
      // Of equal masses none is within the other.
      parents[halo] = candidates.max { masses[$0] < masses[$1] } ?? -1
      let reach = Int((radii[halo] / boxSize * Double(Self.side)).rounded(.up))
      guard reach <= 2 else {
        large.append(halo)
        continue
      }
      for x in -reach...reach {
        for y in -reach...reach {
          for z in -reach...reach {
            cells[index([center[0] + x, center[1] + y, center[2] + z]), default: []].append(halo)
          }
        }
      }
    }
    return parents
  }

  /// The number of cells along an axis.
  private static let side = 64

  private func cell(_ halo: Int) -> [Int] {
    (0..<3).map { axis in
      min(Self.side - 1, Int(positions[3 * halo + axis] / boxSize * Double(Self.side)))
    }
  }

  private func index(_ cell: [Int]) -> Int {
    cell.reduce(0) { $0 * Self.side + ($1 + Self.side) % Self.side }
  }

  private func isWithin(_ halo: Int, _ other: Int) -> Bool {
    let square = (0..<3).reduce(0.0) { sum, axis in
      let apart = abs(positions[3 * halo + axis] - positions[3 * other + axis])
      let nearest = min(apart, boxSize - apart)
      return sum + nearest * nearest
    }
    return square < radii[other] * radii[other]
  }
}
