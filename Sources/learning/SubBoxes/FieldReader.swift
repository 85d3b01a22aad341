internal import Fields
internal import HDF5

/// An open field file of one simulation, read by this process alone.
///
/// The file is only read once it is open, by one thread at a time, which makes it safe to share.
final class FieldReader: @unchecked Sendable {
  private let file: FieldFile

  /// Opens a field file.
  init(_ path: String) throws(SubBoxError) {
    do throws(FieldFileError) {
      file = try FieldFile.open(path)
    } catch {
      throw SubBoxError(error, while: "opening the field file")
    }
  }

  /// The path of the file.
  var path: String { file.path }

  /// The metadata of the file.
  var metadata: FieldMetadata { file.metadata }

  /// The number of sites along each axis, N.
  var gridSize: Int { file.metadata.gridSize }

  /// Reads a box of a field into memory.
  func read(
    _ field: GridField<Float>, _ slab: Hyperslab, into start: UnsafeMutablePointer<Float>
  ) throws(SubBoxError) {
    do throws(FieldFileError) {
      try file.read(
        field, into: UnsafeMutableBufferPointer(start: start, count: slab.elementCount), slab)
    } catch {
      throw SubBoxError(error, while: "reading \(slab)")
    }
  }

  /// Reads planes of a field, [planes, N, N].
  func read<Element: HDF5Element>(
    _ field: GridField<Element>, planes: Range<Int>
  ) throws(SubBoxError) -> [Element] {
    do throws(FieldFileError) {
      return try file.read(field, planes: planes)
    } catch {
      throw SubBoxError(error, while: "reading planes \(planes)")
    }
  }

  /// Reads planes of a field into memory, [planes, N, N].
  func read(
    _ field: GridField<Float>, planes: Range<Int>, into start: UnsafeMutablePointer<Float>
  ) throws(SubBoxError) {
    try read(
      field,
      Hyperslab(offset: [planes.lowerBound, 0, 0], count: [planes.count, gridSize, gridSize]),
      into: start)
  }

  /// Reads the final particles of the sites of whole planes.
  func finalParticles(planes: Range<Int>) throws(SubBoxError) -> FinalParticles {
    do throws(FieldFileError) {
      return try file.finalParticles(planes: planes)
    } catch {
      throw SubBoxError(error, while: "reading the final particles of planes \(planes)")
    }
  }
}

extension SubBoxError {
  /// The error of a field file, met on the way to a sub-box.
  fileprivate init(_ error: FieldFileError, while action: String) {
    let kind: Kind =
      switch error.problem {
      case .missingFile: .missingFile
      case .io: .reading
      case .wrongFormat, .wrongLayout, .invalidValue, .damaged: .data
      }
    self.init(
      kind, while: action, file: error.file, dataset: error.dataset, because: error.reason,
      remedy: error.remedy)
  }
}
