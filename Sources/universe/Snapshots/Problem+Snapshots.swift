package import Failures

/// The problems of snapshots and halo catalogues.
extension Problem {
  /// The file cannot be read: not HDF5, cut off, or refused by the system.
  package static let unreadable = Problem("unreadable")
  /// A dataset or an attribute is not there.
  package static let missingContent = Problem("missingContent")
  /// A dataset has another shape or length than the header says, or a file another header.
  static let inconsistentCounts = Problem("inconsistentCounts")
  /// Particles of other types than dark matter are present.
  static let otherMatter = Problem("otherMatter")
  /// The particles do not have one mass.
  static let unequalMasses = Problem("unequalMasses")
  /// Mass, box and number of particles contradict each other.
  static let wrongUnits = Problem("wrongUnits")
  /// The number of particles is not a cube.
  static let notACube = Problem("notACube")
  /// An ID occurs twice, or belongs to no particle of the initial snapshot.
  package static let wrongIDs = Problem("wrongIDs")
  /// The particles do not come from a regular lattice.
  package static let noLattice = Problem("noLattice")
  /// A catalogue belongs to another snapshot, or a snapshot to another simulation.
  package static let mismatch = Problem("mismatch")
}
