internal import DurableFiles
internal import Foundation
internal import Text

/// A record of what a result was made of, which the stage that made it writes beside it.
///
/// It is written last: a result without it is not complete, or was made before there were records. Stages whose
/// files tell their settings or inputs by themselves (simulations, checkpoints) leave these out.
package struct ResultRecord: Codable, Hashable, Sendable {
  /// The name of the file format.
  private let format: String

  /// The version of the format.
  private let version: Int

  /// The program that made the result.
  package let program: Provenance.Program

  /// The settings that the result depends on, a line each, such as `fields.neighbours = 32`.
  package let settings: [String]

  /// The files that went in.
  package let inputs: [FileMark]

  /// The files of the result.
  package let outputs: [FileMark]

  private static let format = "halompi-made-of"
  private static let version = 1

  /// Makes a record of its parts.
  init(
    program: Provenance.Program, settings: [String], inputs: [FileMark], outputs: [FileMark]
  ) {
    format = Self.format
    version = Self.version
    self.program = program
    self.settings = settings
    self.inputs = inputs
    self.outputs = outputs
  }

  /// Reads a record; `nil` if there is none, or none that can be understood.
  package init?(contentsOf path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let record = try? JSONDecoder().decode(ResultRecord.self, from: data),
      record.format == Self.format, record.version == Self.version
    else { return nil }
    self = record
  }

  fileprivate func write(to path: String) throws(FileError) {
    let data: Data
    do {
      data = try JSONEncoder.stable().encode(self)
    } catch {
      preconditionFailure("a record cannot be written as JSON: \(error)")
    }
    try DurableFile.createDirectory((path as NSString).deletingLastPathComponent)
    try DurableFile.write(data + Data("\n".utf8), to: path)
  }
}

/// A result: what it depends on now, the files that it has, and where the record of its making is.
///
/// The stage that makes a result and whoever asks whether it must be made again take it from the same place, so
/// that they cannot disagree.
package struct ResultFiles: Sendable {
  /// The file of the record.
  package let recordFile: String

  private let settings: [String]
  private let inputs: [MarkedFile]
  private let outputs: [MarkedFile]

  /// Makes the value of its parts.
  package init(
    recordFile: String, settings: [String] = [], inputs: [MarkedFile] = [], outputs: [MarkedFile]
  ) {
    self.recordFile = recordFile
    self.settings = settings
    self.inputs = inputs
    self.outputs = outputs
  }

  /// The record of the result as it was made; `nil` without one.
  package var record: ResultRecord? { ResultRecord(contentsOf: recordFile) }

  /// Describes the record that the result would have if it were made now, with the files that it has.
  ///
  /// - Parameter earlier: The record as it was made, whose checksums hold where files have not changed.
  /// - Returns: The record of now.
  /// - Throws: `FileError` if the program cannot be read.
  package func present(knowing earlier: ResultRecord? = nil) throws -> ResultRecord {
    func marks(_ files: [MarkedFile], _ earlier: [FileMark]?) -> [FileMark] {
      files.map { file in file.mark(knowing: earlier?.first { $0.name == file.name }) }
    }
    return ResultRecord(
      program: try .ofThisProcess(), settings: settings, inputs: marks(inputs, earlier?.inputs),
      outputs: marks(outputs, earlier?.outputs))
  }

  /// Makes the marks of the inputs, to be taken before the work.
  ///
  /// - Parameter checksums: Checksums of some, by their names, that are known.
  /// - Returns: A mark of each.
  package func inputMarks(knowing checksums: [String: String] = [:]) -> [FileMark] {
    inputs.map { $0.mark(checksum: checksums[$0.name]) }
  }

  /// Writes the record of a result that was made just now.
  ///
  /// - Parameters:
  ///   - marks: The marks of the inputs, from before the work.
  ///   - checksums: Checksums of outputs, by their names, that are known.
  /// - Throws: `FileError` if it cannot be written.
  package func writeRecord(
    of marks: [FileMark] = [], knowing checksums: [String: String] = [:]
  ) throws {
    let record = ResultRecord(
      program: try .ofThisProcess(), settings: settings, inputs: marks,
      outputs: outputs.map { $0.mark(checksum: checksums[$0.name]) })
    try record.write(to: recordFile)
  }
}
