package import Failures
internal import Foundation
internal import HDF5
package import MPI
internal import Snapshots

/// An open field file: the initial density and the final halos of one simulation, in the order of
/// the Lagrangian grid.
///
/// ```swift
/// let fields = try FieldFile.open("fields/A_1001.h5")
/// let plane = try fields.read(.density, planes: 0..<1)
/// try fields.close()
/// ```
///
/// Datasets (`Documentation/formats.md`): `density`, `label/logMass`, `label/halo`,
/// `label/radius` and, if asked for, `potential`, `shear/...`, `tides/...`, `filtered/...`, `final/smoothingLength` [N, N, N]
/// and `final/position` [N, N, N, 3]; `halo/mass`, `halo/boundMass`, `halo/center`, `halo/r200m`,
/// `halo/count`, `halo/boundCount` [halo]. `label/halo` is the row in `/halo`. Each has the
/// attributes `unit`, `description` and `checksum`.
package struct FieldFile: ~Copyable {
  /// The path by which the file was opened.
  package let path: String

  /// The metadata of the file.
  package let metadata: FieldMetadata

  let file: HDF5File
  private let density: HDF5Dataset
  private let logMass: HDF5Dataset
  private let halo: HDF5Dataset
  private let radius: HDF5Dataset

  /// Opens a field file, by this process alone, and checks its layout.
  package static func open(_ path: String) throws(Failure) -> FieldFile {
    try requireFile(path)
    return try FieldFile(
      inFieldFile(path) { () throws(HDF5Error) in try HDF5File.open(path) }, path)
  }

  /// Opens a field file by all ranks of a communicator, and checks its layout.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - path: The same on every rank.
  ///   - communicator: The ranks; reading may then be collective.
  /// - Returns: The file.
  /// - Throws: A `Failure`, perhaps on this rank alone.
  package static func open(
    _ path: String, on communicator: borrowing Communicator
  ) throws(Failure) -> FieldFile {
    try requireFile(path)
    return try FieldFile(
      inFieldFile(path) { () throws(HDF5Error) in try HDF5File.open(path, on: communicator) },
      path)
  }

  /// Closes the file.
  ///
  /// Collective if it was opened by a communicator.
  package consuming func close() throws(Failure) {
    let path = path
    do throws(HDF5Error) {
      try file.close()
    } catch {
      throw Failure(
        .io, inFieldFile: path, because: "\(error)", remedy: "Check the disk.")
    }
  }

  private init(_ file: consuming HDF5File, _ path: String) throws(Failure) {
    let metadata = try FieldMetadata(readingFrom: file, path)
    let extents = [Int](repeating: metadata.gridSize, count: 3)
    let density = try file.fieldDataset(GridField.density.dataset, path, extents)
    let logMass = try file.fieldDataset(GridField.logMass.dataset, path, extents)
    let halo = try file.fieldDataset(GridField.halo.dataset, path, extents)
    let radius = try file.fieldDataset(GridField.radius.dataset, path, extents)
    // The count of halos is believed only if the file has room for them.
    let column = HaloColumn<Float>.all[0]
    _ = try file.fieldDataset(column.dataset, path, column.extents(metadata.haloCount))
    self.path = path
    self.metadata = metadata
    self.density = density
    self.logMass = logMass
    self.halo = halo
    self.radius = radius
    self.file = file
  }

  /// Calls `body` with the dataset of a field.
  func withDataset<Element, Value>(
    _ field: GridField<Element>, _ body: (borrowing HDF5Dataset) throws(HDF5Error) -> Value
  ) throws(Failure) -> Value {
    func read(_ dataset: borrowing HDF5Dataset) throws(Failure) -> Value {
      try inFieldFile(path, dataset: field.dataset) { () throws(HDF5Error) in try body(dataset) }
    }
    switch field.dataset {
    case GridField.density.dataset: return try read(density)
    case GridField.logMass.dataset: return try read(logMass)
    case GridField.halo.dataset: return try read(halo)
    case GridField.radius.dataset: return try read(radius)
    default:
      guard metadata.holds(field) else { throw .missing(field, in: path) }
      let extents = field.extents(gridSize: metadata.gridSize)
      return try read(file.fieldDataset(field.dataset, path, extents))
    }
  }

  private static func requireFile(_ path: String) throws(Failure) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw Failure(
        .missingFile, inFieldFile: path, because: "there is no such file",
        remedy: "Make it with `halompi prepare`, or correct the path.")
    }
  }
}

extension HDF5File {
  /// Opens a dataset that must have the given extents.
  func fieldDataset(
    _ name: String, _ path: String, _ extents: [Int]
  ) throws(Failure) -> HDF5Dataset {
    let remade = "Make the file again with `halompi prepare`."
    let dataset = try inFieldFile(path, dataset: name, .wrongLayout, remedy: remade) {
      () throws(HDF5Error) in try self.dataset(name)
    }
    guard dataset.extents == extents else {
      throw Failure(
        .wrongLayout, inFieldFile: path, dataset: name,
        because: "its extents are \(dataset.extents), but the attributes say \(extents)",
        remedy: remade)
    }
    // Before memory is taken for the numbers.
    let obstacle = try inFieldFile(path, dataset: name, .wrongLayout, remedy: remade) {
      () throws(HDF5Error) in try dataset.obstacle()
    }
    if let obstacle {
      throw Failure(
        .damaged, inFieldFile: path, dataset: name, because: "\(obstacle)", remedy: remade)
    }
    return dataset
  }
}
