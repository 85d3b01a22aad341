internal import Failures
internal import MPI

/// Finds what a file says of particles by their IDs, wherever the ranks have read it.
struct IDSearch {
  /// The file, for errors.
  let file: String

  /// The column of IDs, for errors.
  let dataset: String

  /// Whether an ID may have several rows; the one with the least values counts.
  let takesLeast: Bool

  /// The remedy for a wrong ID, as a sentence.
  let remedy: String

  /// Finds the values of particles.
  ///
  /// Each rank knows the rows of the IDs that leave its number when divided by the ranks. Collective.
  ///
  /// - Parameters:
  ///   - ids: The IDs of this rank's particles.
  ///   - rows: This rank's rows: their IDs [row] and their values [row, width].
  ///   - width: The number of values in a row.
  ///   - snapshot: The snapshot that all ranks' particles are.
  ///   - communicator: The ranks.
  /// - Returns: The values of each particle [particle]; nothing for those without a row.
  /// - Throws: `AgreedFailure` of a `Failure`: an ID that occurs twice, or that belongs to no
  ///   particle.
  func values(
    of ids: [UInt64], in rows: (ids: [UInt64], values: [Int64]), width: Int,
    _ snapshot: Snapshot, on communicator: borrowing Communicator
  ) throws -> [ArraySlice<Int64>] {
    let size = communicator.size
    let toOwner = Routing(rows.ids.map { Int32($0 % UInt64(size)) }, ranks: size)
    let ownIDs = try toOwner.send(rows.ids, on: communicator)
    let ownValues = try toOwner.send(rows.values, width: width, on: communicator)
    func values(at place: Int) -> ArraySlice<Int64> {
      ownValues[place * width..<(place + 1) * width]
    }

    let questions = Routing(ids.map { Int32($0 % UInt64(size)) }, ranks: size)
    let asked = try questions.exchange(ids, on: communicator)
    let places = try questions.send(ids.indices.map { Int64($0) }, on: communicator)

    var placeOfID: [UInt64: Int] = [:]
    try communicator.agree { () throws(Failure) in
      for (place, id) in ownIDs.enumerated() {
        guard let other = placeOfID.updateValue(place, forKey: id) else { continue }
        guard takesLeast else { throw wrong("ID \(id) has more than one row") }
        if values(at: other).lexicographicallyPrecedes(values(at: place)) {
          placeOfID[id] = other
        }
      }
    }
    let found = asked.elements.map { placeOfID[$0] }
    try communicator.agree { () throws(Failure) in
      let met = Set(asked.elements)
      if let stranger = ownIDs.first(where: { !met.contains($0) }) {
        throw wrong("ID \(stranger) belongs to no particle of \(snapshot.path)")
      }
    }
    var origins: [Int32] = []
    for (origin, count) in asked.counts.enumerated() {
      origins += [Int32](repeating: Int32(origin), count: count)
    }
    let answers = Routing(origins, ranks: size)
    let none = [Int64](repeating: 0, count: width)
    let order = try answers.send(places, on: communicator)
    let isFound = try answers.send(found.map { $0 == nil ? Int32(0) : 1 }, on: communicator)
    let sent = try answers.send(
      found.flatMap { $0.map { Array(values(at: $0)) } ?? none }, width: width, on: communicator)
    var sorted = [ArraySlice<Int64>](repeating: [], count: ids.count)
    for (index, place) in order.enumerated() where isFound[index] > 0 {
      sorted[Int(place)] = sent[index * width..<(index + 1) * width]
    }
    return sorted
  }

  private func wrong(_ reason: String) -> Failure {
    Failure(.wrongIDs, in: file, dataset: dataset, because: reason, remedy: remedy)
  }
}
