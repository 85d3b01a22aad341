internal import DurableFiles
internal import Foundation
internal import HDF5
internal import MPI
internal import ParticleMesh
internal import Particles

/// The particles between two steps on disk, which any number of ranks can go on from.
enum SimulationCheckpoint {
  /// Writes a checkpoint, which replaces the one before when it is complete.
  ///
  /// Collective.
  static func write(
    _ state: borrowing SimulationState, to path: String, on ranks: borrowing Communicator
  ) throws {
    let particles = state.particles
    let first = Int(try ranks.exclusiveSum(Int64(particles.count)))
    let count = Int(try ranks.allReduce(Int64(particles.count), .sum))
    let temporary = DurableFile.temporary(for: path)
    let file = try ranks.agree { try HDF5File.create(temporary, on: ranks) }
    try ranks.agree {
      try file.setAttribute("format", to: "halompi-simulation-checkpoint")
      try file.setAttribute("completedSteps", to: Int64(state.completedSteps))
    }
    let rows = first..<first + particles.count
    try ranks.agree { try file.add("sites", particles.sites, width: 1, rows: rows, of: count) }
    try ranks.agree {
      try file.add("positions", particles.positions, width: 3, rows: rows, of: count)
    }
    try ranks.agree { try file.add("momenta", particles.momenta, width: 3, rows: rows, of: count) }
    try file.close()
    try ranks.agree { if ranks.isRoot { try DurableFile.commit(temporary, as: path) } }
  }

  /// Reads a checkpoint, each rank a part of the particles; `nil` if there is none.
  ///
  /// Collective.
  ///
  /// - Throws: An `AgreedFailure` of ``SimulationCheckpointError`` if it is of another simulation.
  static func read(
    _ path: String, on ranks: borrowing Communicator
  ) throws -> SimulationState? {
    let exists = FileManager.default.fileExists(atPath: path)
    guard try ranks.broadcast([Int32(exists ? 1 : 0)])[0] == 1 else { return nil }
    return try ranks.agree {
      let file = try HDF5File.open(path)
      let sites = try file.dataset("sites")
      let rows =
        ranks.rank * sites.extents[0] / ranks.size..<(ranks.rank + 1) * sites.extents[0]
        / ranks.size
      func part(_ width: Int) -> Hyperslab {
        Hyperslab(offset: [rows.lowerBound, 0], count: [rows.count, width])
      }
      let particles = Particles(
        sites: try sites.read(part(1), as: Int64.self),
        positions: try file.dataset("positions").read(part(3), as: UInt32.self),
        momenta: try file.dataset("momenta").read(part(3), as: Float.self))
      let steps = try file.attribute("completedSteps", as: Int64.self)[0]
      try file.close()
      return SimulationState(particles: particles, completedSteps: Int(steps))
    }
  }
}

extension HDF5File {
  /// Creates a table and writes this rank's rows of it.
  ///
  /// Collective.
  fileprivate func add<Element: HDF5Element>(
    _ name: String, _ values: [Element], width: Int, rows: Range<Int>, of count: Int
  ) throws(HDF5Error) {
    let dataset = try createDataset(name, extents: [count, width], of: Element.self)
    let slab = Hyperslab(offset: [rows.lowerBound, 0], count: [rows.count, width])
    try dataset.write(values, to: slab, .collective)
  }
}
