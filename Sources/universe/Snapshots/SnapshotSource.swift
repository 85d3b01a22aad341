internal import HDF5

/// One open HDF5 file of a snapshot or catalogue, with errors in terms of both.
final class SnapshotSource {
  let path: String
  private let file: HDF5File

  init(_ path: String) throws(SnapshotError) {
    do throws(HDF5Error) {
      file = try HDF5File.open(path)
    } catch {
      throw SnapshotError(
        .unreadable, in: path, because: "\(error)",
        remedy: "Copy the file again, and check that it is an HDF5 snapshot or catalogue.")
    }
    self.path = path
  }

  /// The numbers of an attribute, from the first of several groups that has it.
  func numbers(_ name: String, of groups: [String]) throws(SnapshotError) -> [Double]? {
    for group in groups {
      let values = try reading("attribute \(group)/\(name)") { () throws(HDF5Error) -> [Double]? in
        guard try file.exists(group), try file.hasAttribute(name, of: group) else { return nil }
        return try file.attribute(name, of: group, as: Double.self)
      }
      if let values, !values.isEmpty { return values }
    }
    return nil
  }

  /// The whole numbers of an attribute of the header.
  func counts(_ name: String) throws(SnapshotError) -> [UInt64]? {
    try reading("attribute Header/\(name)") { () throws(HDF5Error) in
      guard try file.exists("Header"), try file.hasAttribute(name, of: "Header") else { return nil }
      return try file.attribute(name, of: "Header", as: UInt64.self)
    }
  }

  /// A text of a group, if it is there.
  func text(_ name: String, of group: String) throws(SnapshotError) -> String? {
    try reading("attribute \(group)/\(name)") { () throws(HDF5Error) in
      guard try file.exists(group), try file.hasAttribute(name, of: group) else { return nil }
      return try file.textAttribute(name, of: group)
    }
  }

  /// The width of a dataset's elements [bytes].
  func byteCount(of dataset: String) throws(SnapshotError) -> Int {
    try require(dataset)
    return try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).elementType.byteCount
    }
  }

  /// The rows of a list or table.
  func rowCount(of dataset: String) throws(SnapshotError) -> Int {
    try require(dataset)
    return try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).extents.first ?? 1
    }
  }

  /// A number that must be there.
  func required(_ name: String, of groups: [String]) throws(SnapshotError) -> Double {
    guard let value = try numbers(name, of: groups)?.first else {
      throw SnapshotError(
        .missingContent, in: path, dataset: "attribute \(groups[0])/\(name)",
        because: groups.count == 1
          ? "it is not there" : "it is in none of the groups \(groups.joined(separator: ", "))",
        remedy: "Add the attribute, for instance with h5py.")
    }
    return value
  }

  /// Whether there is a dataset.
  func has(_ dataset: String) throws(SnapshotError) -> Bool {
    try reading(dataset) { () throws(HDF5Error) in try file.exists(dataset) }
  }

  /// Reads rows of a table.
  ///
  /// - Parameters:
  ///   - dataset: The table [rows, columns], or all of it in one axis.
  ///   - rows: Which rows.
  ///   - count: How many rows the header says there are.
  ///   - columns: Which columns of a table of at least as many; `nil` for a list.
  ///   - type: What to convert to.
  /// - Returns: The values row by row.
  /// - Throws: A ``SnapshotError`` that names the dataset.
  func rows<Element: HDF5Element>(
    _ dataset: String, _ rows: Range<Int>, of count: Int, columns: Range<Int>? = nil,
    as type: Element.Type
  ) throws(SnapshotError) -> [Element] {
    try require(dataset)
    let width = columns?.upperBound ?? 1
    let extents = try reading(dataset) { () throws(HDF5Error) in try file.dataset(dataset).extents }
    let isTable = extents.count == 2 && extents[0] == count && extents[1] >= width
    let isList = extents.count == 1 && extents[0] == count * width
    guard columns == nil ? isList : isTable || (isList && columns?.lowerBound == 0) else {
      throw SnapshotError(
        .inconsistentCounts, in: path, dataset: dataset,
        because: "its extents are \(extents), but the header says \(count) rows",
        remedy: "Copy or write the file again; header and data do not belong together.")
    }
    let slab =
      isTable
      ? Hyperslab(
        offset: [rows.lowerBound, columns?.lowerBound ?? 0],
        count: [rows.count, columns?.count ?? 1])
      : Hyperslab(offset: [rows.lowerBound * width], count: [rows.count * width])
    return try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).read(slab, as: type)
    }
  }

  /// Refuses a file without a dataset.
  private func require(_ dataset: String) throws(SnapshotError) {
    guard try has(dataset) else {
      throw SnapshotError(
        .missingContent, in: path, dataset: dataset,
        because: "there is no such dataset" + (try missingGroup(of: dataset)),
        remedy: "Check that the file was written completely, with this output switched on.")
    }
  }

  /// Says so if it is the dataset's group that is missing.
  private func missingGroup(of dataset: String) throws(SnapshotError) -> String {
    guard let group = dataset.split(separator: "/").dropLast().first, try !has(String(group)) else {
      return ""
    }
    return ", nor a group \(group)"
  }

  private func reading<Value>(
    _ dataset: String, _ body: () throws(HDF5Error) -> Value
  ) throws(SnapshotError) -> Value {
    do {
      return try body()
    } catch {
      throw SnapshotError(
        .unreadable, in: path, dataset: dataset, because: "\(error)",
        remedy: "Copy the file again; it may be cut off or damaged.")
    }
  }
}
