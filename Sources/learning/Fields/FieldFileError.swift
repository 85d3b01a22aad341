package import Failures
package import HDF5

/// The reason why a field file cannot be read or written.
///
/// The description names the file, the dataset or attribute, what is wrong, and what to try.
package struct FieldFileError: Error, Sendable {
  /// The kind of a problem, for callers that tell problems apart.
  package enum Problem: Hashable, Sendable {
    /// The file is not there.
    case missingFile
    /// The file system or the HDF5 library refused.
    case io
    /// The file is not a field file, or one of a later version.
    case wrongFormat
    /// A dataset or attribute is missing, or has another shape than the metadata say.
    case wrongLayout
    /// A value is NaN or infinite where it may not be.
    case invalidValue
    /// The data differ from what was written.
    case damaged
  }

  /// The kind of the problem.
  package let problem: Problem

  /// The path of the file.
  package let file: String

  /// The dataset or attribute, if one is to blame.
  package let dataset: String?

  /// The reason, as a clause.
  package let reason: String

  /// The remedy to try, as a sentence.
  package let remedy: String

  /// The error of the HDF5 library, if that was the cause.
  package let underlying: HDF5Error?

  init(
    _ problem: Problem, in file: String, dataset: String? = nil, because reason: String,
    remedy: String, underlying: HDF5Error? = nil
  ) {
    self.problem = problem
    self.file = file
    self.dataset = dataset
    self.reason = reason
    self.remedy = remedy
    self.underlying = underlying
  }
}

extension FieldFileError: CustomStringConvertible {
  /// The file, the dataset, what was found, and what to try.
  package var description: String {
    let place = dataset.map { "field file \(file), \($0)" } ?? "field file \(file)"
    return "\(place): \(reason). \(remedy)"
  }
}

/// Runs calls of the HDF5 library, and says in their errors what they were for.
func inFieldFile<Value: ~Copyable>(
  _ file: String, dataset: String? = nil, _ problem: FieldFileError.Problem = .io,
  remedy: String = "Check the disk and the path, and make the file again with `halompi prepare`.",
  _ body: () throws(HDF5Error) -> Value
) throws(FieldFileError) -> Value {
  do {
    return try body()
  } catch {
    throw FieldFileError(
      problem, in: file, dataset: dataset, because: "\(error)", remedy: remedy, underlying: error)
  }
}

extension FieldFileError {
  /// The error of an input that is NaN or infinite.
  static func invalidValue(
    _ value: Float, of field: GridField<Float>, atSite site: Int, _ gridSize: Int, in path: String
  ) -> FieldFileError {
    let place = [
      site / (gridSize * gridSize), site / gridSize % gridSize, site % gridSize,
    ]
    return FieldFileError(
      .invalidValue, in: path, dataset: field.dataset,
      because: "the \(field.dataset) at site \(site) \(place) is \(value)",
      remedy: "Make the file again with `halompi prepare`; if it persists, check the initial "
        + "snapshot.")
  }

  /// The error of a dataset that the file was made without.
  static func missing(_ dataset: String, in path: String) -> FieldFileError {
    let setting = dataset.prefix { $0 != "/" }
    return FieldFileError(
      .wrongLayout, in: path, dataset: dataset, because: "the file was made without it",
      remedy: "Set fields.\(setting) to true, and make the file again with `halompi prepare`.")
  }
}

extension FieldFileError: JobFailure {
  /// A missing file, one that cannot be read or written, or one that is not what it must be.
  package var exitCode: JobExitCode {
    switch problem {
    case .missingFile: .missingInput
    case .io: .inputOutput
    case .wrongFormat, .wrongLayout, .invalidValue, .damaged: .badData
    }
  }
}
