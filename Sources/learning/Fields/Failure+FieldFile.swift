package import Failures
internal import HDF5

/// The problems of field files.
extension Problem {
  /// The file system or the HDF5 library refused.
  static let io = Problem("io", .inputOutput)
  /// The file is not a field file, or one of a later version.
  static let wrongFormat = Problem("wrongFormat")
  /// A dataset or attribute is missing, or has another shape than the metadata say.
  static let wrongLayout = Problem("wrongLayout")
  /// The data differ from what was written.
  package static let damaged = Problem("damaged")
}

extension Failure {
  /// Makes a failure of a field file that cannot be read or written.
  ///
  /// - Parameters:
  ///   - problem: The problem, which decides the exit code.
  ///   - file: The path of the file.
  ///   - dataset: The dataset or attribute, if one is to blame.
  ///   - reason: The reason, as a clause.
  ///   - remedy: The remedy, as a sentence.
  init(
    _ problem: Problem, inFieldFile file: String, dataset: String? = nil, because reason: String,
    remedy: String
  ) {
    self.init(
      problem, in: file, called: "field file \(file)", dataset: dataset, because: reason,
      remedy: remedy)
  }
}

/// Runs calls of the HDF5 library, and says in their errors what they were for.
func inFieldFile<Value: ~Copyable>(
  _ file: String, dataset: String? = nil, _ problem: Problem = .io,
  remedy: String = "Check the disk and the path, and make the file again with `halompi prepare`.",
  _ body: () throws(HDF5Error) -> Value
) throws(Failure) -> Value {
  do {
    return try body()
  } catch {
    throw Failure(
      problem, inFieldFile: file, dataset: dataset, because: "\(error)", remedy: remedy)
  }
}

extension Failure {
  /// The error of an input that is NaN or infinite.
  static func invalidValue(
    _ value: Float, of field: GridField<Float>, atSite site: Int, _ gridSize: Int, in path: String
  ) -> Failure {
    let place = [
      site / (gridSize * gridSize), site / gridSize % gridSize, site % gridSize,
    ]
    return Failure(
      .invalidValue, inFieldFile: path, dataset: field.dataset,
      because: "the \(field.dataset) at site \(site) \(place) is \(value)",
      remedy: "Make the file again with `halompi prepare`; if it persists, check the initial "
        + "snapshot.")
  }

  /// The error of a dataset that the file was made without.
  static func missing<Element>(_ field: GridField<Element>, in path: String) -> Failure {
    Failure(
      .wrongLayout, inFieldFile: path, dataset: field.dataset,
      because: "the file was made without it", remedy: field.remedyIfMissing)
  }
}
