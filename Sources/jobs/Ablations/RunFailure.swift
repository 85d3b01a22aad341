package import DurableFiles
internal import Failures
internal import Foundation
internal import Text

/// The failure of a run of an ablation, which is written into its folder until it starts again.
package struct RunFailure: Codable, Hashable, Sendable {
  /// The exit code of the job that would have trained it alone.
  package let exitCode: Int32

  /// The reason that the user would have been told, in one sentence.
  package let reason: String

  /// The time of the failure, in UTC (ISO 8601).
  package let time: String

  /// Describes a failure that happens now.
  package init(exitCode: Int32, reason: String) {
    self.exitCode = exitCode
    self.reason = reason
    time = Date.now.formatted(.iso8601)
  }

  /// Describes the error that ended a run.
  package init(of error: any Error) {
    let code = (error as? any JobFailure)?.exitCode ?? .internalFailure
    self.init(exitCode: code.rawValue, reason: "\(error)")
  }

  /// Reads the failure of a run; `nil` if there is none, or none that can be understood.
  package init?(contentsOf path: String) {
    guard let data = FileManager.default.contents(atPath: path),
      let failure = try? JSONDecoder().decode(RunFailure.self, from: data)
    else { return nil }
    self = failure
  }

  /// Writes the failure, making the folder if need be.
  package func write(to path: String) throws(FileError) {
    try DurableFile.createDirectory((path as NSString).deletingLastPathComponent)
    try DurableFile.write(jsonFile(of: self), to: path)
  }
}

/// The bytes of a JSON file of ours, the same for the same value.
func jsonFile(of value: some Encodable) -> Data {
  let encoder = JSONEncoder.stable()
  encoder.nonConformingFloatEncodingStrategy = .convertToString(
    positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
  do {
    return try encoder.encode(value) + Data("\n".utf8)
  } catch {
    preconditionFailure("a value of ours cannot be written as JSON: \(error)")
  }
}
