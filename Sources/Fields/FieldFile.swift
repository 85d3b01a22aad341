public import HDF5
public import MPI
internal import Foundation
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
/// Datasets (`Documentation/formats.md`): `density`, `label/logMass`, `label/halo` and
/// `label/radius` [N, N, N]; `halo/mass`, `halo/boundMass`, `halo/center`, `halo/r200m`,
/// `halo/count`, `halo/boundCount` [halo]. `label/halo` is the row in `/halo`. Each has the
/// attributes `unit`, `description` and `checksum`.
public struct FieldFile: ~Copyable {
  /// The path by which the file was opened.
  public let path: String

  /// What the file says about itself.
  public let metadata: FieldMetadata

  private let file: HDF5File
  private let density: HDF5Dataset
  private let logMass: HDF5Dataset
  private let halo: HDF5Dataset
  private let radius: HDF5Dataset

  /// Opens a field file, by this process alone, and checks its layout.
  public static func open(_ path: String) throws(FieldFileError) -> FieldFile {
    try requireFile(path)
    return try FieldFile(
      inFieldFile(path) { () throws(HDF5Error) in try HDF5File.open(path) }, path)
  }

  /// Opens a field file by all ranks of a communicator, and checks its layout. Collective.
  ///
  /// - Parameters:
  ///   - path: The same on every rank.
  ///   - communicator: The ranks; reading may then be collective.
  /// - Throws: A ``FieldFileError``, perhaps on this rank alone.
  public static func open(
    _ path: String, on communicator: borrowing Communicator
  ) throws(FieldFileError) -> FieldFile {
    try requireFile(path)
    return try FieldFile(
      inFieldFile(path) { () throws(HDF5Error) in try HDF5File.open(path, on: communicator) },
      path)
  }

  /// Closes the file. Collective if it was opened by a communicator.
  public consuming func close() throws(FieldFileError) {
    let path = path
    let file = file
    try inFieldFile(path) { () throws(HDF5Error) in try file.close() }
  }

  private init(_ file: consuming HDF5File, _ path: String) throws(FieldFileError) {
    metadata = try FieldMetadata(readingFrom: file, path)
    let extents = [Int](repeating: metadata.gridSize, count: 3)
    density = try file.dataset(GridField.density.dataset, path, extents)
    logMass = try file.dataset(GridField.logMass.dataset, path, extents)
    halo = try file.dataset(GridField.halo.dataset, path, extents)
    radius = try file.dataset(GridField.radius.dataset, path, extents)
    self.file = file
    self.path = path
  }

  private static func requireFile(_ path: String) throws(FieldFileError) {
    guard FileManager.default.fileExists(atPath: path) else {
      throw FieldFileError(
        .missingFile, in: path, because: "there is no such file",
        remedy: "Make it with `halompi prepare`, or correct the path.")
    }
  }
}
