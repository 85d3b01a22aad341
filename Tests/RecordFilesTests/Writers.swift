import Fields
import FourierTransforms
import HDF5
import MPI
import ParticleMesh
import Particles
import Snapshots

@testable import RecordFiles
@testable import Simulations

/// Everything that all ranks write together, on a lattice of 4^3 sites.
enum Writer: CaseIterable {
  case linearDensity
  case simulationCheckpoint
  case fields
  case snapshot
  case catalogue

  /// Writes a file; every rank has a part, the last one what is left.
  ///
  /// Collective.
  func write(to path: String, on world: borrowing Communicator) throws {
    switch self {
    case .linearDensity: try Self.writeDensity(to: path, on: world)
    case .simulationCheckpoint:
      try SimulationCheckpoint.write(
        SimulationState(
          particles: Self.particles(Self.rows(of: 64, on: world)), completedSteps: 3),
        to: path, on: world)
    case .fields: try Self.writeFields(to: path, on: world)
    case .snapshot:
      let rows = Self.rows(of: 64, on: world)
      try Snapshot.write(
        [SnapshotRows(Self.particles(rows), from: rows.lowerBound)], of: Self.simulation,
        scaleFactor: 0.5, to: path, on: world)
    case .catalogue:
      let groups = GroupTable(
        sizes: [40], boundSizes: [35], positions: [1, 2, 3], velocities: [1, 2, 3],
        boundVelocities: [4, 5, 6], radii: [0.75], enclosedCounts: [30])
      try GroupCatalogue.write(
        groups, of: Self.simulation, scaleFactor: 0.5, to: path, on: world)
    }
  }

  private static let simulation = SimulationDescription(
    cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701), boxSize: 25,
    lattice: .gadget(gridSize: 4), origin: nil, creator: "a test")

  private static func rows(of count: Int, on world: borrowing Communicator) -> Range<Int> {
    world.rank * count / world.size..<(world.rank + 1) * count / world.size
  }

  private static func particles(_ rows: Range<Int>) -> Particles {
    Particles(
      sites: rows.map(Int64.init),
      positions: rows.flatMap { [UInt32($0) << 24, 1, 2] },
      momenta: rows.flatMap { [Float($0), 0.5, -1] })
  }

  private static func writeDensity(to path: String, on world: borrowing Communicator) throws {
    let decomposition = try MeshDecomposition(width: 4, rank: world.rank, of: world.size)
    let values = decomposition.planes.flatMap { plane in (0..<16).map { Float(16 * plane + $0) } }
    try LinearDensityFile.write(
      RealMesh(values, on: decomposition), boxSize: 25, phases: .seed(7, areInverted: false),
      to: path, on: world)
  }

  private static func writeFields(to path: String, on world: borrowing Communicator) throws {
    let planes = PlaneDecomposition(gridSize: 4, ranks: world.size).planes(of: world.rank)
    var slab = FieldSlab(gridSize: 4, planes: planes)
    for (index, site) in slab.sites.enumerated() {
      slab.density[index] = 1 + Float(site) / 64
      slab.halo[index] = -1
    }
    try FieldFile.write(
      slab, HaloTable(),
      FieldDescription(
        name: "fixture", gridSize: 4, boxSize: 25, cosmology: simulation.cosmology,
        particleMass: 6.58e9, initialRedshift: 99, finalRedshift: 0, label: .bound, neighbours: 32,
        sources: [
          "catalogue": SourceFiles(
            path: "groups.hdf5", fileCount: 1, byteCount: 5_000, checksum: "00ff")
        ]), creator: "a test", to: path, on: world)
  }
}
