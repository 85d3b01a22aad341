package import Failures

/// The halos of a catalogue, and the rows of the snapshot, or of a list of particle IDs, that belong to
/// them.
///
/// It is read from any of the formats of ``CatalogueFormat``, in one file or several. Where there is no list of
/// IDs, the snapshot of the same time has its particles in the order of groups, and within a group in that
/// of subhaloes, so that membership is a matter of rows. A catalogue without groups is valid.
///
/// Memory: about 100 bytes a group, 24 bytes a subhalo and 4 bytes an object, on every rank that holds it.
package struct GroupCatalogue: Hashable, Codable, Sendable {
  /// The way in which a catalogue names the members.
  package enum Membership: String, Hashable, Codable, Sendable {
    /// Groups are rows of the snapshot.
    case rows

    /// Groups are ranges of a list of IDs; each ID occurs once.
    case list

    /// IDs are listed with their halos; a particle that is listed with several is in the most
    /// massive.
    case particles

    /// The halo of each row of the snapshot is written.
    case labels
  }

  /// The path of the first file.
  package let path: String

  /// All files.
  package let files: [String]

  /// The format of the files.
  package let format: CatalogueFormat

  /// The way in which the members are named.
  package let membership: Membership

  /// The side of the box [Mpc/h].
  package let boxSize: Double

  /// The redshift.
  package let redshift: Double

  /// The rows of the snapshot, or the entries of the list of IDs, that each group has [group]; none if IDs
  /// or rows are listed with their halos.
  package let rows: [Range<Int>]

  /// The mass of each group [group], [Msun].
  package let masses: [Double]

  /// The comoving position of each group [group, 3], [Mpc/h], in [0, box).
  package let positions: [Double]

  /// The comoving radius of the sphere with 200 times the mean matter density [group], [Mpc/h];
  /// NaN where the catalogue has none.
  package let radii: [Double]

  /// The rows or entries of each subhalo [subhalo], in ascending order; none if only groups were sought.
  let subhaloRows: [Range<Int>]

  /// Whether it is known which particles are bound: subhaloes were sought.
  package let hasSubhalos: Bool

  /// The place in the catalogue of the halo that each object of the files counts for, -1 for none [object]; empty
  /// unless the members are those of objects within halos.
  var places: [Int32] = []

  /// The place in the catalogue of the halo that an object counts for; -1 for none, and for one that a file has got
  /// since the catalogue was read.
  func place(ofObject object: Int) -> Int32 {
    places.indices.contains(object) ? places[object] : -1
  }

  /// The number of groups.
  package var count: Int { masses.count }

  /// The number of particles in groups that are rows or ranges of a list.
  package var memberCount: Int { rows.reduce(0) { $0 + $1.count } }

  /// Finds the group that a row belongs to.
  ///
  /// - Parameter row: A row of the snapshot.
  /// - Returns: The group; `nil` for a particle in no group.
  /// - Complexity: O(log(groups)).
  package func group(ofRow row: Int) -> Int? { Self.range(in: rows, containing: row) }

  /// Whether the particle of a row is in any subhalo of its group.
  ///
  /// SUBFIND removes unbound particles from its subhaloes and leaves them to their group, so these
  /// are the bound particles of a group if its substructure is ignored.
  ///
  /// - Complexity: O(log(subhaloes)).
  package func isBound(row: Int) -> Bool { Self.range(in: subhaloRows, containing: row) != nil }

  /// The number of bound particles in each group [group].
  package func boundCounts() -> [Int] {
    var counts = [Int](repeating: 0, count: count)
    for subhalo in subhaloRows where !subhalo.isEmpty {
      if let group = group(ofRow: subhalo.lowerBound) { counts[group] += subhalo.count }
    }
    return counts
  }

  /// Finds the range with `row` among ranges in ascending order, some of which may be empty.
  private static func range(in ranges: [Range<Int>], containing row: Int) -> Int? {
    var low = 0
    var high = ranges.count
    while low < high {
      let middle = (low + high) / 2
      if ranges[middle].upperBound <= row { low = middle + 1 } else { high = middle }
    }
    return low < ranges.count && ranges[low].contains(row) ? low : nil
  }

  /// Refuses a catalogue that was not made from a snapshot.
  ///
  /// Compares box, redshift, rows and masses. Whether the rows of a group lie around its position
  /// takes the particles: see ``MembershipCheck``.
  ///
  /// - Throws: A `Failure` of the kind `mismatch`.
  package func check(against snapshot: Snapshot) throws(Failure) {
    func refuse(_ dataset: String, _ reason: String) -> Failure {
      Failure(
        .mismatch, in: path, dataset: dataset, because: reason,
        remedy: "Give the catalogue that was made from \(snapshot.path).")
    }
    guard abs(boxSize - snapshot.boxSize) <= 1e-5 * snapshot.boxSize else {
      throw refuse(
        "attribute Header/BoxSize",
        "its box is \(boxSize) Mpc/h, that of the snapshot \(snapshot.boxSize)")
    }
    guard abs(redshift - snapshot.redshift) <= 1e-4 * (1 + snapshot.redshift) else {
      throw refuse(
        "attribute Header/Redshift",
        "its redshift is \(redshift), that of the snapshot \(snapshot.redshift)")
    }
    if let end = rows.last?.upperBound, end > snapshot.particleCount {
      throw refuse(
        format.file.names.lengths,
        "its groups reach to row \(end), the snapshot has \(snapshot.particleCount) particles")
    }
    for group in rows.indices {
      let expected = Double(rows[group].count) * snapshot.particleMass
      guard abs(masses[group] - expected) <= 2e-3 * expected else {
        throw refuse(
          format.file.names.masses,
          "group \(group) has \(masses[group]) Msun, but its \(rows[group].count) particles have "
            + "\(expected)")
      }
    }
  }
}
