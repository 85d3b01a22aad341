package import Failures

/// An error of a snapshot or a halo catalogue that cannot be used.
///
/// The description names the file, the dataset or attribute, what is wrong, and what to try.
package struct SnapshotError: Error, Hashable, Sendable {
  /// The kind of problem, for callers that tell problems apart.
  package enum Problem: Hashable, Sendable {
    /// The file is not there.
    case missingFile
    /// The file cannot be read: not HDF5, cut off, or refused by the system.
    case unreadable
    /// A dataset or an attribute is not there.
    case missingContent
    /// A dataset has another shape or length than the header says, or a file another header.
    case inconsistentCounts
    /// Particles of other types than dark matter are present.
    case otherMatter
    /// The particles do not have one mass.
    case unequalMasses
    /// Mass, box and number of particles contradict each other.
    case wrongUnits
    /// A number is NaN, infinite, or a position far outside the box.
    case invalidValue
    /// The number of particles is not a cube.
    case notACube
    /// An ID occurs twice, or belongs to no particle of the initial snapshot.
    case wrongIDs
    /// The particles do not come from a regular lattice.
    case noLattice
    /// A catalogue belongs to another snapshot, or a snapshot to another simulation.
    case mismatch
  }

  /// The kind of problem.
  package let problem: Problem

  /// The file.
  package let file: String

  /// The dataset or attribute in the file, if one is to blame.
  package let dataset: String?

  /// The reason, as a clause.
  package let reason: String

  /// The remedy, as a sentence.
  package let remedy: String

  /// Makes an error.
  ///
  /// - Parameters:
  ///   - problem: The kind of problem.
  ///   - file: The path of the file.
  ///   - dataset: The dataset or attribute, if one is to blame.
  ///   - reason: The reason, as a clause.
  ///   - remedy: The remedy, as a sentence.
  package init(
    _ problem: Problem, in file: String, dataset: String? = nil, because reason: String,
    remedy: String
  ) {
    self.problem = problem
    self.file = file
    self.dataset = dataset
    self.reason = reason
    self.remedy = remedy
  }
}

extension SnapshotError: CustomStringConvertible {
  /// The file, the dataset, what was found, and what to try.
  package var description: String {
    let place = dataset.map { "\(file), \($0)" } ?? file
    return "\(place): \(reason). \(remedy)"
  }
}

extension SnapshotError: JobFailure {
  /// A missing file, or one that is not what it must be.
  package var exitCode: JobExitCode { problem == .missingFile ? .missingInput : .badData }
}
