package import Failures
internal import Fields
internal import Foundation
internal import HDF5
package import MPI
internal import Simulations
internal import Snapshots
internal import Text

/// An inspection of a snapshot, and of the catalogue beside it: what `prepare` would read of them, and what it would
/// miss.
package struct SnapshotInspection: Sendable {
  private let snapshot: Snapshot

  /// The properties of the particles, or why they cannot be read.
  private let survey: Result<SnapshotSurvey, Failure>

  /// The halos by the catalogue, or else by the files' own labels, or why they would be refused; `nil` if there
  /// are neither.
  private let halos: Result<HaloMembers, Failure>?

  /// The catalogue's path.
  private let catalogue: String?

  /// The check of the sites of initial particles, or why preparation would not find them.
  ///
  /// `nil` for a later snapshot, one without a grid size, and one whose particles cannot be read.
  private let sites: Result<SiteCheck, Failure>?
  private let gridSize: Int?

  /// A redshift from which on a snapshot is taken for initial conditions.
  private static let early = 10.0

  /// Reads a snapshot, all of its particles.
  ///
  /// - Parameters:
  ///   - path: A path that `Snapshot.open` takes.
  ///   - catalogue: The path of a catalogue of its halos, if there is one.
  ///   - communicator: A single rank.
  /// - Throws: `Failure` if its headers cannot be read, or what MPI reported.
  package init(
    of path: String, catalogue: String? = nil, on communicator: borrowing Communicator
  ) throws {
    let snapshot = try Snapshot.open(path)
    self.snapshot = snapshot
    self.catalogue = catalogue
    gridSize = try? snapshot.gridSize()
    let read = try Self.result {
      try snapshot.particles(in: 0..<snapshot.particleCount, velocities: true)
    }
    switch read {
    case .failure(let error):
      survey = .failure(error)
      sites = nil
      halos = nil
    case .success(let particles):
      survey = try Self.result { try SnapshotSurvey(snapshot, particles, on: communicator) }
      sites =
        snapshot.redshift >= Self.early && gridSize != nil
        ? try Self.result { try SiteCheck(particles, of: snapshot, on: communicator) } : nil
      let source = catalogue.map { HaloSource.catalogue($0) }
      halos = try (source ?? (snapshot.hasHaloLabels ? .snapshot : nil)).map { source in
        try Self.result { try Self.halos(source, of: snapshot, particles, on: communicator) }
      }
    }
  }

  /// Finds the halos with all checks that preparation makes.
  private static func halos(
    _ source: HaloSource, of snapshot: Snapshot, _ particles: SnapshotParticles,
    on communicator: borrowing Communicator
  ) throws -> HaloMembers {
    let assignment = try HaloAssignment.open(source, of: snapshot)
    let members = try assignment.members(of: particles, in: snapshot, on: communicator)
    try assignment.check(members.counts, of: snapshot)
    var check = MembershipCheck(members, in: snapshot)
    check.add(particles)
    try check.conclude(check.sums, assignment.path(of: snapshot))
    return members
  }

  /// Returns the result of a step of preparation, or why it refuses the snapshot; other errors are thrown.
  private static func result<Value>(
    _ step: () throws -> Value
  ) throws -> Result<Value, Failure> {
    do {
      return .success(try step())
    } catch let error as Failure {
      return .failure(error)
    } catch let failure as AgreedFailure {
      guard let error = failure.underlying as? Failure else { throw failure }
      return .failure(error)
    }
  }

  /// Whether a path is that of a snapshot: a folder, GADGET's binary records, what several files have in
  /// common, or HDF5 with numbers of particles.
  package static func isSnapshot(_ path: String) -> Bool {
    let manager = FileManager.default
    var isFolder: ObjCBool = false
    guard manager.fileExists(atPath: path, isDirectory: &isFolder) else {
      return Snapshot.endings.contains { manager.fileExists(atPath: path + $0) }
    }
    if isFolder.boolValue { return true }
    guard let format = try? SnapshotFormat.detected(in: path) else { return false }
    guard format != .gadgetBinary, let file = try? HDF5File.open(path) else { return true }
    return (try? file.hasAttribute("NumPart_ThisFile", of: "Header")) ?? false
  }

  /// The things that `prepare` would miss and what to do about them, as sentences; none if it misses none.
  package var problems: [String] {
    var problems: [String] = []
    if gridSize == nil {
      problems.append(
        "\(snapshot.particleCount) particles are not the cube of a whole number: only simulations "
          + "that started from a cubic grid can be prepared.")
    }
    switch survey {
    case .success(let survey) where survey.repeatsIDs:
      problems.append(
        "IDs occur more than once: give a snapshot with an ID of its own for each particle (64-bit IDs)."
      )
    case .failure(let error): problems.append("\(error)")
    case .success: break
    }
    if case .failure(let error) = sites { problems.append("\(error)") }
    if case .failure(let error) = halos { problems.append("\(error)") }
    return problems
  }

  private var isEarly: Bool { snapshot.redshift >= Self.early }

  private var lines: [String] {
    let cosmology = snapshot.cosmology
    var lines = [
      "format: \(snapshot.formatDescription), \(files)",
      "particles: \(particles)",
      "box: \(digits(snapshot.boxSize)) Mpc/h, comoving",
      "redshift: \(redshiftDigits(snapshot.redshift))",
      "cosmology: Omega_m \(digits(cosmology.omegaMatter)), "
        + "Omega_Lambda \(digits(cosmology.omegaLambda)), h \(digits(cosmology.hubble))",
      "units: \(units)",
    ]
    if case .success(let survey) = survey { lines += self.lines(of: survey) }
    return lines + (snapshot.remarks + haloRemarks).map { "note: \($0)" }
  }

  private var files: String {
    snapshot.parts.count == 1 ? "one file" : "\(snapshot.parts.count) files"
  }

  private var particles: String {
    let cube = gridSize.map { " = \($0)^3" } ?? ""
    let masses = snapshot.listsMasses ? "listed one by one" : "by the header"
    return
      "\(snapshot.particleCount)\(cube) of dark matter, \(digits(snapshot.particleMass)) Msun each, "
      + masses
  }

  private var units: String {
    let units = snapshot.units
    let origin =
      snapshot.statesUnits
      ? "stated in the file" : "not stated: the usual ones whose particles fill the box"
    return
      "\(digits(units.length)) Mpc/h, \(digits(units.mass)) Msun/h, \(digits(units.velocity)) km/s "
      + "of sqrt(a) dx/dt; \(origin)"
  }

  private func lines(of survey: SnapshotSurvey) -> [String] {
    [
      "IDs: \(8 * snapshot.idByteCount) bits, \(survey.ids.lowerBound) to \(survey.ids.upperBound)",
      "lattice: \(lattice(of: survey))",
      "halos: \(haloWords)",
    ]
  }

  private func lattice(of survey: SnapshotSurvey) -> String {
    if let lattice = survey.lattice {
      return
        "the IDs name the sites of a cubic grid, \(lattice.axisOrder.rawValue.prefix(1)) slowest, "
        + "at the \(lattice.placement == .corner ? "corners" : "centers") of cells"
    }
    guard isEarly else { return "asked of the initial snapshot alone" }
    if case .success(let check) = sites {
      return "the IDs name no sites; the undone positions are \(digits(check.residual)) cells from "
        + "those of a cubic grid"
    }
    return "the particles did not start from a cubic grid"
  }

  private var haloWords: String {
    switch halos {
    case nil: "none in these files"
    case .failure: "they cannot be used"
    case .success(let members):
      "\(members.memberCount) particles are in \(members.counts.count) halos by "
        + (catalogue.map { "the catalogue \(Quoting.terminal($0))" } ?? "the file's own labels")
    }
  }

  /// The remarks on what is implausible about the halos.
  private var haloRemarks: [String] {
    guard case .success(let members) = halos else { return [] }
    return HaloPlausibility(
      masses: members.masses, counts: members.counts, particleCount: snapshot.particleCount,
      particleMass: snapshot.particleMass, boxSize: snapshot.boxSize,
      cosmology: snapshot.cosmology, redshift: snapshot.redshift
    ).remarks
  }

  private var use: [String] {
    if !problems.isEmpty { return problems.map { "missing: \($0)" } }
    if isEarly { return ["ready: as `initial` of a simulation in an experiment file"] }
    let use = "ready: as `final` of a simulation in an experiment file"
    if catalogue != nil { return [use + ", with this catalogue"] }
    return snapshot.hasHaloLabels
      ? [use + ", without a catalogue"]
      : [
        use,
        "missing: halos; give its `catalogue` (fof_subhalo_tab) or a table of `labels` beside it",
      ]
  }
}

extension SnapshotInspection: CustomStringConvertible {
  /// A line for each thing that is known, and what the snapshot can be used for.
  package var description: String {
    "\(snapshot.path)\n" + (lines + use).map { "  \($0)\n" }.joined()
  }
}

extension SnapshotInspection {
  /// Returns the failure of a snapshot that cannot be prepared; `nil` if it can.
  ///
  /// - Parameter path: The path that was given.
  /// - Returns: The failure, whose remedy lists what is missing.
  package func failure(of path: String) -> Failure? {
    guard !problems.isEmpty else { return nil }
    return Failure(
      .badData, "inspecting \(path)", because: "it cannot be prepared",
      remedy: problems.joined(separator: " "))
  }
}
