// Rows of datasets, which must be stored before they are read.

internal import Failures
internal import HDF5

extension SnapshotSource {
  /// Refuses a dataset that has not the rows and columns that are expected, holds no numbers, or whose
  /// numbers were never written.
  ///
  /// - Parameters:
  ///   - dataset: The table [rows, columns], or all of it in one axis.
  ///   - count: The number of rows that the header states.
  ///   - columns: The columns, all of which the table must have; `nil` for a list.
  /// - Returns: The dataset's extents.
  /// - Throws: A `Failure` that says what is wrong: the type, the width, the rows or the storage.
  @discardableResult
  func check(
    _ dataset: String, rows count: Int, columns: Range<Int>? = nil
  ) throws(Failure) -> [Int] {
    try require(dataset)
    let (extents, type, obstacle) = try reading(dataset) { () throws(HDF5Error) in
      let dataset = try file.dataset(dataset)
      return (dataset.extents, dataset.elementType, try dataset.obstacle())
    }
    guard type.isNumber else {
      throw unusable(
        dataset, "it holds \(type) instead of numbers",
        "Write the file again with plain numbers in the dataset.")
    }
    let width = columns?.upperBound ?? 1
    let (whole, isBeyond) = count.multipliedReportingOverflow(by: width)
    let isTable = extents.count == 2 && extents[0] == count && extents[1] >= width
    let isList = extents.count == 1 && !isBeyond && extents[0] == whole
    guard columns == nil ? isList : isTable || (isList && columns?.lowerBound == 0) else {
      if let columns, extents.count == 2, extents[0] == count {
        throw unusable(
          dataset, "it has \(extents[1]) columns instead of \(columns.upperBound)",
          "Write the file again; each row must have \(columns.upperBound) numbers.")
      }
      throw unusable(
        dataset, "its extents are \(extents), but the header says \(count) rows",
        "Copy or write the file again; header and data do not belong together.")
    }
    if let obstacle {
      throw unusable(
        dataset, "\(obstacle)",
        obstacle.isMissingSource
          ? "Copy that file, too, to where it was written beside this one."
          : "Copy or write the file again; it was not written to its end.")
    }
    return extents
  }

  /// Reads rows of a table.
  ///
  /// - Parameters:
  ///   - dataset: The table [rows, columns], or all of it in one axis.
  ///   - rows: The rows to read.
  ///   - count: The number of rows that the header states.
  ///   - columns: The columns, all of which the table must have; `nil` for a list.
  ///   - type: The type to convert to.
  /// - Returns: The values row by row.
  /// - Throws: A `Failure` that names the dataset.
  func rows<Element: HDF5Element>(
    _ dataset: String, _ rows: Range<Int>, of count: Int, columns: Range<Int>? = nil,
    as type: Element.Type
  ) throws(Failure) -> [Element] {
    let extents = try check(dataset, rows: count, columns: columns)
    let width = columns?.upperBound ?? 1
    let slab =
      extents.count == 2
      ? Hyperslab(
        offset: [rows.lowerBound, columns?.lowerBound ?? 0],
        count: [rows.count, columns?.count ?? 1])
      : Hyperslab(offset: [rows.lowerBound * width], count: [rows.count * width])
    return try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).read(slab, as: type)
    }
  }

  /// Reads rows of whole numbers that are not negative, such as IDs, whatever type they are stored in.
  ///
  /// Signed numbers of 32 bits are taken by their bits: codes that number more than 2^31 particles with
  /// them mean unsigned ones. Floating-point numbers must be whole.
  ///
  /// - Parameters: As of ``rows(_:_:of:columns:as:)``.
  /// - Returns: The values row by row.
  /// - Throws: A `Failure` that names the row of a number that is negative or not whole.
  func wholeRows(
    _ dataset: String, _ rows: Range<Int>, of count: Int, columns: Range<Int>? = nil
  ) throws(Failure) -> [UInt64] {
    try check(dataset, rows: count, columns: columns)
    let type = try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).elementType
    }
    func whole<Stored>(
      _ values: [Stored], _ convert: (Stored) -> UInt64?
    ) throws(Failure) -> [UInt64] {
      var numbers: [UInt64] = []
      numbers.reserveCapacity(values.count)
      for (index, value) in values.enumerated() {
        guard let number = convert(value) else {
          throw Failure(
            .wrongIDs, in: path, dataset: dataset,
            because: "row \(rows.lowerBound + index / (columns?.count ?? 1)) holds \(value), which "
              + "is no whole number from 0 on",
            remedy: "Write the file again with unsigned integers; particles cannot be told apart "
              + "without them.")
        }
        numbers.append(number)
      }
      return numbers
    }
    switch (type.elementClass, type.byteCount, type.isSigned) {
    case (.floatingPoint, _, _):
      let values = try self.rows(dataset, rows, of: count, columns: columns, as: Double.self)
      return try whole(values) { UInt64(exactly: $0) }
    case (_, 4, true):
      let values = try self.rows(dataset, rows, of: count, columns: columns, as: Int32.self)
      return values.map { UInt64(UInt32(bitPattern: $0)) }
    case (_, _, true):
      let values = try self.rows(dataset, rows, of: count, columns: columns, as: Int64.self)
      return try whole(values) { UInt64(exactly: $0) }
    default:
      return try self.rows(dataset, rows, of: count, columns: columns, as: UInt64.self)
    }
  }

  private func unusable(_ dataset: String, _ reason: String, _ remedy: String) -> Failure {
    Failure(.inconsistentCounts, in: path, dataset: dataset, because: reason, remedy: remedy)
  }
}

extension HDF5Obstacle {
  fileprivate var isMissingSource: Bool {
    if case .missingSource = self { true } else { false }
  }
}
