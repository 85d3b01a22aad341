internal import Failures

/// The tables of groups and subhaloes of all files of a catalogue, one after the other, in the files'
/// units.
struct GroupTables {
  /// [group].
  var masses: [Double] = []

  /// [group, 3].
  var positions: [Double] = []

  /// The radii r200m [group]; NaN or zero for none.
  var radii: [Double] = []

  /// The numbers of particles [group].
  var lengths: [Int64] = []

  /// The first rows [group]; empty if groups follow each other.
  var offsets: [Int64] = []

  /// [subhalo].
  var subhaloGroups: [Int64] = []

  /// The numbers of bound particles [subhalo].
  var subhaloLengths: [Int64] = []

  /// The first rows [subhalo]; empty if they follow each other within their groups.
  var subhaloOffsets: [Int64] = []

  /// The names of the columns in the format.
  var names = Names()

  /// The names of the columns of tables in errors.
  struct Names {
    var lengths = "Group/GroupLenType"
    var offsets = "Group/GroupOffsetType"
    var masses = "Group/GroupMass"
    var positions = "Group/GroupPos"
    var radii = "Group/Group_R_Mean200"
    var subhaloGroups = "Subhalo/SubhaloGroupNr"
    var subhaloLengths = "Subhalo/SubhaloLenType"
    var subhaloOffsets = "Subhalo/SubhaloOffsetType"
  }

  /// The data of a catalogue besides its tables.
  struct Setting {
    /// The files; errors name the first.
    var files: [String]
    var format: CatalogueFormat
    var membership: GroupCatalogue.Membership

    /// The number of rows, or of entries in the list of IDs.
    var rowCount: Int

    /// The side of the box [Mpc/h].
    var boxSize: Double
    var redshift: Double
    var units: SnapshotUnits
    var hasSubhalos: Bool
  }

  /// Makes the catalogue, whose numbers are all within what they count.
  ///
  /// - Throws: A `Failure` that names the column.
  func catalogue(
    _ setting: Setting, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let path = setting.files[0]
    let (rows, subhaloRows) = try rows(path, within: setting.rowCount)
    let toMsun = setting.units.mass / snapshot.cosmology.hubble
    let boxSize = setting.boxSize
    let length = setting.units.length
    return GroupCatalogue(
      path: path, files: setting.files, format: setting.format, membership: setting.membership,
      boxSize: boxSize, redshift: setting.redshift, rows: rows,
      masses: masses.map { $0 * toMsun },
      positions: try Self.wrapped(positions, length, boxSize, names.positions, path),
      radii: try Self.checked(radii.map { $0 * length }, boxSize, names.radii, path),
      subhaloRows: subhaloRows, hasSubhalos: setting.hasSubhalos)
  }

  /// Positions in Mpc/h within the box.
  static func wrapped(
    _ positions: [Double], _ unit: Double, _ boxSize: Double, _ name: String, _ path: String
  ) throws(Failure) -> [Double] {
    try positions.map { (stored) throws(Failure) in
      let position = stored * unit
      guard position >= -1e-3 * boxSize, position <= 1.001 * boxSize else {
        throw Failure(
          .invalidValue, in: path, dataset: name,
          because: "a coordinate is \(position) Mpc/h, the box \(boxSize) Mpc/h",
          remedy: "Check BoxSize and the units; the catalogue may be damaged.")
      }
      let inside = position < 0 ? position + boxSize : position
      return inside >= boxSize ? inside - boxSize : inside
    }
  }

  /// Radii in Mpc/h, NaN for none; one that is larger than the box, or nothing beside it, is refused.
  static func checked(
    _ radii: [Double], _ boxSize: Double, _ name: String, _ path: String
  ) throws(Failure) -> [Double] {
    if let group = radii.firstIndex(where: {
      $0 > boxSize || $0 > 0 && $0 < 1e-9 * boxSize
    }) {
      throw Failure(
        .invalidValue, in: path, dataset: name,
        because: "the radius of group \(group) is \(radii[group]) Mpc/h, the box \(boxSize) Mpc/h",
        remedy: "Check the units; the catalogue may be damaged.")
    }
    return radii.map { $0 > 0 ? $0 : .nan }
  }

  /// The rows of groups and subhaloes: from the offsets, or else from running sums, which go on
  /// from file to file.
  private func rows(
    _ path: String, within count: Int
  ) throws(Failure) -> ([Range<Int>], [Range<Int>]) {
    func refuse(_ dataset: String, _ reason: String) -> Failure {
      Failure(
        .inconsistentCounts, in: path, dataset: dataset, because: reason,
        remedy: "Write or copy the catalogue again; its rows do not follow each other.")
    }
    let all = Int64(0)...Int64(count)
    var groups: [Range<Int>] = []
    var end: Int64 = 0
    for (index, length) in lengths.enumerated() {
      let start = offsets.count == lengths.count ? offsets[index] : end
      guard all.contains(start), start >= end else {
        throw refuse(names.offsets, "group \(index) begins at row \(start) before \(end)")
      }
      guard all.contains(length), length <= all.upperBound - start else {
        throw refuse(
          names.lengths,
          "group \(index) has \(length) particles from row \(start) on, of \(count) in all")
      }
      end = start + length
      groups.append(Int(start)..<Int(end))
    }
    var subhalos: [Range<Int>] = []
    end = 0
    for (index, length) in subhaloLengths.enumerated() {
      guard subhaloGroups[index] >= 0, subhaloGroups[index] < groups.count else {
        throw refuse(names.subhaloGroups, "subhalo \(index) is in no group")
      }
      let group = groups[Int(subhaloGroups[index])]
      let start =
        subhaloOffsets.count == subhaloLengths.count
        ? subhaloOffsets[index] : max(end, Int64(group.lowerBound))
      guard all.contains(start), start >= end, all.contains(length), start >= group.lowerBound,
        start + length <= group.upperBound
      else {
        throw refuse(
          names.subhaloOffsets, "the rows of subhalo \(index) are not within its group's")
      }
      end = start + length
      subhalos.append(Int(start)..<Int(end))
    }
    return (groups, subhalos)
  }
}

extension Snapshot {
  /// Returns a number of a catalogue's header, such as that of groups, which cannot be larger than
  /// the number of particles.
  func count(
    _ stored: some BinaryInteger, _ dataset: String, _ path: String
  ) throws(Failure) -> Int {
    guard let count = Int(exactly: stored), count >= 0, count <= particleCount else {
      throw Failure(
        .invalidValue, in: path, dataset: dataset,
        because: "it is \(stored), the snapshot has \(particleCount) particles",
        remedy: "Give the catalogue that was made from \(self.path); this one may be damaged.")
    }
    return count
  }
}
