internal import Failures

/// The header of one of GADGET's binary files, of either kind.
///
/// That of GADGET-2 has 256 bytes, with counts of 32 bits, the high words of totals behind them, and the
/// background universe. That of GADGET-4 has counts of 64 bits and no universe, and its length depends
/// on the number of types that the code was compiled for: 192 bytes for six.
///
/// Springel, "User guide for GADGET-2" (2005), table 3; GADGET-4's writer of snapshots, unless it was
/// compiled for the header of GADGET-2.
struct GadgetBinaryHeader {
  /// The length of GADGET-2's header [bytes].
  static let length = 256

  private let bytes: [UInt8]
  private let records: GadgetRecords
  private let supplement: SnapshotSupplement

  /// Prepares to read a header's bytes.
  init(_ bytes: [UInt8], _ records: GadgetRecords, _ supplement: SnapshotSupplement) {
    self.bytes = bytes
    self.records = records
    self.supplement = supplement
  }

  /// The types of particles that a header of GADGET-4 has, by its length; `nil` if it is none.
  ///
  /// Each type has two counts and a mass; time, redshift, box, number of files and two numbers of trees
  /// follow.
  static func typeCount(ofLength length: Int) -> Int? {
    let count = (length - 48) / 24
    return length == 48 + 24 * count && (2...16).contains(count) ? count : nil
  }

  /// Reads the header.
  ///
  /// - Throws: A `Failure` for numbers that describe no snapshot.
  func read() throws(Failure) -> SnapshotHeader {
    let header =
      if let types = Self.typeCount(ofLength: bytes.count) {
        try recent(types: types)
      } else {
        try classic()
      }
    try header.check(GadgetBinaryFile.names, records.path)
    return header
  }

  private func classic() throws(Failure) -> SnapshotHeader {
    let low = counts(at: 96)
    var high = counts(at: 168)
    let fileCount = try files(at: 124)
    let inFile = try types(counts(at: 0), "header, npart")
    var remarks: [String] = []
    // A single file has all particles, no set of files has 2^48, and programs keep other numbers in these words.
    let most = UInt64(StatedNumber.most >> 32)
    if high.contains(where: { $0 > (fileCount == 1 ? 0 : most) }) {
      remarks.append(
        "The header of \(records.path) has \(high) as high words of the numbers of particles, which is "
          + "not what the file holds; they are ignored.")
      high = high.map { _ in 0 }
    }
    // Programs that write one file often leave the total out.
    let total =
      fileCount == 1 && low[1] == 0
      ? inFile : try types(zip(low, high).map { $0 + $1 << 32 }, "header, npartTotal")
    return SnapshotHeader(
      fileCount: fileCount, types: total, typesInFile: inFile, boxSize: number(at: 128),
      redshift: try redshift(time: number(at: 72), number(at: 80)),
      massTable: (0..<6).map { number(at: 24 + 8 * $0) },
      cosmology: supplement.cosmology
        ?? Cosmology(
          omegaMatter: number(at: 136), omegaLambda: number(at: 144), hubble: number(at: 152)),
      statedUnits: nil, remarks: remarks)
  }

  private func recent(types count: Int) throws(Failure) -> SnapshotHeader {
    func words(at offset: Int) -> [UInt64] {
      (0..<count).map { records.integer(bytes, at: offset + 8 * $0, as: UInt64.self) }
    }
    guard let cosmology = supplement.cosmology else {
      throw Failure(
        .missingContent, in: records.path, dataset: "header",
        because: "it is one of GADGET-4 with \(bytes.count) bytes, in which matter density, Lambda "
          + "and h are not",
        remedy: "Give `cosmology: {omegaMatter: ..., omegaLambda: ..., hubble: ...}` to the "
          + "simulation in the experiment file.")
    }
    let end = 24 * count
    return SnapshotHeader(
      fileCount: try files(at: end + 24),
      types: try types(words(at: 8 * count), "header, npartTotal"),
      typesInFile: try types(words(at: 0), "header, npart"), boxSize: number(at: end + 16),
      redshift: try redshift(time: number(at: end), number(at: end + 8)),
      massTable: (0..<count).map { number(at: 16 * count + 8 * $0) }, cosmology: cosmology,
      statedUnits: nil)
  }

  private func counts(at offset: Int) -> [UInt64] {
    (0..<6).map { UInt64(records.integer(bytes, at: offset + 4 * $0, as: UInt32.self)) }
  }

  private func number(at offset: Int) -> Double {
    Double(bitPattern: records.integer(bytes, at: offset, as: UInt64.self))
  }

  private func files(at offset: Int) throws(Failure) -> Int {
    let count = records.integer(bytes, at: offset, as: Int32.self)
    return try StatedNumber(path: records.path, place: "header, num_files").fileCount(
      UInt64(max(1, count)))
  }

  private func types(_ counts: [UInt64], _ place: String) throws(Failure) -> ParticleTypes {
    let stated = StatedNumber(path: records.path, place: place)
    var whole: [Int] = []
    for (type, count) in counts.enumerated() {
      whole.append(try stated.count(count, of: "particles of type \(type)"))
    }
    return try ParticleTypes(whole, supplement, records.path)
  }

  private func redshift(
    time scaleFactor: Double, _ redshift: Double
  ) throws(Failure) -> Double {
    guard abs(scaleFactor * (1 + redshift) - 1) < 1e-3 else {
      throw Failure(
        .invalidValue, in: records.path, dataset: "header",
        because: "the time \(scaleFactor) is not the scale factor of the redshift \(redshift)",
        remedy: "Give a snapshot of a cosmological simulation (ComovingIntegrationOn).")
    }
    return redshift
  }
}
