package import Failures

/// The source that tells the halo of each particle of a snapshot.
package enum HaloSource: Hashable, Codable, Sendable {
  /// A catalogue of halos: a path that ``GroupCatalogue/open(_:of:)``
  /// takes.
  case catalogue(String)

  /// The snapshot itself, whose files have a label for each particle, as SWIFT's do.
  case snapshot

  /// A table that gives particles the halos they are in, by their IDs.
  case table(LabelTable)

  /// The path that was given; `nil` if the snapshot says it itself.
  package var path: String? {
    switch self {
    case .catalogue(let path): path
    case .snapshot: nil
    case .table(let table): table.file
    }
  }
}

/// The halos of a source, as they are known before any particle is read.
///
/// It knows which files there are, and that they fit the snapshot, and can be sent to other ranks.
package enum HaloAssignment: Hashable, Codable, Sendable {
  /// Halos of a catalogue.
  case groups(GroupCatalogue)

  /// Labels in the snapshot's own files.
  case labels

  /// A table by IDs.
  case table(LabelTable)

  /// Opens a source, and compares it with the snapshot as far as that takes no particles.
  ///
  /// - Throws: A `Failure`.
  package static func open(
    _ source: HaloSource, of snapshot: Snapshot
  ) throws(Failure) -> HaloAssignment {
    switch source {
    case .catalogue(let path):
      let catalogue = try GroupCatalogue.open(path, of: snapshot)
      try catalogue.check(against: snapshot)
      return .groups(catalogue)
    case .snapshot:
      guard snapshot.hasHaloLabels else {
        throw Failure(
          .missingContent, in: snapshot.path,
          because: "it does not say which halo each particle is in, and no catalogue is given",
          remedy: "Give the simulation a `catalogue` of groups (fof_subhalo_tab) or a table of "
            + "`labels` in the experiment file.")
      }
      return .labels
    case .table(let table):
      try table.check()
      return .table(table)
    }
  }

  /// Whether it is known which particles are bound.
  package var hasSubhalos: Bool {
    if case .groups(let catalogue) = self { catalogue.hasSubhalos } else { false }
  }

  /// Whether it is known already that there are no halos.
  package var isEmpty: Bool {
    if case .groups(let catalogue) = self { catalogue.count == 0 } else { false }
  }

  /// The file that says it, for errors and records.
  package func path(of snapshot: Snapshot) -> String {
    switch self {
    case .groups(let catalogue): catalogue.path
    case .labels: snapshot.path
    case .table(let table): table.file
    }
  }

  /// All files that say it.
  package func files(of snapshot: Snapshot) -> [String] {
    switch self {
    case .groups(let catalogue): catalogue.files
    case .labels: snapshot.parts.map(\.path)
    case .table(let table): [table.file]
    }
  }
}

/// The halos of a snapshot, and which of them some rows of it are in; the same for every kind of
/// source.
package struct HaloMembers: Sendable {
  /// The mass of each halo [halo], [Msun].
  package internal(set) var masses: [Double] = []

  /// The comoving position of each halo [halo, 3], [Mpc/h], in [0, box); NaN if halos are told apart by
  /// their masses alone.
  package internal(set) var positions: [Double] = []

  /// The comoving radius of the sphere with 200 times the mean matter density [halo], [Mpc/h]; NaN where
  /// it is not known.
  package internal(set) var radii: [Double] = []

  /// The number of particles of each halo [halo].
  package internal(set) var counts: [Int] = []

  /// The number of its bound particles [halo]; zero if it is not known.
  package internal(set) var boundCounts: [Int] = []

  /// The halo of each row [row]; -1 for none.
  package internal(set) var halos: [Int32] = []

  /// Whether the particle of each row is bound [row]; no, if it is not known.
  package internal(set) var isBound: [Bool] = []

  /// The number of particles in halos.
  package var memberCount: Int { counts.reduce(0, +) }
}
