internal import Failures
internal import HDF5
internal import Snapshots

extension FieldMetadata {
  /// Reads the attributes of a field file.
  init(readingFrom file: borrowing HDF5File, _ path: String) throws(Failure) {
    let attributes = FieldAttributes(path: path)
    let isField = try inFieldFile(path) { () throws(HDF5Error) in try file.hasAttribute("format") }
    let format = isField ? try attributes.text("format", file) : ""
    guard format == FieldFormat.name else {
      throw Failure(
        .wrongFormat, inFieldFile: path, dataset: "attribute format",
        because: isField ? "the format is \"\(format)\"" : "there is no such attribute",
        remedy: "Give a field file, which `halompi prepare` makes.")
    }
    let version = try attributes.integer("version", file)
    guard version == FieldFormat.version else {
      throw Failure(
        .wrongFormat, inFieldFile: path, dataset: "attribute version",
        because: "the version is \(version), this program reads \(FieldFormat.version)",
        remedy: "Make the file again with `halompi prepare` of this version.")
    }
    let label = try attributes.text("label", file)
    guard let label = HaloLabel(rawValue: label) else {
      throw Failure(
        .wrongFormat, inFieldFile: path, dataset: "attribute label",
        because: "the label is \"\(label)\"",
        remedy: "Make the file again with `halompi prepare`.")
    }
    let gridSize = try attributes.integer("gridSize", file)
    let boxSize = try attributes.number("boxSize", file)
    guard (1...FieldFormat.largestGridSize).contains(gridSize), boxSize > 0, boxSize.isFinite else {
      throw Failure(
        .wrongLayout, inFieldFile: path, dataset: "attributes gridSize and boxSize",
        because: "the grid is \(gridSize) and the box \(boxSize) Mpc/h",
        remedy: "Make the file again with `halompi prepare`.")
    }
    let description = FieldDescription(
      name: try attributes.text("name", file), gridSize: gridSize, boxSize: boxSize,
      cosmology: Cosmology(
        omegaMatter: try attributes.number("omegaMatter", file),
        omegaLambda: try attributes.number("omegaLambda", file),
        hubble: try attributes.number("hubble", file)),
      particleMass: try attributes.number("particleMass", file),
      initialRedshift: try attributes.number("initialRedshift", file),
      finalRedshift: try attributes.number("finalRedshift", file), label: label,
      neighbours: try attributes.integer("neighbours", file),
      sources: try attributes.sources(file))
    let density = FieldMoments(
      mean: try attributes.number("densityMean", file),
      standardDeviation: try attributes.number("densityStandardDeviation", file))
    func has(_ name: String) throws(Failure) -> Bool {
      try inFieldFile(path) { () throws(HDF5Error) in try file.hasAttribute(name) }
    }
    let filters = try has("filters") ? try attributes.filters(file) : []
    var derived: [String: FieldMoments] = [:]
    for field in GridField.derived(filters: filters) where try has("\(field.attributePrefix)Mean") {
      derived[field.dataset] = FieldMoments(
        mean: try attributes.number("\(field.attributePrefix)Mean", file),
        standardDeviation: try attributes.number(
          "\(field.attributePrefix)StandardDeviation", file))
    }
    let largestSmoothing =
      try has("largestSmoothingLength")
      ? try attributes.number("largestSmoothingLength", file) : nil
    let labeled = try attributes.integer("labelledCount", file)
    let halos = try attributes.integer("haloCount", file)
    guard (0...gridSize * gridSize * gridSize).contains(labeled),
      (0...Int(Int32.max)).contains(halos)
    else {
      throw Failure(
        .wrongLayout, inFieldFile: path, dataset: "attributes haloCount and labelledCount",
        because: "\(labeled) sites of a grid of \(gridSize)^3 are in \(halos) halos",
        remedy: "Make the file again with `halompi prepare`.")
    }
    self.init(
      description: description, haloCount: halos, labeledCount: labeled,
      densityMoments: density, derivedMoments: derived, filters: filters,
      largestSmoothingLength: largestSmoothing,
      fingerprint: try attributes.text("fingerprint", file))
  }
}

/// The attributes of one field file.
private struct FieldAttributes {
  let path: String

  func number(_ name: String, _ file: borrowing HDF5File) throws(Failure) -> Double {
    try only(name, read(name) { () throws(HDF5Error) in try file.attribute(name, as: Double.self) })
  }

  func integer(
    _ name: String, of object: String = "/", _ file: borrowing HDF5File
  ) throws(Failure) -> Int {
    let values = try read(name) { () throws(HDF5Error) in
      try file.attribute(name, of: object, as: Int64.self)
    }
    return Int(try only(name, values))
  }

  func text(
    _ name: String, of object: String = "/", _ file: borrowing HDF5File
  ) throws(Failure) -> String {
    try read(name) { () throws(HDF5Error) in try file.textAttribute(name, of: object) }
  }

  /// The filters that a file names, of which it may hold fields.
  func filters(_ file: borrowing HDF5File) throws(Failure) -> [FieldFilter] {
    try text("filters", file).split(separator: " ").map { (name) throws(Failure) in
      guard let filter = FieldFilter(named: String(name)) else {
        throw Failure(
          .wrongFormat, inFieldFile: path, dataset: "attribute filters",
          because: "this program knows no filter \(name)",
          remedy: "Make the file again with `halompi prepare` of this version.")
      }
      return filter
    }
  }

  func sources(_ file: borrowing HDF5File) throws(Failure) -> [String: SourceFiles] {
    let roles = try read(FieldFormat.sourceGroup) { () throws(HDF5Error) in
      try file.children(of: FieldFormat.sourceGroup)
    }
    var sources: [String: SourceFiles] = [:]
    for role in roles {
      let group = "\(FieldFormat.sourceGroup)/\(role.name)"
      sources[role.name] = SourceFiles(
        path: try text("path", of: group, file),
        fileCount: try integer("fileCount", of: group, file),
        byteCount: try integer("byteCount", of: group, file),
        checksum: try text("checksum", of: group, file))
    }
    return sources
  }

  private func read<Value>(
    _ name: String, _ body: () throws(HDF5Error) -> Value
  ) throws(Failure) -> Value {
    try inFieldFile(
      path, dataset: "attribute \(name)", .wrongLayout,
      remedy: "Make the file again with `halompi prepare`.", body)
  }

  private func only<Value>(_ name: String, _ values: [Value]) throws(Failure) -> Value {
    guard let value = values.first, values.count == 1 else {
      throw Failure(
        .wrongLayout, inFieldFile: path, dataset: "attribute \(name)",
        because: "it holds \(values.count) values instead of one",
        remedy: "Make the file again with `halompi prepare`.")
    }
    return value
  }
}
