internal import Failures
internal import Fields
internal import MPI

/// The final particles of one simulation, sorted by cubic cells, in memory that a node's ranks share.
///
/// The cells are those of `Fields` (`CellGrid`). There, a rank makes the list in its own memory
/// from positions that it holds; this one is filled from a file, some planes at a time.
///
/// It is written only while the ``FinalParticleStore`` is made, and freed when nobody reads it any more,
/// which makes it safe to share.
final class CellSortedParticles: @unchecked Sendable {
  /// The cells of the periodic box: eight particles are in a cell on average.
  let grid: CellGrid

  /// The mean volume of a particle [(Mpc/h)^3].
  let particleVolume: Double

  /// The largest smoothing length [Mpc/h].
  let largestSmoothingLength: Double

  private let count: Int
  private let gridSize: Int
  private var particleWindow: SharedWindow<Float>?
  private var startWindow: SharedWindow<UInt32>?
  private var placeWindow: SharedWindow<UInt32>?
  private var reachWindow: SharedWindow<Float>?

  /// Positions and smoothing lengths [particle, 4], [Mpc/h].
  let particles: UnsafeMutablePointer<Float>

  /// The index in ``particles`` of the first particle of each cell; the last entry is their number.
  let starts: UnsafeMutablePointer<UInt32>

  /// The largest smoothing length in a cell [Mpc/h].
  let reaches: UnsafeMutablePointer<Float>

  /// The index in ``particles`` of the particle of each site.
  private let places: UnsafeMutablePointer<UInt32>

  /// Allocates the memory; collective over the ranks of the node.
  init(of simulation: FieldMetadata, on node: borrowing Communicator) throws(MPIError) {
    count = simulation.siteCount
    precondition(count <= UInt32.max, "particles are counted in 32 bits")
    gridSize = simulation.description.gridSize
    let boxSize = simulation.description.boxSize
    grid = CellGrid(cellsPerSide: Self.cellsPerSide(gridSize), boxSize: boxSize)
    particleVolume = boxSize * boxSize * boxSize / Double(count)
    largestSmoothingLength = simulation.largestSmoothingLength ?? 0
    let cells = grid.cellCount
    let particleWindow = try SharedWindow<Float>(count: 4 * count, on: node)
    let startWindow = try SharedWindow<UInt32>(count: cells + 1, on: node)
    let placeWindow = try SharedWindow<UInt32>(count: count, on: node)
    let reachWindow = try SharedWindow<Float>(count: cells, on: node)
    particles = Self.start(of: particleWindow)
    starts = Self.start(of: startWindow)
    places = Self.start(of: placeWindow)
    reaches = Self.start(of: reachWindow)
    self.particleWindow = consume particleWindow
    self.startWindow = consume startWindow
    self.placeWindow = consume placeWindow
    self.reachWindow = consume reachWindow
  }

  /// The memory of a simulation's particles [bytes].
  static func bytes(gridSize: Int) -> Int {
    let cells = cellsPerSide(gridSize)
    return 20 * gridSize * gridSize * gridSize + 8 * cells * cells * cells
  }

  /// Returns the index in ``particles`` of the particle of a site.
  func place(ofSite site: Int) -> Int { Int(places[site]) }

  /// Reads the particles, some planes of sites at a time: once to count those of each cell, and once
  /// to put them there.
  func fill(from file: SharedFieldFile) throws(Failure) {
    let cells = grid.cellCount
    try forEachParticle(of: file) { _, particle in starts[cell(of: particle) + 1] += 1 }
    for cell in 0..<cells { starts[cell + 1] += starts[cell] }
    var next = [UInt32](unsafeUninitializedCapacity: cells) { buffer, initialized in
      _ = buffer.initialize(from: UnsafeBufferPointer(start: starts, count: cells))
      initialized = cells
    }
    try forEachParticle(of: file) { site, particle in
      let cell = cell(of: particle)
      let place = next[cell]
      next[cell] += 1
      places[site] = place
      for (index, value) in [particle.x, particle.y, particle.z, particle.w].enumerated() {
        particles[4 * Int(place) + index] = value
      }
      reaches[cell] = max(reaches[cell], particle.w)
    }
  }

  /// Makes what one rank has written readable for all; collective over the ranks of the node.
  func synchronize(on node: borrowing Communicator) throws(MPIError) {
    try particleWindow?.synchronize(on: node)
    try startWindow?.synchronize(on: node)
    try placeWindow?.synchronize(on: node)
    try reachWindow?.synchronize(on: node)
  }

  /// Frees the memory; collective over the ranks of the node.
  func free() throws(MPIError) {
    if let window = particleWindow.take() { try window.free() }
    if let window = startWindow.take() { try window.free() }
    if let window = placeWindow.take() { try window.free() }
    if let window = reachWindow.take() { try window.free() }
  }

  private static func cellsPerSide(_ gridSize: Int) -> Int { max(1, gridSize / 2) }

  private static func start<Element>(
    of window: borrowing SharedWindow<Element>
  ) -> UnsafeMutablePointer<Element> {
    guard let start = window.elements.baseAddress else {
      preconditionFailure("a window that is not empty has an address")
    }
    return start
  }

  /// The cell of a position; one that was rounded up to the box's face is in the last.
  private func cell(of particle: SIMD4<Float>) -> Int {
    grid.cell(Double(particle.x), Double(particle.y), Double(particle.z))
  }

  private func forEachParticle(
    of file: SharedFieldFile, _ body: (_ site: Int, _ particle: SIMD4<Float>) -> Void
  ) throws(Failure) {
    for slab in PlaneSlabs(gridSizes: [gridSize]).slabs {
      let final = try file.file.finalParticles(planes: slab.planes)
      let first = slab.planes.lowerBound * gridSize * gridSize
      for index in final.smoothingLengths.indices {
        body(
          first + index,
          SIMD4(
            final.positions[3 * index], final.positions[3 * index + 1],
            final.positions[3 * index + 2], final.smoothingLengths[index]))
      }
    }
  }
}
