package import Failures
internal import Foundation

/// A format of snapshots, told by the content of a file and not by its name.
///
/// Each format is one type that makes a ``SnapshotHeader`` of a file's header, and gives columns of
/// particles (``SnapshotFile``). What is particular to a format stands in that type's file alone.
package enum SnapshotFormat: String, Hashable, Codable, Sendable, CaseIterable {
  /// HDF5 as GADGET-2, -3, -4 and AREPO write it.
  case gadgetHDF5

  /// GADGET's unformatted records (SnapFormat 1 and 2), in either byte order.
  case gadgetBinary

  /// HDF5 as SWIFT writes it.
  case swift

  /// The type that reads the format.
  var file: any SnapshotFile.Type {
    switch self {
    case .gadgetHDF5: GadgetHDF5File.self
    case .gadgetBinary: GadgetBinaryFile.self
    case .swift: SWIFTFile.self
    }
  }

  /// The names of the parts of a file in the format.
  package var names: SnapshotNames { file.names }

  /// Finds the format of a file.
  ///
  /// - Throws: A `Failure` if it has none of the formats, or cannot be read.
  package static func detected(in path: String) throws(Failure) -> SnapshotFormat {
    let beginning = try FileBeginning(path)
    if beginning.isHDF5 {
      let source = try SnapshotSource(path)
      if try SWIFTFile.recognizes(source) { return .swift }
      if let other = try UnreadFormat(source) { throw other.error(path) }
      // Every layout that is not another code's is taken for GADGET's, and says what it lacks.
      return .gadgetHDF5
    }
    if GadgetBinaryFile.recognizes(beginning) { return .gadgetBinary }
    if let other = UnreadFormat(beginning) { throw other.error(path) }
    throw Failure(
      .unreadable, in: path,
      because: beginning.bytes.isEmpty
        ? "the file is empty"
        : "it is neither an HDF5 file nor one of GADGET's records, which begin with the number 256 "
          + "or 8, or 192 of GADGET-4, in either byte order",
      remedy: "Give a snapshot of GADGET (SnapFormat 1, 2 or 3), AREPO or SWIFT.")
  }
}

/// The names of the parts of a file in its format, as errors give them.
package struct SnapshotNames: Hashable, Sendable {
  /// The header.
  package let header: String

  /// The number of particles of each type.
  package let counts: String

  /// The IDs of the particles.
  package let ids: String

  /// Positions.
  package let positions: String

  /// Velocities.
  package let velocities: String

  /// The masses of particles, one by one.
  package let masses: String

  /// The place where units are stated, or would be.
  package let units: String

  /// The ways for a user to state units, as the end of a sentence.
  let statingUnits: String
}

/// One open file of a snapshot.
protocol SnapshotFile: AnyObject {
  /// The names of the parts of a file.
  static var names: SnapshotNames { get }

  /// Opens a file and reads its header.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - supplement: The facts about it besides those that it states.
  /// - Throws: A `Failure` for a header that describes no snapshot.
  init(_ path: String, _ supplement: SnapshotSupplement) throws(Failure)

  /// The file's format in words, such as "SWIFT HDF5".
  var formatDescription: String { get }

  /// The facts about the snapshot that the file states.
  var header: SnapshotHeader { get }

  /// Refuses a file that does not store the rows that its header counts; before any are read, so that
  /// no memory is taken by the header's word.
  func checkRows() throws(Failure)

  /// The mass of the first particle of a type that is ignored; zero if the file has none, as of tracers.
  func firstMass(ofType type: Int) throws(Failure) -> Double

  /// The IDs of rows of this file [row].
  func ids(_ rows: Range<Int>) throws(Failure) -> [UInt64]

  /// The comoving positions of rows of this file [row, 3], in its unit.
  func positions(_ rows: Range<Int>) throws(Failure) -> [Double]

  /// The velocities of rows of this file [row, 3], in its unit.
  func velocities(_ rows: Range<Int>) throws(Failure) -> [Float]

  /// The masses of rows of this file [row], in its unit; asked for if the header has no mass.
  func masses(_ rows: Range<Int>) throws(Failure) -> [Double]

  /// The width of an ID [bytes].
  func idByteCount() throws(Failure) -> Int

  /// The numbers of the halos that particles are in [row], negative for none; `nil` if the format or
  /// the file has no such labels.
  func haloLabels(_ rows: Range<Int>) throws(Failure) -> [Int64]?
}

/// The first bytes of a file.
struct FileBeginning {
  let bytes: [UInt8]

  init(_ path: String) throws(Failure) {
    bytes = try FileContent.beginning(of: path, count: 16)
  }

  /// Whether they are the signature of HDF5 (HDF5 File Format Specification 3.0, section II.A).
  var isHDF5: Bool { bytes.starts(with: [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]) }
}
