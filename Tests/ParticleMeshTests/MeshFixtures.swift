import Foundation
import LinearTheory
import MPI
import ParticleMesh
import Particles

/// A lattice of particles displaced by plane waves.
struct WavyLattice {
  /// One displacement wave: along `axis`, amplitude sin(2 pi k q / N) in units of the particle spacing.
  struct Wave {
    var axis: Int
    var wavenumber: (Int, Int, Int)
    var amplitude: Double
  }

  var particlesPerAxis: Int
  var box = PeriodicBox(width: 25)
  var waves: [Wave]

  /// Waves of some spacings, in which particles cross each other and slabs.
  static func crossing(particlesPerAxis: Int) -> WavyLattice {
    WavyLattice(
      particlesPerAxis: particlesPerAxis,
      waves: [
        Wave(axis: 0, wavenumber: (1, 0, 1), amplitude: 1.9),
        Wave(axis: 1, wavenumber: (2, 1, 0), amplitude: 1.3),
        Wave(axis: 2, wavenumber: (-1, 2, 1), amplitude: 1.1),
        Wave(axis: 0, wavenumber: (3, -2, 1), amplitude: 0.4),
      ])
  }

  /// The displacement at a site [spacings].
  func displacement(_ site: Int) -> [Double] {
    let n = particlesPerAxis
    let (x, y, z) = (site / (n * n), site / n % n, site % n)
    var displacement = [0.0, 0, 0]
    for wave in waves {
      let turns = wave.wavenumber.0 * x + wave.wavenumber.1 * y + wave.wavenumber.2 * z
      displacement[wave.axis] += wave.amplitude * sin(2 * .pi * Double(turns) / Double(n))
    }
    return displacement
  }

  /// The particles of some sites: displaced by `growth` times the waves, with momenta of `momentum`
  /// times them.
  func particles(
    sites: some Sequence<Int>, growth: Double, momentum: Double
  ) -> Particles {
    let n = particlesPerAxis
    let spacing = box.width / Double(n)
    var particles = Particles()
    for site in sites {
      let displacement = displacement(site)
      let lattice = [site / (n * n), site / n % n, site % n]
      particles.sites.append(Int64(site))
      for axis in 0..<3 {
        let coordinate = (Double(lattice[axis]) + growth * displacement[axis]) * spacing
        particles.positions.append(box.position(coordinate))
        particles.momenta.append(Float(momentum * displacement[axis] * spacing))
      }
    }
    return particles
  }

  /// The particles of every `size`-th site at the start of a simulation, by linear theory.
  func start(
    _ simulation: ParticleMeshSimulation, on communicator: borrowing Communicator
  ) -> SimulationState {
    let a = simulation.settings.steps.start
    let growth = simulation.growth
    let first = growth.first(at: a)
    let rate = a * a * growth.parameters.expansionRate(at: a) * growth.firstRate(at: a)
    let count = particlesPerAxis * particlesPerAxis * particlesPerAxis
    return SimulationState(
      particles: particles(
        sites: stride(from: communicator.rank, to: count, by: communicator.size), growth: first,
        momentum: rate * first))
  }
}

/// A simulation of the paper's cosmology.
func simulation(
  particlesPerAxis: Int, box: PeriodicBox = PeriodicBox(width: 25),
  _ change: (inout ParticleMeshSettings) -> Void = { _ in }
) throws -> ParticleMeshSimulation {
  var settings = ParticleMeshSettings()
  change(&settings)
  return try ParticleMeshSimulation(
    settings, box: box, particlesPerAxis: particlesPerAxis,
    growth: LinearGrowth(CosmologicalParameters()))
}

/// All particles of all ranks in the order of their sites, on every rank.
func gathered(_ particles: Particles, on communicator: borrowing Communicator) throws -> Particles {
  let sites = try communicator.allGatherVarying(particles.sites).elements
  let positions = try communicator.allGatherVarying(particles.positions).elements
  let momenta = try communicator.allGatherVarying(particles.momenta).elements
  let order = sites.indices.sorted { sites[$0] < sites[$1] }
  return Particles(
    sites: order.map { sites[$0] },
    positions: order.flatMap { positions[3 * $0..<3 * $0 + 3] },
    momenta: order.flatMap { momenta[3 * $0..<3 * $0 + 3] })
}

/// Scattered particles that look random, the same on any rank.
func scatteredParticles(_ sites: some Sequence<Int>) -> Particles {
  var particles = Particles()
  for site in sites {
    particles.sites.append(Int64(site))
    for axis in 0..<3 {
      // SplitMix64 (Steele, Lea, Flood 2014, doi:10.1145/2660193.2660195) of the coordinate's number.
      var bits = UInt64(3 * site + axis + 1) &* 0x9E37_79B9_7F4A_7C15
      bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
      bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
      particles.positions.append(UInt32(truncatingIfNeeded: (bits ^ (bits >> 31)) >> 32))
      particles.momenta.append(0)
    }
  }
  return particles
}
