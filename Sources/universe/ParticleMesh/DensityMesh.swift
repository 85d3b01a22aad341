internal import CKernels
package import Failures
package import FourierTransforms
package import MPI
package import Particles
package import Threads

/// The density contrast of particles on a periodic mesh, and its modes.
///
/// Particles are painted as clouds in cells (Hockney & Eastwood 1988, section 5-2) in integers, each as
/// 65536 units of mass; so the sums have the same bits in whatever order they are made.
package final class DensityMesh {
  /// The planes of this rank.
  package let decomposition: MeshDecomposition

  /// The time that the work took so far.
  package internal(set) var times = PhaseTimes()

  /// The number of particles that were painted, on all ranks.
  package private(set) var particleCount = 0

  /// The distance of the mesh's corner below that of the box, in units of positions.
  package let offset: UInt32

  let transform: FourierTransform
  var mesh: RealMesh
  var modes: FourierMesh

  /// Makes a mesh of `width`^3 cells.
  ///
  /// - Parameters:
  ///   - width: The cells on a side. The same on all ranks.
  ///   - offset: The distance of the mesh's corner below that of the box, in units of positions.
  ///     The same on all ranks.
  ///   - threads: Those that share the work of this rank.
  ///   - communicator: The ranks that share the mesh.
  /// - Throws: `Failure` if there are more ranks than planes.
  package init(
    width: Int, offset: UInt32 = 0, threads: WorkerThreads = WorkerThreads(count: 1),
    on communicator: borrowing Communicator
  ) throws(Failure) {
    transform = try FourierTransform(width: width, threads: threads, on: communicator)
    self.offset = offset
    decomposition = transform.decomposition
    mesh = RealMesh(decomposition, ghostPlanes: 1)
    modes = FourierMesh(decomposition)
  }

  /// Computes the modes of the density contrast of particles.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - particles: Those of this rank's planes, as `distribute(over:offset:on:)` leaves them with
  ///     this mesh's offset.
  ///   - communicator: The ranks that share the mesh.
  /// - Throws: `Failure` if a cell overflows; `MPIError`.
  package func assign(
    _ particles: Particles, on communicator: borrowing Communicator
  ) throws {
    let missing = try paintContrast(of: particles, on: communicator)
    if missing == 0 {
      try timedTransform { () throws(MPIError) in
        try transform.forward(&mesh, into: &modes, on: communicator)
      }
    }
    precondition(
      missing % (1 << 32) == 0, "particles of other ranks' planes: distribute them before")
    guard missing == 0 else { throw Failure.overflow(width: decomposition.width) }
  }

  /// Makes the mesh the density contrast of particles, and returns how many units of their mass it
  /// misses: 2^32 for each overflow of a cell.
  func paintContrast(
    of particles: Particles, on communicator: borrowing Communicator
  ) throws(MPIError) -> UInt64 {
    particleCount = Int(try communicator.allReduce(Int64(particles.count), .sum))
    timed(\.paint) { paint(particles.positions) }
    try timed(\.exchange) { () throws(MPIError) in try addGhostPlane(on: communicator) }
    let units = timed(\.paint) { makeContrast() }
    let total = try communicator.allReduce(units, .sum)
    return UInt64(particleCount) * UInt64(HALOMPI_PARTICLE_UNITS) - total
  }

  var slab: halompi_slab {
    halompi_slab(
      width: decomposition.width, offset: offset, first_plane: decomposition.planes.lowerBound,
      plane_stride: mesh.planeStride, row_stride: mesh.rowStride)
  }

  /// Paints with every thread on planes of its own, for which it goes through the blocks of particles
  /// that reach them.
  private func paint(_ positions: [UInt32]) {
    let slab = slab
    let planes = decomposition.planes.count + 1
    let blocks = OccupiedBlocks(positions, slab: slab, threads: transform.threads)
    nonisolated(unsafe) let units = UnsafeMutableRawPointer(mesh.cells)
    positions.withUnsafeBufferPointer { positions in
      nonisolated(unsafe) let positions = positions
      transform.threads.forEachPart(of: planes) { _, part in
        let planeBytes = slab.plane_stride * MemoryLayout<UInt32>.stride
        (units + part.lowerBound * planeBytes)
          .initializeMemory(as: UInt8.self, repeating: 0, count: part.count * planeBytes)
        guard let start = positions.baseAddress else { return }
        for block in blocks.all where block.planes.overlaps(part) {
          halompi_paint(
            start + 3 * block.particles.lowerBound, block.particles.count, slab, part.lowerBound,
            part.upperBound, units.assumingMemoryBound(to: UInt32.self))
        }
      }
    }
  }

  /// Adds the ghost plane to the first plane of the next rank.
  private func addGhostPlane(on communicator: borrowing Communicator) throws(MPIError) {
    let stride = mesh.planeStride
    let units = UnsafeMutableRawPointer(mesh.cells).assumingMemoryBound(to: UInt32.self)
    let ghost = units + decomposition.planes.count * stride
    guard decomposition.ranks > 1 else {
      halompi_add_units(ghost, stride, units)
      return
    }
    var counts = [Int](repeating: 0, count: decomposition.ranks)
    counts[(decomposition.rank + 1) % decomposition.ranks] = stride
    let sent = [UInt32](UnsafeBufferPointer(start: ghost, count: stride))
    let received = try communicator.allToAllVarying(sent, counts: counts).elements
    halompi_add_units(received, stride, units)
  }

  /// Replaces units by density contrast, and returns the sum of this rank's units.
  private func makeContrast() -> UInt64 {
    let slab = slab
    let cells = Double(slab.width) * Double(slab.width) * Double(slab.width)
    let units = Double(particleCount) * Double(HALOMPI_PARTICLE_UNITS)
    let scale = Float(cells / max(units, 1))
    let planes = decomposition.planes.count
    nonisolated(unsafe) let start = mesh.cells
    let sums = UnsafeMutableBufferPointer<UInt64>.allocate(capacity: transform.threads.count)
    sums.initialize(repeating: 0)
    defer { sums.deallocate() }
    nonisolated(unsafe) let parts = sums
    transform.threads.forEachPart(of: planes) { number, part in
      parts[number] = halompi_density_contrast(
        start + part.lowerBound * slab.plane_stride, part.count * slab.width, slab.width,
        slab.row_stride, scale)
    }
    return sums.reduce(0, +)
  }

  /// Does work and adds its duration to a phase.
  func timed<Value, Failure: Error>(
    _ phase: WritableKeyPath<PhaseTimes, Duration>, _ work: () throws(Failure) -> Value
  ) throws(Failure) -> Value {
    let start = ContinuousClock.now
    defer { times[keyPath: phase] += .now - start }
    return try work()
  }

  /// Does a transform and adds its duration to the phases of transforms and of exchange.
  func timedTransform(_ work: () throws(MPIError) -> Void) throws(MPIError) {
    let before = transform.exchangeTime
    try timed(\.transform, work)
    let exchange = transform.exchangeTime - before
    times.transform -= exchange
    times.exchange += exchange
  }
}

/// The particles in blocks, with the planes that each block paints on.
private struct OccupiedBlocks: Sendable {
  struct Block: Sendable {
    let particles: Range<Int>

    /// Counted from the first plane of the slab.
    let planes: Range<Int>
  }

  let all: [Block]

  /// Cuts particles, whose order follows the lattice, into blocks of neighbours.
  init(_ positions: [UInt32], slab: halompi_slab, threads: WorkerThreads) {
    let size = 4096
    let count = positions.count / 3
    guard threads.count > 1 else {
      all = [Block(particles: 0..<count, planes: 0..<slab.width + 1)]
      return
    }
    all = positions.withUnsafeBufferPointer { positions in
      stride(from: 0, to: count, by: size).map { start in
        let end = min(start + size, count)
        var lowest = 0
        var highest = 0
        if let first = positions.baseAddress {
          halompi_occupied_planes(first + 3 * start, end - start, slab, &lowest, &highest)
        }
        return Block(particles: start..<end, planes: lowest..<highest + 2)
      }
    }
  }
}
