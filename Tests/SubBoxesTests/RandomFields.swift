import Failures
import Fields
import Foundation
import MPI
import Randomness
import Snapshots
import Synchronization
import TestSupport
import Testing

@testable import SubBoxes

/// The fields of a small simulation as random numbers, the same on every rank.
struct RandomFields {
  let gridSize: Int
  let density: [Float]
  let logMass: [Float]
  let radius: [Float]

  /// A halo of seven for the particles that are in halos.
  let halo: [Int32]

  private static let haloCount = 7

  /// Densities are uniform on [0.5, 1.5); about half of the particles are in halos, whose masses
  /// are uniform on [10, 14) and whose radii on [0, 1).
  init(gridSize: Int, index: UInt64) {
    self.gridSize = gridSize
    density = randomField(size: gridSize, index: index)
    var stream = RandomStream(seed: 12, for: .test, index: index)
    var logMass: [Float] = []
    var radius: [Float] = []
    for _ in density {
      let isInHalo = stream.uniform() < 0.5
      logMass.append(isInHalo ? Float(10 + 4 * stream.uniform()) : .nan)
      radius.append(isInHalo ? Float(stream.uniform()) : .nan)
    }
    self.logMass = logMass
    self.radius = radius
    halo = logMass.enumerated().map { site, mass in
      mass.isNaN ? -1 : Int32(site % Self.haloCount)
    }
  }

  private static var halos: HaloTable {
    func column<Value>(_ value: Value, width: Int = 1) -> [Value] {
      [Value](repeating: value, count: haloCount * width)
    }
    var halos = HaloTable()
    halos.mass = column(1e12)
    halos.boundMass = column(1e12)
    halos.center = column(0, width: 3)
    halos.radius = column(1)
    halos.particleCount = column(1000)
    halos.boundCount = column(1000)
    return halos
  }

  /// Writes the field file, with a potential if it is given; collective.
  func write(
    to path: String, named name: String = "synthetic", potential: [Float]? = nil,
    on communicator: borrowing Communicator
  ) throws {
    let planes = PlaneDecomposition(gridSize: gridSize, ranks: communicator.size)
      .planes(of: communicator.rank)
    var slab = FieldSlab(gridSize: gridSize, planes: planes)
    slab.density = Array(density[slab.sites])
    slab.logMass = Array(logMass[slab.sites])
    slab.radius = Array(radius[slab.sites])
    slab.potential = potential.map { Array($0[slab.sites]) }
    slab.halo = Array(halo[slab.sites])
    let halos = Self.halos
    let description = FieldDescription(
      name: name, gridSize: gridSize, boxSize: 10,
      cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701),
      particleMass: 1e9, initialRedshift: 99, finalRedshift: 0, label: .fof)
    try FieldFile.write(
      slab, halos, description, creator: "SubBoxesTests", to: path, on: communicator)
  }

  /// Those made so far: the large ones take their time in debug builds.
  private static let made = Mutex<[[Int]: RandomFields]>([:])

  private static func shared(gridSize: Int, index: Int) -> RandomFields {
    made.withLock { made in
      if let simulation = made[[gridSize, index]] { return simulation }
      let simulation = RandomFields(gridSize: gridSize, index: UInt64(index))
      made[[gridSize, index]] = simulation
      return simulation
    }
  }

  /// Runs `body` with simulations of these sizes and the paths of their files; collective.
  static func withFiles(
    of gridSizes: [Int], on communicator: borrowing Communicator,
    _ body: ([RandomFields], [String]) throws -> Void
  ) throws {
    let folder = try temporaryDirectory("sub-boxes")
    let simulations = gridSizes.enumerated().map {
      shared(gridSize: $0.element, index: $0.offset)
    }
    var paths: [String] = []
    for (index, simulation) in simulations.enumerated() {
      paths.append("\(folder)/simulation-\(index).h5")
      try simulation.write(to: paths[index], named: "simulation-\(index)", on: communicator)
    }
    try body(simulations, paths)
    try communicator.barrier()
    if communicator.isRoot { try FileManager.default.removeItem(atPath: folder) }
    try communicator.barrier()
  }

  /// The samples of the sites whose halo mass is within the limits, in the order of the sites.
  func eligible(_ settings: SamplingSettings, simulation: Int) -> [Sample] {
    logMass.indices.filter { settings.isEligible(logMass: logMass[$0]) }.map { site in
      Sample(
        simulation: Int32(simulation), site: Int64(site), logMass: logMass[site],
        radius: radius[site], halo: halo[site])
    }
  }

  /// The same with the sites of the field, those in no halo of `minimumLogMass` or more.
  func eligibleWithField(_ settings: SamplingSettings, simulation: Int) -> [Sample] {
    let field = logMass.indices.filter {
      logMass[$0].isNaN || Double(logMass[$0]) < settings.minimumLogMass ?? -.infinity
    }.map { site in
      Sample(
        simulation: Int32(simulation), site: Int64(site), logMass: -.infinity, radius: .infinity,
        halo: -1)
    }
    return (eligible(settings, simulation: simulation) + field).sorted { $0.site < $1.site }
  }

  /// The standardized box around a site, by its definition.
  func box(around site: Int64, width: Int, _ standardization: Standardization) -> [Float] {
    naiveBox(around: Int(site), width: width, of: density, size: gridSize)
      .map { standardization($0) }
  }
}

/// The tests that communicate, of which one at a time may run.
@Suite(.serialized) struct CollectiveTests {}

/// What an error that the ranks agreed on was on the rank that it comes from.
func agreed(_ error: (any Error)?) -> Failure? {
  (error as? AgreedFailure)?.underlying as? Failure
}
