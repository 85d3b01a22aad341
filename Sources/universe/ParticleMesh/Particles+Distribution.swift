internal import FourierTransforms
internal import MPI
internal import Particles

extension Particles {
  /// Moves each particle to the rank that has its plane of a mesh, and orders them by their sites.
  ///
  /// A particle's plane is its x coordinate, counted from `offset` below the box's corner, times the
  /// mesh's width, rounded down. What a rank has
  /// then, and in which order, depends on the particles alone, not on where they were.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - decomposition: The planes of the mesh that each rank has.
  ///   - offset: The distance of the mesh's corner below that of the box, in units of positions.
  ///   - communicator: The ranks that share the mesh.
  /// - Throws: The error that MPI reported.
  mutating func distribute(
    over decomposition: MeshDecomposition, offset: UInt32 = 0,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    orderBySite()
    guard decomposition.ranks > 1 else { return }
    let leaving = indicesByOwner(decomposition, offset)
    let sent = words(ofParticles: leaving.joined())
    remove(leaving.joined().sorted())
    let counts = leaving.map { $0.count * Self.words }
    insert(words: try communicator.allToAllVarying(sent, counts: counts).elements)
  }

  /// The number of 32-bit words that a particle takes in a message: site, positions, momenta.
  private static var words: Int { 8 }

  private mutating func orderBySite() {
    guard zip(sites, sites.dropFirst()).contains(where: >) else { return }
    let order = (0..<count).sorted { sites[$0] < sites[$1] }
    let moved = words(ofParticles: order)
    self = Particles()
    insert(orderedWords: moved)
  }

  /// The indices of the particles that belong to other ranks, for each rank in ascending order.
  private func indicesByOwner(_ decomposition: MeshDecomposition, _ offset: UInt32) -> [[Int]] {
    let owners = (0..<decomposition.width).map { decomposition.owner(of: $0) }
    let width = UInt64(decomposition.width)
    let mine = decomposition.planes
    var indices = [[Int]](repeating: [], count: decomposition.ranks)
    positions.withUnsafeBufferPointer { positions in
      for index in 0..<count {
        let plane = Int((UInt64(positions[3 * index] &+ offset) &* width) >> 32)
        if !mine.contains(plane) { indices[owners[plane]].append(index) }
      }
    }
    return indices
  }

  private func words(ofParticles indices: some Sequence<Int>) -> [UInt32] {
    var words: [UInt32] = []
    for index in indices {
      let site = UInt64(bitPattern: sites[index])
      words.append(UInt32(truncatingIfNeeded: site))
      words.append(UInt32(truncatingIfNeeded: site >> 32))
      words.append(contentsOf: positions[3 * index..<3 * index + 3])
      for axis in 0..<3 { words.append(momenta[3 * index + axis].bitPattern) }
    }
    return words
  }

  /// Removes the particles of ascending indices, and keeps the order of the others.
  private mutating func remove(_ indices: [Int]) {
    guard var kept = indices.first else { return }
    for (number, index) in indices.enumerated() {
      let run = index + 1..<(number + 1 < indices.count ? indices[number + 1] : count)
      move(run, to: kept)
      kept += run.count
    }
    sites.removeLast(count - kept)
    positions.removeLast(positions.count - 3 * kept)
    momenta.removeLast(momenta.count - 3 * kept)
  }

  /// Moves a run of particles to another place, which may overlap it.
  private mutating func move(_ run: Range<Int>, to target: Int) {
    func move<Element>(_ elements: UnsafeMutableBufferPointer<Element>, width: Int) {
      guard let start = elements.baseAddress else { return }
      (start + width * target).update(
        from: start + width * run.lowerBound, count: width * run.count)
    }
    sites.withUnsafeMutableBufferPointer { move($0, width: 1) }
    positions.withUnsafeMutableBufferPointer { move($0, width: 3) }
    momenta.withUnsafeMutableBufferPointer { move($0, width: 3) }
  }

  /// Merges the particles of messages with those that are here, in the order of sites.
  private mutating func insert(words: [UInt32]) {
    let arrivals = words.count / Self.words
    let order = (0..<arrivals).sorted { Self.site(words, $0) < Self.site(words, $1) }
    var here = count
    makeRoom(for: arrivals)
    var place = count
    for arrival in order.reversed() {
      let site = Self.site(words, arrival)
      var start = here
      while start > 0 && sites[start - 1] > site { start -= 1 }
      place -= here - start
      move(start..<here, to: place)
      here = start
      place -= 1
      set(place, toParticle: arrival, of: words)
    }
  }

  private mutating func insert(orderedWords words: [UInt32]) {
    let arrivals = words.count / Self.words
    makeRoom(for: arrivals)
    for arrival in 0..<arrivals { set(count - arrivals + arrival, toParticle: arrival, of: words) }
  }

  private static func site(_ words: [UInt32], _ particle: Int) -> Int64 {
    let start = particle * Self.words
    return Int64(bitPattern: UInt64(words[start]) | UInt64(words[start + 1]) << 32)
  }

  private mutating func set(_ index: Int, toParticle particle: Int, of words: [UInt32]) {
    let start = particle * Self.words
    sites[index] = Self.site(words, particle)
    for axis in 0..<3 {
      positions[3 * index + axis] = words[start + 2 + axis]
      momenta[3 * index + axis] = Float(bitPattern: words[start + 5 + axis])
    }
  }

  /// Appends particles of zeros; arrays grow by a sixteenth at least, not to twice their size.
  private mutating func makeRoom(for arrivals: Int) {
    let needed = count + arrivals
    if sites.capacity < needed {
      let room = needed + needed / 16
      sites.reserveCapacity(room)
      positions.reserveCapacity(3 * room)
      momenta.reserveCapacity(3 * room)
    }
    sites.append(contentsOf: repeatElement(0, count: arrivals))
    positions.append(contentsOf: repeatElement(0, count: 3 * arrivals))
    momenta.append(contentsOf: repeatElement(0, count: 3 * arrivals))
  }
}
