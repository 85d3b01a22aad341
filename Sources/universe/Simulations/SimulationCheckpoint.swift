internal import Foundation
internal import HDF5
internal import MPI
internal import ParticleMesh
internal import Particles
internal import RecordFiles

/// The particles between two steps on disk, which any number of ranks can go on from.
enum SimulationCheckpoint {
  private static let format = RecordFormat(
    "halompi-simulation-checkpoint", version: 2, firstSealedVersion: 2,
    remedy: "restore the file from a copy, or remove it to begin the evolution anew")

  private static let sites = RecordDataset<Int64>(
    "sites", unit: "1", meaning: "site of the particle on the Lagrangian grid, (ix N + iy) N + iz")
  private static let positions = RecordDataset<UInt32>(
    "positions", unit: "boxSize / 2^32", meaning: "comoving position of the particle")
  private static let momenta = RecordDataset<Float>(
    "momenta", unit: "100 km/s", meaning: "momentum a^2 dx/dt of the particle, x in Mpc/h")

  /// Writes a checkpoint, which replaces the one before when it is complete.
  ///
  /// Collective.
  static func write(
    _ state: borrowing SimulationState, to path: String, on ranks: borrowing Communicator
  ) throws {
    let particles = state.particles
    let steps = state.completedSteps
    let first = Int(try ranks.exclusiveSum(Int64(particles.count)))
    let count = Int(try ranks.allReduce(Int64(particles.count), .sum))
    let rows = first..<first + particles.count
    try CollectiveFile.write(to: path, isSealed: true, on: ranks) { file in
      try file.describe(as: format, on: ranks)
      try file.describe(on: ranks) { (file) throws(HDF5Error) in
        try file.setAttribute("completedSteps", to: Int64(steps))
      }
      try file.add(
        sites, particles.sites, slab: table(rows, 1), extents: [count, 1], on: ranks)
      try file.add(
        positions, particles.positions, slab: table(rows, 3), extents: [count, 3], on: ranks)
      try file.add(
        momenta, particles.momenta, slab: table(rows, 3), extents: [count, 3], on: ranks)
    }
  }

  /// Reads a checkpoint, each rank a part of the particles; `nil` if there is none.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - path: The file.
  ///   - count: The particles of the simulation.
  ///   - steps: Its steps.
  ///   - ranks: The ranks.
  /// - Returns: The state after the steps that were done.
  /// - Throws: `AgreedFailure` of `RecordFileError` if the file is damaged, of another version or of another
  ///   simulation.
  static func read(
    _ path: String, of count: Int, steps: Int, on ranks: borrowing Communicator
  ) throws -> SimulationState? {
    let exists = FileManager.default.fileExists(atPath: path)
    guard try ranks.broadcast([Int32(exists ? 1 : 0)])[0] == 1 else { return nil }
    try FileSeal.verify(path, as: format, on: ranks)
    return try ranks.agree {
      let file = try RecordReader(path, as: format, isVerified: true)
      let rows = ranks.rank * count / ranks.size..<(ranks.rank + 1) * count / ranks.size
      let particles = Particles(
        sites: try file.part(sites, table(rows, 1), extents: [count, 1]),
        positions: try file.part(positions, table(rows, 3), extents: [count, 3]),
        momenta: try file.part(momenta, table(rows, 3), extents: [count, 3]))
      let completed = try file.count("completedSteps", in: 0...steps)
      guard particles.sites.allSatisfy({ (0..<Int64(count)).contains($0) }) else {
        throw file.failure("a particle has a site that the simulation does not have")
      }
      try file.close()
      return SimulationState(particles: particles, completedSteps: completed)
    }
  }

  private static func table(_ rows: Range<Int>, _ width: Int) -> Hyperslab {
    Hyperslab(offset: [rows.lowerBound, 0], count: [rows.count, width])
  }
}
