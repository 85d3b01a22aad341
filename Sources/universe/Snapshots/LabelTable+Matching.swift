internal import MPI

extension LabelTable {
  /// Finds the labels and masses of particles by their IDs.
  ///
  /// Each rank reads a share of the table and knows the rows of the IDs that leave its number when divided
  /// by the ranks. Collective.
  ///
  /// - Parameters:
  ///   - ids: The IDs of this rank's particles.
  ///   - snapshot: The snapshot that all ranks' particles are.
  ///   - communicator: The ranks.
  /// - Returns: The number of each particle's halo [particle], -1 for none, and its mass [Msun]; the
  ///   numbers are the bits of the mass if the table has none.
  /// - Throws: `AgreedFailure` of a ``SnapshotError``: a row that cannot be read, an ID that occurs twice or
  ///   belongs to no particle.
  func labels(
    of ids: [UInt64], in snapshot: Snapshot, on communicator: borrowing Communicator
  ) throws -> (labels: [Int64], masses: [Double]) {
    let size = communicator.size
    let rank = communicator.rank
    let rows = try communicator.agree { () throws(SnapshotError) in
      try labelled(openFile().rows(share: rank, of: size), snapshot)
    }
    let toOwner = Routing(rows.ids.map { Int32($0 % UInt64(size)) }, ranks: size)
    let ownIDs = try toOwner.send(rows.ids, on: communicator)
    let ownLabels = try toOwner.send(rows.labels, on: communicator)
    let ownMasses = try toOwner.send(rows.masses, on: communicator)

    let questions = Routing(ids.map { Int32($0 % UInt64(size)) }, ranks: size)
    let asked = try questions.exchange(ids, on: communicator)
    let places = try questions.send(ids.indices.map { Int64($0) }, on: communicator)

    var placeOfID: [UInt64: Int] = [:]
    var isMet = [Bool](repeating: false, count: ownIDs.count)
    try communicator.agree { () throws(SnapshotError) in
      for (place, id) in ownIDs.enumerated() {
        if placeOfID.updateValue(place, forKey: id) != nil {
          throw wrongID("ID \(id) has more than one row", "Give each particle one row.")
        }
      }
    }
    let found = asked.elements.map { placeOfID[$0] }
    for case let place? in found { isMet[place] = true }
    try communicator.agree { () throws(SnapshotError) in
      if let stranger = isMet.firstIndex(of: false) {
        throw wrongID(
          "ID \(ownIDs[stranger]) belongs to no particle of \(snapshot.path)",
          "Give the table that was made from this snapshot, and the column of particles' IDs.")
      }
    }
    var origins: [Int32] = []
    for (origin, count) in asked.counts.enumerated() {
      origins += [Int32](repeating: Int32(origin), count: count)
    }
    let answers = Routing(origins, ranks: size)
    let order = try answers.send(places, on: communicator)
    let labels = try answers.send(found.map { $0.map { ownLabels[$0] } ?? -1 }, on: communicator)
    let masses = try answers.send(found.map { $0.map { ownMasses[$0] } ?? 0 }, on: communicator)
    var sorted = (labels: labels, masses: masses)
    for (index, place) in order.enumerated() {
      sorted.labels[Int(place)] = labels[index]
      sorted.masses[Int(place)] = masses[index]
    }
    return sorted
  }

  /// Rows with masses in Msun, and halos that have none marked with -1.
  private func labelled(
    _ rows: LabelRows, _ snapshot: Snapshot
  ) throws(SnapshotError) -> (ids: [UInt64], labels: [Int64], masses: [Double]) {
    var labels: [Int64] = []
    var masses: [Double] = []
    for (index, stored) in rows.masses.enumerated() {
      let mass = massUnit.solarMasses(stored, hubble: snapshot.cosmology.hubble)
      guard mass >= 0, mass.isFinite, !stored.isNaN else {
        throw SnapshotError(
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

  private func wrongID(_ reason: String, _ remedy: String) -> SnapshotError {
    SnapshotError(.wrongIDs, in: file, dataset: id, because: reason, remedy: remedy)
  }
}
