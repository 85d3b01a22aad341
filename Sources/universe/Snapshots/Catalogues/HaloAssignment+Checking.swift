package import Failures

extension HaloAssignment {
  /// The most of all particles that one halo may have.
  ///
  /// The largest halo of a box of 25 Mpc/h has 5 to 15 % of its particles; particles in no halo, which
  /// some files number like a halo, are half of all or more.
  private static let mostInOneHalo = 0.4

  /// Refuses labels that no search for halos gives: none at all, or a halo of a large part of all particles, which
  /// are those in none.
  ///
  /// - Parameters:
  ///   - counts: The particles of each halo [halo].
  ///   - snapshot: The snapshot.
  /// - Throws: A `Failure`.
  package func check(_ counts: [Int], of snapshot: Snapshot) throws(Failure) {
    if case .groups = self { return }
    let path = path(of: snapshot)
    let largest = counts.max() ?? 0
    if case .labels = self, largest == 0 {
      throw Failure(
        .missingContent, in: path, dataset: SWIFTFile.labels,
        because: "no particle is in a group: friends-of-friends was not run for this snapshot",
        remedy: "Let SWIFT search for groups when it writes the snapshot (--fof, and invoke_fof: 1 "
          + "under Snapshots), or give the simulation `labels` in the experiment file.")
    }
    if case .table(let table) = self, largest == 0 {
      throw Failure(
        .missingContent, in: path, dataset: table.mass,
        because: "no row puts a particle in a halo: all have mass 0 or a negative halo number",
        remedy: "Check `labels.mass` and `labels.halo`, which name the columns that are read.")
    }
    let fraction = Double(largest) / Double(snapshot.particleCount)
    guard fraction > Self.mostInOneHalo else { return }
    throw Failure(
      .invalidValue, in: path,
      because: "one halo has \((fraction * 100).rounded()) % of all particles, more than any halo: "
        + "these are the particles in none",
      remedy: "State the number that stands for no halo: FOF:group_id_default in the group "
        + "Parameters of SWIFT's files; in a table of labels, leave these particles out or give them "
        + "mass 0.")
  }
}
