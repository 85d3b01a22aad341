internal import Failures
internal import Foundation
internal import MPI
internal import ParticleMesh
internal import Particles
internal import Snapshots
internal import Text

/// The particles of a final snapshot in the order of their IDs, and the halo of each.
struct HaloParticles {
  let snapshot: Snapshot
  let ids: [UInt64]

  /// [particle, 3] in units of the box.
  let positions: [UInt32]

  /// The halo of each particle; -1 in none.
  let halos: [Int32]

  /// The particles of each halo.
  let members: [[Int]]

  private let masses: [Double]

  /// The number of particles of each halo.
  var sizes: [Int] { members.map(\.count) }

  /// Reads a snapshot and its catalogue, on one rank alone.
  ///
  /// - Throws: `Failure`, or `AgreedFailure` of one.
  init(_ files: UniverseComparison.Files, on alone: borrowing Communicator) throws {
    let snapshot = try Snapshot.open(files.snapshot)
    let catalogue = try GroupCatalogue.open(files.catalogue, of: snapshot)
    try catalogue.check(against: snapshot)
    let read = try snapshot.particles(in: 0..<snapshot.particleCount)
    let found = try catalogue.members(of: read, in: snapshot, on: alone)
    let order = read.ids.indices.sorted { read.ids[$0] < read.ids[$1] }
    let box = PeriodicBox(width: snapshot.boxSize)
    ids = order.map { read.ids[$0] }
    positions = order.flatMap { row in
      read.positions[3 * row..<3 * row + 3].map { box.position($0) }
    }
    halos = order.map { found.halos[$0] }
    var members = [[Int]](repeating: [], count: found.masses.count)
    for (particle, halo) in halos.enumerated() where halo >= 0 {
      members[Int(halo)].append(particle)
    }
    self.members = members
    masses = found.masses
    self.snapshot = snapshot
  }

  /// The logarithm of a halo's mass [log10 Msun].
  func logMass(of halo: Int) -> Double { log10(masses[halo]) }

  /// Refuses particles that are not those of this universe.
  func check(_ other: HaloParticles) throws(Failure) {
    let (first, second) = (snapshot, other.snapshot)
    let reason: String? =
      if ids != other.ids {
        "the particles have other IDs"
      } else if abs(first.boxSize - second.boxSize) > 1e-5 * first.boxSize {
        "the boxes are \(digits(first.boxSize)) and \(digits(second.boxSize)) Mpc/h wide"
      } else if abs(first.redshift - second.redshift) > 1e-4 * (1 + first.redshift) {
        "the redshifts are \(digits(first.redshift)) and \(digits(second.redshift))"
      } else if abs(first.particleMass - second.particleMass) > 2e-3 * first.particleMass {
        "particles of \(digits(first.particleMass)) and \(digits(second.particleMass)) Msun"
      } else {
        nil
      }
    guard let reason else { return }
    throw Failure.incomparable(second.path, with: first.path, because: reason)
  }

  /// The power spectrum, on a mesh of twice the particles along each axis, to their Nyquist wavenumber.
  func power(on alone: borrowing Communicator) throws -> PowerSpectrum {
    let n = try snapshot.gridSize()
    let mesh = try DensityMesh(width: 2 * n, on: alone)
    let momenta = [Float](repeating: 0, count: positions.count)
    let particles = Particles(
      sites: (0..<Int64(ids.count)).map { $0 }, positions: positions, momenta: momenta)
    try mesh.assign(particles, on: alone)
    return try mesh.powerSpectrum(
      in: PeriodicBox(width: snapshot.boxSize), subtractsShotNoise: true, on: alone)
  }
}

extension Failure {
  /// The failure of comparing snapshots that are not of one universe.
  static func incomparable(_ made: String, with reference: String, because reason: String)
    -> Failure
  {
    Failure(
      .badData, "comparing \(made) with \(reference)", because: reason,
      remedy:
        "give final snapshots that started from the same initial particles (halompi simulate --from)"
    )
  }
}
