internal import Failures

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
  private let isRecent: Bool
  private let blocks: [String: GadgetRecords.Block]

  init(_ path: String, _ supplement: SnapshotSupplement) throws(Failure) {
    records = try GadgetRecords(path)
    let first = try records.block(at: 0, called: "HEAD", elements: [])
    isRecent = GadgetBinaryHeader.typeCount(ofLength: first.byteCount) != nil
    guard first.name == "HEAD", first.byteCount == GadgetBinaryHeader.length || isRecent else {
      throw Failure(
        .inconsistentCounts, in: path, dataset: "header",
        because:
          "the first block is \(first.name) of \(first.byteCount) bytes instead of a header of 256 "
          + "(GADGET-2) or 192 (GADGET-4)",
        remedy: "Give a snapshot of GADGET in SnapFormat 1 or 2.")
    }
    let content = try records.read(
      first.content..<first.content + first.byteCount, "header")
    header = try GadgetBinaryHeader(content, records, supplement).read()
    blocks = try Self.blocks(behind: first, header, records)
  }

  /// Whether the beginning of a file is that of a header's record, or of one of 8 bytes in format 2.
  static func recognizes(_ beginning: FileBeginning) -> Bool {
    GadgetRecords.layout(of: beginning) != nil
  }

  var formatDescription: String {
    "GADGET binary, SnapFormat \(records.layout.isNamed ? 2 : 1), "
      + (records.layout.isBigEndian ? "big-endian" : "little-endian")
      + (isRecent ? ", header of GADGET-4" : "")
  }

  func checkRows() throws(Failure) {
    _ = try block("ID", Self.names.ids, widths: [4, 8])
    _ = try block("POS", Self.names.positions, widths: [12, 24])
    _ = try block("VEL", Self.names.velocities, widths: [12, 24])
    if header.mass == 0 { _ = try block("MASS", Self.names.masses, widths: [4, 8]) }
  }

  func firstMass(ofType type: Int) throws(Failure) -> Double {
    let listing = Self.typesListingMasses(header)
    guard blocks["MASS"] != nil, listing.contains(type) else { return 0 }
    let row = listing.filter { $0 < type }.reduce(0) { $0 + Self.count(ofType: $1, header) }
    let mass = try numbers("MASS", Self.names.masses, row..<row + 1, columns: 1)[0]
    return try StatedNumber(path: records.path, place: Self.names.masses).real(mass, in: 0...1e60)
  }

  func ids(_ rows: Range<Int>) throws(Failure) -> [UInt64] {
    let block = try block("ID", Self.names.ids, widths: [4, 8])
    return block.width == 4
      ? try records.integers(block.block, rows, Self.names.ids, as: UInt32.self).map(UInt64.init)
      : try records.integers(block.block, rows, Self.names.ids, as: UInt64.self)
  }

  func positions(_ rows: Range<Int>) throws(Failure) -> [Double] {
    try numbers("POS", Self.names.positions, rows, columns: 3)
  }

  func velocities(_ rows: Range<Int>) throws(Failure) -> [Float] {
    try numbers("VEL", Self.names.velocities, rows, columns: 3).map { Float($0) }
  }

  func masses(_ rows: Range<Int>) throws(Failure) -> [Double] {
    try numbers("MASS", Self.names.masses, rows, columns: 1)
  }

  func idByteCount() throws(Failure) -> Int {
    try block("ID", Self.names.ids, widths: [4, 8]).width
  }

  func haloLabels(_ rows: Range<Int>) throws(Failure) -> [Int64]? { nil }

  private func numbers(
    _ name: String, _ dataset: String, _ rows: Range<Int>, columns: Int
  ) throws(Failure) -> [Double] {
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
  ) throws(Failure) -> (block: GadgetRecords.Block, width: Int) {
    guard let block = blocks[name] else {
      throw Failure(
        .missingContent, in: records.path, dataset: dataset, because: "there is no such block",
        remedy: "Check that the file was written completely, with this output switched on.")
    }
    let count = Self.rowCount(ofBlock: name, header)
    guard let width = widths.first(where: { $0 * count == block.byteCount }) else {
      throw Failure(
        .inconsistentCounts, in: records.path, dataset: dataset,
        because: "it has \(block.byteCount) bytes, but \(count) particles of "
          + "\(widths.map(String.init).joined(separator: " or ")) bytes each are expected",
        remedy: "Copy or write the file again; header and data do not belong together.")
    }
    return (block, width)
  }

  /// The blocks that are read, by name.
  private static func blocks(
    behind first: GadgetRecords.Block, _ header: SnapshotHeader, _ records: GadgetRecords
  ) throws(Failure) -> [String: GadgetRecords.Block] {
    var blocks: [String: GadgetRecords.Block] = [:]
    guard rowCount(ofBlock: "POS", header) > 0 else { return blocks }
    let listsMasses = !typesListingMasses(header).isEmpty
    var order = ["POS", "VEL", "ID", "MASS"].dropLast(listsMasses ? 0 : 1)[...]
    var end = first.end
    while end < records.byteCount, let expected = order.first {
      let count = rowCount(ofBlock: expected, header)
      let block = try records.block(
        at: end, called: expected, elements: [4, 8, 12, 24].map { $0 * count })
      blocks[block.name] = blocks[block.name] ?? block
      if block.name == expected { order.removeFirst() }
      end = block.end
    }
    return blocks
  }

  /// The rows of a block.
  ///
  /// All types follow each other in it, and in MASS those without a mass in the header. Type 0 is
  /// refused, so that the dark matter comes first.
  private static func rowCount(ofBlock name: String, _ header: SnapshotHeader) -> Int {
    let types =
      name == "MASS"
      ? typesListingMasses(header) : [1] + header.typesInFile.ignored.keys
    return types.reduce(0) { $0 + count(ofType: $1, header) }
  }

  /// The types that have a row for each particle in MASS, in order.
  private static func typesListingMasses(_ header: SnapshotHeader) -> [Int] {
    let all = [1] + header.typesInFile.ignored.keys
    return all.filter { header.massTable[$0] == 0 && count(ofType: $0, header) > 0 }.sorted()
  }

  private static func count(ofType type: Int, _ header: SnapshotHeader) -> Int {
    type == 1 ? header.countInFile : header.typesInFile.ignored[type] ?? 0
  }
}
