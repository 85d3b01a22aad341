internal import Failures
internal import HDF5

/// One open HDF5 file of a snapshot or catalogue, with errors in terms of both.
final class SnapshotSource {
  let path: String
  let file: HDF5File

  init(_ path: String) throws(Failure) {
    do throws(HDF5Error) {
      file = try HDF5File.open(path)
    } catch {
      throw Failure(
        .unreadable, in: path, because: "\(error)",
        remedy: "Copy the file again, and check that it is an HDF5 snapshot or catalogue.")
    }
    self.path = path
  }

  /// The numbers of an attribute, from the first of several groups that has it.
  func numbers(_ name: String, of groups: [String]) throws(Failure) -> [Double]? {
    for group in groups {
      let values = try reading("attribute \(group)/\(name)") { () throws(HDF5Error) -> [Double]? in
        guard try file.exists(group), try file.hasAttribute(name, of: group) else { return nil }
        return try file.attribute(name, of: group, as: Double.self)
      }
      if let values, !values.isEmpty { return values }
    }
    return nil
  }

  /// The numbers of an attribute that is known to hold whole ones, with all their digits.
  func wholeNumbers(_ name: String, of group: String) throws(Failure) -> [UInt64] {
    try reading("attribute \(group)/\(name)") { () throws(HDF5Error) in
      try file.attribute(name, of: group, as: UInt64.self)
    }
  }

  /// A text of a group, if it is there.
  func text(_ name: String, of group: String) throws(Failure) -> String? {
    try reading("attribute \(group)/\(name)") { () throws(HDF5Error) in
      guard try file.exists(group), try file.hasAttribute(name, of: group) else { return nil }
      return try file.textAttribute(name, of: group)
    }
  }

  /// The texts that are attributes of a group or a dataset.
  func texts(of object: String) throws(Failure) -> [String] {
    try reading(object) { () throws(HDF5Error) in
      try file.attributeNames(of: object).compactMap { try? file.textAttribute($0, of: object) }
    }
  }

  /// The width of a dataset's elements [bytes].
  func byteCount(of dataset: String) throws(Failure) -> Int {
    try require(dataset)
    return try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).elementType.byteCount
    }
  }

  /// The rows of a list or table.
  func rowCount(of dataset: String) throws(Failure) -> Int {
    try require(dataset)
    return try reading(dataset) { () throws(HDF5Error) in
      try file.dataset(dataset).extents.first ?? 1
    }
  }

  /// A number that must be there.
  func required(_ name: String, of groups: [String]) throws(Failure) -> Double {
    guard let value = try numbers(name, of: groups)?.first else {
      throw Failure(
        .missingContent, in: path, dataset: "attribute \(groups[0])/\(name)",
        because: groups.count == 1
          ? "it is not there" : "it is in none of the groups \(groups.joined(separator: ", "))",
        remedy: "Add the attribute, for instance with h5py.")
    }
    return value
  }

  /// The side of the box, which may be given once or for each axis.
  func boxSize(of groups: [String]) throws(Failure) -> Double {
    let first = try required("BoxSize", of: groups)
    let sides = try numbers("BoxSize", of: groups) ?? []
    guard sides.allSatisfy({ $0 == first }) else {
      throw Failure(
        .invalidValue, in: path, dataset: "attribute \(groups[0])/BoxSize",
        because: "the sides of the box are \(sides), not equal",
        remedy: "Give a simulation in a cubic box.")
    }
    return first
  }

  /// Whether there is a dataset.
  func has(_ dataset: String) throws(Failure) -> Bool {
    try reading(dataset) { () throws(HDF5Error) in try file.exists(dataset) }
  }

  /// Refuses a file without a dataset.
  func require(_ dataset: String) throws(Failure) {
    guard try has(dataset) else {
      throw Failure(
        .missingContent, in: path, dataset: dataset,
        because: "there is no such dataset" + (try missingGroup(of: dataset)),
        remedy: "Check that the file was written completely, with this output switched on.")
    }
  }

  /// Says so if it is the dataset's group that is missing.
  private func missingGroup(of dataset: String) throws(Failure) -> String {
    guard let group = dataset.split(separator: "/").dropLast().first, try !has(String(group)) else {
      return ""
    }
    return ", nor a group \(group)"
  }

  func reading<Value>(
    _ dataset: String, _ body: () throws(HDF5Error) -> Value
  ) throws(Failure) -> Value {
    do {
      return try body()
    } catch {
      throw unreadable(dataset, error)
    }
  }

  private func unreadable(_ dataset: String, _ error: HDF5Error) -> Failure {
    if let filter = error.missingFilter {
      return Failure(
        .unreadable, in: path, dataset: dataset,
        because: "its numbers are compressed by the filter \(filter), which the HDF5 library does "
          + "not have",
        remedy: "Install the filter, and set HDF5_PLUGIN_PATH to the folder of its library "
          + "(Documentation/your-simulations.md).")
    }
    return Failure(
      .unreadable, in: path, dataset: dataset,
      because: error.isOutOfRange
        ? "it holds a number that is out of range or not whole" : "\(error)",
      remedy: "Copy the file again; it may be cut off or damaged.")
  }
}
