package import Failures
internal import Foundation
package import MPI
package import Snapshots

/// Makes a field file from an initial snapshot, a final snapshot and its halos.
///
/// Every rank reads a range of rows; particles go to the rank that has their site, from there to
/// the rank that searches their neighbours, and back. Datasets are the same, bit for bit, for any
/// number of ranks and threads.
///
/// Memory on a rank, for each of its N^3/ranks particles: 44 bytes read and 56 sent while sites are
/// found, 24 + 60 while densities are estimated (``DensityEstimate``, with its margin), 16 for the
/// finished fields, up to 16 more while the potential is solved for and up to 40 more with what is kept of it while
/// the tidal tensor is, 4 for each filtered field, 16 more for final particles (and what their density would take); and the halos (`HaloAssignment`).
package struct FieldPreparation: Hashable, Codable, Sendable {
  /// The name of the simulation.
  package var name: String

  /// The snapshot whose density is the networks' input: a path that `Snapshot.open` takes.
  package var initialSnapshot: String

  /// The snapshot in which halos were found.
  package var finalSnapshot: String

  /// The source that tells which halo each particle of the final snapshot is in.
  package var halos: HaloSource

  /// The units of the snapshots; those that they state, or the usual ones that fit, if not given.
  package var units: SnapshotUnits?

  /// The background universe of the snapshots; that which they state, if not given.
  package var cosmology: Cosmology?

  /// The types of particles that are left out of the snapshots.
  package var ignoredTypes: [Int]

  /// The path of the field file to write.
  package var output: String

  /// The definition of the halo mass that particles are labeled with.
  package var label: HaloLabel

  /// Whether the file will hold the potential, too.
  package var withPotential: Bool

  /// Whether the file will hold the tidal shear, too.
  package var withShear: Bool

  /// Whether the file will hold the components of the tidal tensor, too.
  package var withTides: Bool

  /// The fields of filtered densities that the file will hold, too, each filter once.
  package var filtered: [FilteredFields]

  /// Whether the file will hold the particles' final positions and smoothing lengths, too.
  package var withFinalParticles: Bool

  /// The nearest neighbours of a density, the particle itself included.
  package var neighbours: Int

  /// The threads of each rank.
  package var threads: Int

  /// The command that makes the file, for the file's own record.
  package var creator: String

  /// Makes the settings of a preparation.
  package init(
    name: String, initialSnapshot: String, finalSnapshot: String, halos: HaloSource,
    units: SnapshotUnits? = nil, cosmology: Cosmology? = nil, ignoredTypes: [Int] = [],
    output: String, withPotential: Bool = false, withShear: Bool = false, withTides: Bool = false,
    filtered: [FilteredFields] = [], withFinalParticles: Bool = false,
    label: HaloLabel = .fof, neighbours: Int = 32, threads: Int = 1,
    creator: String = "halompi prepare"
  ) {
    self.name = name
    self.initialSnapshot = initialSnapshot
    self.finalSnapshot = finalSnapshot
    self.halos = halos
    self.units = units
    self.cosmology = cosmology
    self.ignoredTypes = ignoredTypes
    self.output = output
    self.withPotential = withPotential
    self.withShear = withShear
    self.withTides = withTides
    self.filtered = filtered
    self.withFinalParticles = withFinalParticles
    self.label = label
    self.neighbours = neighbours
    self.threads = threads
    self.creator = creator
  }

  /// Makes the field file.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - communicator: The ranks.
  ///   - progress: Called on every rank when a phase begins.
  /// - Returns: The results to check, the same on every rank.
  /// - Throws: `AgreedFailure` on every rank, with the `Failure` of the rank that failed.
  package func run(
    on communicator: borrowing Communicator,
    progress: (FieldPreparationPhase) -> Void = { _ in }
  ) throws -> FieldSummary {
    var clock = PhaseClock()
    func begin(_ phase: FieldPreparationPhase) {
      clock.begin(phase)
      progress(phase)
    }
    begin(.headers)
    let inputs = try communicator.broadcastFromRoot { () throws(Failure) in
      try PreparationInputs(self)
    }
    let (initial, final, assignment) = (inputs.initial, inputs.final, inputs.assignment)
    let planes = PlaneDecomposition(gridSize: inputs.gridSize, ranks: communicator.size)
    let count = initial.particleCount
    let rows =
      communicator.rank * count / communicator.size..<(communicator.rank + 1) * count
      / communicator.size

    begin(.initialParticles)
    let particles = try communicator.agree { () throws(Failure) in
      try initial.particles(in: rows, velocities: true)
    }
    begin(.sites)
    let sited = try SiteFinder(initial, planes).find(particles, on: communicator)

    begin(.density)
    var slab = FieldSlab(gridSize: planes.gridSize, planes: planes.planes(of: communicator.rank))
    slab.density = try DensityEstimate(neighbours: neighbours, threads: threads).densities(
      at: sited.positions, boxSize: initial.boxSize, on: communicator)
    if withPotential {
      begin(.potential)
      slab.potential = try PotentialSolver(boxSize: initial.boxSize, threads: threads).potential(
        of: slab, on: communicator)
    }
    if withShear || withTides {
      begin(.tides)
      let tides = try TidalTensor(boxSize: initial.boxSize, threads: threads).components(
        of: slab, on: communicator)
      if withShear { slab.add(TidalTensor.shear(of: tides), as: GridField.shear) }
      if withTides { slab.add(tides, as: GridField.tides) }
    }

    if !filtered.isEmpty { begin(.filtering) }
    for fields in filtered {
      try fields.compute(in: &slab, boxSize: initial.boxSize, threads: threads, on: communicator)
    }

    begin(.labels)
    let particlesAtEnd = try communicator.agree { () throws(Failure) in
      try final.particles(in: rows)
    }
    let routing = try sited.map.routing(
      of: particlesAtEnd.ids, to: planes, in: final, on: communicator)
    let members = try assignment.members(of: particlesAtEnd, in: final, on: communicator)
    try communicator.agree { () throws(Failure) in
      try assignment.check(members.counts, of: final)
    }
    let labelling = HaloLabelling(final, members, label)
    try labelling.label(
      &slab, with: particlesAtEnd, routing, file: assignment.path(of: final), on: communicator)
    let halos = labelling.halos()
    try HaloOrigins(counts: members.counts).check(
      slab, initial: initial.path, final: final.path, on: communicator)

    if withFinalParticles {
      begin(.smoothing)
      let positions = particlesAtEnd.positions
      let lengths = try DensityEstimate(neighbours: neighbours, threads: threads)
        .smoothingLengths(at: positions, boxSize: final.boxSize, on: communicator)
      slab.finalParticles = FinalParticles(
        positions: try routing.send(positions.map { Float($0) }, width: 3, on: communicator),
        smoothingLengths: try routing.send(lengths, on: communicator))
    }

    begin(.sources)
    let sources = try inputs.sources(of: self, on: communicator)
    begin(.writing)
    let description = FieldDescription(
      name: name, gridSize: planes.gridSize, boxSize: initial.boxSize,
      cosmology: initial.cosmology, particleMass: initial.particleMass,
      initialRedshift: initial.redshift, finalRedshift: final.redshift, label: label,
      neighbours: neighbours, sources: sources)
    let metadata = try FieldFile.write(
      slab, halos, description, creator: creator, to: output, on: communicator)

    let seconds = try clock.end(on: communicator)
    let masses = label == .fof ? halos.mass : halos.boundMass
    let cores = Double(communicator.size * threads)
    return FieldSummary(
      metadata: metadata, siteOrigin: sited.origin, siteResidual: sited.residual,
      verifiedSiteFraction: sited.nearFraction, groupedCount: members.memberCount,
      largestCount: Int(halos.particleCount.max() ?? 0), largestMass: Double(masses.max() ?? 0),
      seconds: seconds,
      densitiesPerSecondAndCore: Double(count) / (seconds[.density] ?? .infinity) / cores,
      remarks: initial.remarks + final.remarks, haloMasses: members.masses,
      haloCounts: members.counts)
  }
}

extension FieldPreparation {
  /// Returns the files that go in, by their roles: `initialSnapshot`, `finalSnapshot`, `catalogue`.
  ///
  /// Reads headers; called on one rank.
  ///
  /// - Throws: `Failure` if they cannot be read, or do not belong together.
  package func inputFiles() throws(Failure) -> [(role: String, files: [String])] {
    let inputs = try PreparationInputs(self)
    return [
      ("initialSnapshot", inputs.initial.parts.map(\.path)),
      ("finalSnapshot", inputs.final.parts.map(\.path)),
      ("catalogue", inputs.assignment.files(of: inputs.final)),
    ]
  }
}

/// The facts about the inputs that are known before any particle is read.
struct PreparationInputs: Codable {
  let initial: Snapshot
  let final: Snapshot
  let assignment: HaloAssignment
  let gridSize: Int

  init(_ settings: FieldPreparation) throws(Failure) {
    func open(_ path: String) throws(Failure) -> Snapshot {
      try Snapshot.open(
        path, units: settings.units, cosmology: settings.cosmology,
        ignoring: settings.ignoredTypes)
    }
    initial = try open(settings.initialSnapshot)
    final = try open(settings.finalSnapshot)
    gridSize = try initial.gridSize()
    let pairs: [(String, Double, Double)] = [
      ("particles", Double(initial.particleCount), Double(final.particleCount)),
      ("Mpc/h of box", initial.boxSize, final.boxSize),
      ("Msun of particle mass", initial.particleMass, final.particleMass),
      ("of Omega_m", initial.cosmology.omegaMatter, final.cosmology.omegaMatter),
    ]
    for (what, one, other) in pairs where abs(one - other) > 1e-5 * one {
      throw Failure(
        .mismatch, in: final.path, dataset: final.format.names.header,
        because: "it has \(other) \(what), the initial snapshot \(initial.path) has \(one)",
        remedy: "Give the initial and the final snapshot of one simulation.")
    }
    guard initial.redshift > final.redshift else {
      throw Failure(
        .mismatch, in: initial.path, dataset: initial.format.names.header,
        because: "its redshift \(initial.redshift) is not above that of the final snapshot, "
          + "\(final.redshift)",
        remedy: "Give the snapshot of the initial conditions first, and the final one second.")
    }
    assignment = try HaloAssignment.open(settings.halos, of: final)
    if settings.label == .bound, !assignment.hasSubhalos, !assignment.isEmpty {
      throw Failure(
        .missingContent, in: assignment.path(of: final),
        because: "the label `bound` needs subhaloes, and it has none",
        remedy: "Give a catalogue of SUBFIND (fof_subhalo_tab), or choose the label `fof`.")
    }
  }
}

/// Measures how long phases take.
private struct PhaseClock {
  private let clock = ContinuousClock()
  private var started: [(phase: FieldPreparationPhase, at: ContinuousClock.Instant)] = []

  mutating func begin(_ phase: FieldPreparationPhase) {
    started.append((phase, clock.now))
  }

  /// The seconds of each phase on the slowest rank.
  ///
  /// Collective.
  func end(
    on communicator: borrowing Communicator
  ) throws(MPIError) -> [FieldPreparationPhase: Double] {
    let ends = started.dropFirst().map(\.at) + [clock.now]
    var seconds: [FieldPreparationPhase: Double] = [:]
    for ((phase, start), end) in zip(started, ends) {
      seconds[phase] = try communicator.allReduce((end - start) / .seconds(1), .maximum)
    }
    return seconds
  }
}
