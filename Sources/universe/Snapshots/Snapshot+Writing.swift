internal import HDF5
package import MPI
package import Particles
internal import RecordFiles

/// Rows of a snapshot that follow each other, to be written.
package struct SnapshotRows: Sendable {
  /// The particles.
  package var particles: Particles

  /// The row of the first, counted over all ranks.
  package var firstRow: Int

  /// Makes rows.
  package init(_ particles: Particles, from firstRow: Int) {
    self.particles = particles
    self.firstRow = firstRow
  }
}

extension Snapshot {
  /// Writes a snapshot in GADGET-4's layout, and gives it its name when it is complete.
  ///
  /// `PartType1/Coordinates` are 64-bit numbers, so that positions are read as they were; velocities
  /// are u = sqrt(a) dx/dt; IDs name the Lagrangian sites as the simulation's lattice says. Collective; the bytes do not
  /// depend on the number of ranks.
  ///
  /// Memory: 24 bytes for each particle of the longest of this rank's rows.
  ///
  /// - Parameters:
  ///   - rows: This rank's rows; as many entries on every rank, which may be empty. Those of all
  ///     ranks are the whole snapshot.
  ///   - simulation: The same on every rank.
  ///   - scaleFactor: The same on every rank.
  ///   - path: The file; one that exists is replaced. The same on every rank.
  ///   - communicator: The ranks.
  /// - Throws: `AgreedFailure` on every rank, with what the file system or HDF5 reported.
  package static func write(
    _ rows: [SnapshotRows], of simulation: SimulationDescription, scaleFactor: Double,
    to path: String, on communicator: borrowing Communicator
  ) throws {
    let count = simulation.particleCount
    let written = try communicator.allReduce(
      Int64(rows.reduce(0) { $0 + $1.particles.count }), .sum)
    precondition(written == count, "\(written) rows for the \(count) particles of a snapshot")
    let box = PeriodicBox(width: simulation.boxSize)
    try CollectiveFile.write(to: path, on: communicator) { file in
      try file.describe(on: communicator) { (file) throws(HDF5Error) in
        try file.writeHeader(of: simulation, scaleFactor: scaleFactor)
        try file.setAttribute(
          "MassTable", to: StoredUnits.perType(simulation.storedParticleMass), of: "Header")
        let counts = StoredUnits.perType(UInt64(count))
        try file.setAttribute("NumPart_ThisFile", to: counts, of: "Header")
        try file.setAttribute("NumPart_Total", to: counts, of: "Header")
        try file.setAttribute("NumFilesPerSnapshot", to: Int32(1), of: "Header")
        try file.writeParameters(of: simulation)
      }
      let positions = "PartType1/Coordinates"
      try file.add(rows, to: positions, extents: [count, 3], on: communicator) {
        $0.positions.map { box.coordinate($0) }
      }
      try file.describe(on: communicator) { (file) throws(HDF5Error) in
        try file.writeScaling(
          positions, a: 1, h: -1, length: 1, toCGS: StoredUnits.centimetres)
      }
      let velocities = "PartType1/Velocities"
      let unit = 100 / (scaleFactor * scaleFactor.squareRoot())
      try file.add(rows, to: velocities, extents: [count, 3], on: communicator) {
        $0.momenta.map { Float(Double($0) * unit) }
      }
      try file.describe(on: communicator) { (file) throws(HDF5Error) in
        try file.writeScaling(
          velocities, a: 0.5, h: 0, velocity: 1, toCGS: StoredUnits.centimetresPerSecond)
      }
      try file.add(rows, to: "PartType1/ParticleIDs", extents: [count], on: communicator) {
        $0.sites.map { simulation.lattice.id(ofSite: Int($0)) }
      }
    }
  }
}

extension CollectiveFile {
  /// Creates a dataset and writes this rank's rows of it.
  ///
  /// Collective.
  fileprivate borrowing func add<Element: HDF5Element>(
    _ rows: [SnapshotRows], to name: String, extents: [Int], on ranks: borrowing Communicator,
    _ values: (Particles) -> [Element]
  ) throws {
    let dataset = try create(name, extents: extents, of: Element.self, on: ranks)
    for part in rows {
      let count = part.particles.count
      // An empty box lies at the beginning, wherever its rank's rows are.
      var slab = Hyperslab(whole: extents)
      slab.offset[0] = count == 0 ? 0 : part.firstRow
      slab.count[0] = count
      try write(values(part.particles), to: dataset, slab: slab, on: ranks)
    }
  }
}
