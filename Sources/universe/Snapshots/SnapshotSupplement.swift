internal import Failures

/// The facts about a snapshot that its files do not state, or state wrongly.
struct SnapshotSupplement: Hashable, Codable, Sendable {
  /// The units of the files; those that they state, or the usual ones that fit, if not given.
  package var units: SnapshotUnits?

  /// The background universe; that which the files state, if not given.
  package var cosmology: Cosmology?

  /// The types of particles that are left out, such as neutrinos or tracers beside the dark matter.
  package var ignoredTypes: [Int]

  /// Makes a supplement; by default nothing is known beside the files.
  ///
  /// - Parameters:
  ///   - units: The units of the files.
  ///   - cosmology: The background universe.
  ///   - ignoredTypes: The types of particles that are left out.
  package init(
    units: SnapshotUnits? = nil, cosmology: Cosmology? = nil, ignoredTypes: [Int] = []
  ) {
    self.units = units
    self.cosmology = cosmology
    self.ignoredTypes = ignoredTypes
  }
}

/// The particles of each type that a header counts.
struct ParticleTypes: Hashable {
  /// The particles of dark matter, type 1.
  let darkMatter: Int

  /// The particles of the types that are ignored, if there are any [type].
  let ignored: [Int: Int]

  /// Takes the counts of all types.
  ///
  /// - Parameters:
  ///   - counts: The particles of each type.
  ///   - supplement: The supplement, which lists the types that are ignored.
  ///   - path: The file.
  /// - Throws: A `Failure` of the kind `otherMatter` for other types.
  init(
    _ counts: [Int], _ supplement: SnapshotSupplement, _ path: String
  ) throws(Failure) {
    var ignored: [Int: Int] = [:]
    for (type, count) in counts.enumerated() where type != 1 && count > 0 {
      guard type != 0, supplement.ignoredTypes.contains(type) else {
        throw Self.refused(type, count, path)
      }
      ignored[type] = count
    }
    darkMatter = counts.count > 1 ? counts[1] : 0
    self.ignored = ignored
  }

  private static func refused(_ type: Int, _ count: Int, _ path: String) -> Failure {
    Failure(
      .otherMatter, in: path, dataset: "PartType\(type)",
      because: "there are \(count) particles of type \(type)"
        + (type == 0 ? ", gas, a sixth of the matter that the density would miss" : ""),
      remedy: type == 0
        ? "Give the run of dark matter alone with the same initial phases."
        : "Give a simulation of dark matter alone, in particles of type 1; if these are neutrinos or "
          + "tracers beside it, ignore them by `ignoreTypes: [\(type)]` of the simulation in the "
          + "experiment file. Zoom simulations cannot be used.")
  }
}

extension ParticleTypes {
  /// The most that ignored particles may hold of all matter.
  ///
  /// Neutrinos of 0.6 eV in sum are 4.5 % of a matter density of 0.3; gas is 16 %, and the outer
  /// particles of zoom simulations most of it.
  static let mostIgnored = 0.05

  /// Refuses ignored particles that are more of the matter than neutrinos can be.
  ///
  /// - Parameters:
  ///   - ignoredMass: Their mass.
  ///   - darkMass: The mass of all particles of dark matter, in the same unit.
  ///   - path: The file.
  /// - Throws: A `Failure` of the kind `otherMatter`.
  func check(ignoredMass: Double, darkMass: Double, _ path: String) throws(Failure) {
    let fraction = ignoredMass / (ignoredMass + darkMass)
    guard ignoredMass > 0, !(fraction <= Self.mostIgnored) else { return }
    let types = ignored.keys.sorted().map(String.init).joined(separator: ", ")
    throw Failure(
      .otherMatter, in: path, dataset: "ignoreTypes of the experiment file",
      because: "the ignored particles of type \(types) hold \(fraction * 100) % of the matter, "
        + "more than neutrinos can",
      remedy: "Give a simulation of dark matter alone with one mass; gas, and the heavy particles "
        + "around the region of a zoom simulation, cannot be left out.")
  }
}
