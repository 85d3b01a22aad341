/// A file of GADGET's unformatted records: SnapFormat 1, or 2 with a record before each block that names
/// it, in either byte order.
///
/// Blocks follow the header in the order positions, velocities, IDs, masses; format 2 may have others
/// between them. Numbers are of 32 or 64 bits, as the length of a block says. The units are not stated.
///
/// Springel, "User guide for GADGET-2" (2005), section 6.
final class GadgetBinaryFile: SnapshotFile {
  static let names = SnapshotNames(
    header: "header", counts: "header", ids: "block ID", positions: "block POS",
    velocities: "block VEL", masses: "block MASS", units: "header",
    statingUnits: "give `units` to the simulation in the experiment file")

  let header: SnapshotHeader
  private let records: GadgetRecords
  private let blocks: [String: GadgetRecords.Block]

  init(_ path: String) throws(SnapshotError) {
    records = try GadgetRecords(path)
    let first = try records.block(at: 0, called: "HEAD", elements: [])
    guard first.name == "HEAD", first.byteCount == 256 else {
      throw SnapshotError(
        .inconsistentCounts, in: path, dataset: "header",
        because:
          "the first block is \(first.name) of \(first.byteCount) bytes instead of a header of 256",
        remedy: "Give a snapshot of GADGET in SnapFormat 1 or 2.")
    }
    let content = try records.read(first.content..<first.content + 256, "header")
    header = try Self.header(content, records, path)
    blocks = try Self.blocks(behind: first, header, records)
  }

  /// Whether the beginning of a file is that of a record of 256 bytes, or of 8 in format 2.
  static func recognizes(_ beginning: FileBeginning) -> Bool {
    GadgetRecords.layout(of: beginning) != nil
  }

  var formatDescription: String {
    "GADGET binary, SnapFormat \(records.layout.isNamed ? 2 : 1), "
      + (records.layout.isBigEndian ? "big-endian" : "little-endian")
  }

  func ids(_ rows: Range<Int>) throws(SnapshotError) -> [UInt64] {
    let block = try block("ID", Self.names.ids, widths: [4, 8])
    return block.width == 4
      ? try records.integers(block.block, rows, Self.names.ids, as: UInt32.self).map(UInt64.init)
      : try records.integers(block.block, rows, Self.names.ids, as: UInt64.self)
  }

  func positions(_ rows: Range<Int>) throws(SnapshotError) -> [Double] {
    try numbers("POS", Self.names.positions, rows, columns: 3)
  }

  func velocities(_ rows: Range<Int>) throws(SnapshotError) -> [Float] {
    try numbers("VEL", Self.names.velocities, rows, columns: 3).map { Float($0) }
  }

  func masses(_ rows: Range<Int>) throws(SnapshotError) -> [Double] {
    try numbers("MASS", Self.names.masses, rows, columns: 1)
  }

  func idByteCount() throws(SnapshotError) -> Int {
    try block("ID", Self.names.ids, widths: [4, 8]).width
  }

  func haloLabels(_ rows: Range<Int>) throws(SnapshotError) -> [Int64]? { nil }

  private func numbers(
    _ name: String, _ dataset: String, _ rows: Range<Int>, columns: Int
  ) throws(SnapshotError) -> [Double] {
    let block = try block(name, dataset, widths: [4 * columns, 8 * columns])
    let elements = rows.lowerBound * columns..<rows.upperBound * columns
    if block.width == 4 * columns {
      return try records.integers(block.block, elements, dataset, as: UInt32.self).map {
        Double(Float(bitPattern: $0))
      }
    }
    return try records.integers(block.block, elements, dataset, as: UInt64.self).map {
      Double(bitPattern: $0)
    }
  }

  /// A block, and how many bytes of it a particle has.
  private func block(
    _ name: String, _ dataset: String, widths: [Int]
  ) throws(SnapshotError) -> (block: GadgetRecords.Block, width: Int) {
    guard let block = blocks[name] else {
      throw SnapshotError(
        .missingContent, in: records.path, dataset: dataset, because: "there is no such block",
        remedy: "Check that the file was written completely, with this output switched on.")
    }
    guard let width = widths.first(where: { $0 * header.countInFile == block.byteCount }) else {
      throw SnapshotError(
        .inconsistentCounts, in: records.path, dataset: dataset,
        because: "it has \(block.byteCount) bytes, but \(header.countInFile) particles of "
          + "\(widths.map(String.init).joined(separator: " or ")) bytes each are expected",
        remedy: "Copy or write the file again; header and data do not belong together.")
    }
    return (block, width)
  }

  /// The blocks that are read, by name.
  private static func blocks(
    behind first: GadgetRecords.Block, _ header: SnapshotHeader, _ records: GadgetRecords
  ) throws(SnapshotError) -> [String: GadgetRecords.Block] {
    var blocks: [String: GadgetRecords.Block] = [:]
    guard header.countInFile > 0 else { return blocks }
    var order = ["POS", "VEL", "ID", "MASS"].dropLast(header.mass > 0 ? 1 : 0)[...]
    var end = first.end
    while end < records.byteCount, let expected = order.first {
      let block = try records.block(
        at: end, called: expected, elements: [4, 8, 12, 24].map { $0 * header.countInFile })
      blocks[block.name] = blocks[block.name] ?? block
      if block.name == expected { order.removeFirst() }
      end = block.end
    }
    return blocks
  }

  /// Reads the header's 256 bytes.
  private static func header(
    _ content: [UInt8], _ records: GadgetRecords, _ path: String
  ) throws(SnapshotError) -> SnapshotHeader {
    func counts(at offset: Int) -> [UInt64] {
      (0..<6).map { UInt64(records.integer(content, at: offset + 4 * $0, as: UInt32.self)) }
    }
    func number(at offset: Int) -> Double {
      Double(bitPattern: records.integer(content, at: offset, as: UInt64.self))
    }
    let inFile = try SnapshotHeader.darkMatter(counts(at: 0), names, path)
    let fileCount = Int(records.integer(content, at: 124, as: Int32.self))
    let total = zip(counts(at: 96), counts(at: 168)).map { $0 + $1 << 32 }
    let (scaleFactor, redshift) = (number(at: 72), number(at: 80))
    guard abs(scaleFactor * (1 + redshift) - 1) < 1e-3 else {
      throw SnapshotError(
        .invalidValue, in: path, dataset: "header",
        because: "the time \(scaleFactor) is not the scale factor of the redshift \(redshift)",
        remedy: "Give a snapshot of a cosmological simulation (ComovingIntegrationOn).")
    }
    let header = SnapshotHeader(
      fileCount: max(1, fileCount),
      // Programs that write one file often leave the total out.
      count: fileCount <= 1 && total[1] == 0
        ? inFile : try SnapshotHeader.darkMatter(total, names, path),
      countInFile: inFile, boxSize: number(at: 128), redshift: redshift, mass: number(at: 24 + 8),
      cosmology: Cosmology(
        omegaMatter: number(at: 136), omegaLambda: number(at: 144), hubble: number(at: 152)),
      statedUnits: nil)
    try header.check(names, path)
    return header
  }
}
