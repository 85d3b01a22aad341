internal import Failures
internal import MPI

extension LabelTable {
  /// Finds the labels and masses of particles by their IDs.
  ///
  /// Each rank reads a share of the table. Collective.
  ///
  /// - Parameters:
  ///   - ids: The IDs of this rank's particles.
  ///   - snapshot: The snapshot that all ranks' particles are.
  ///   - communicator: The ranks.
  /// - Returns: The number of each particle's halo [particle], -1 for none, and its mass [Msun]; the
  ///   numbers are the bits of the mass if the table has none.
  /// - Throws: `AgreedFailure` of a `Failure`: a row that cannot be read, an ID that occurs twice or
  ///   belongs to no particle.
  func labels(
    of ids: [UInt64], in snapshot: Snapshot, on communicator: borrowing Communicator
  ) throws -> (labels: [Int64], masses: [Double]) {
    let size = communicator.size
    let rank = communicator.rank
    let rows = try communicator.agree { () throws(Failure) in
      try labeled(openFile().rows(share: rank, of: size), snapshot)
    }
    let search = IDSearch(
      file: file, dataset: id, takesLeast: false,
      remedy:
        "Give each particle one row in the table that was made from this snapshot, and its ID in "
        + "the column of particles' IDs.")
    let values = zip(rows.labels, rows.masses).flatMap { [$0, Int64(bitPattern: $1.bitPattern)] }
    let found = try search.values(
      of: ids, in: (rows.ids, values), width: 2, snapshot, on: communicator)
    return (
      found.map { $0.first ?? -1 },
      found.map { $0.last.map { Double(bitPattern: UInt64(bitPattern: $0)) } ?? 0 }
    )
  }

  /// Rows with masses in Msun, and halos that have none marked with -1.
  private func labeled(
    _ rows: LabelRows, _ snapshot: Snapshot
  ) throws(Failure) -> (ids: [UInt64], labels: [Int64], masses: [Double]) {
    var labels: [Int64] = []
    var masses: [Double] = []
    for (index, stored) in rows.masses.enumerated() {
      let mass = (massUnit ?? .solar).solarMasses(stored, hubble: snapshot.cosmology.hubble)
      guard mass >= 0, mass.isFinite, !stored.isNaN else {
        throw Failure(
          .invalidValue, in: file, dataset: self.mass,
          because: "the halo of the particle with ID \(rows.ids[index]) has the mass \(stored)",
          remedy: "Write 0 for particles in no halo, or leave them out.")
      }
      let halo = rows.halos.isEmpty ? Int64(bitPattern: mass.bitPattern) : rows.halos[index]
      labels.append(mass > 0 ? max(-1, halo) : -1)
      masses.append(mass)
    }
    return (rows.ids, labels, masses)
  }
}
