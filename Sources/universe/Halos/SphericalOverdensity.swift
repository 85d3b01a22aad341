internal import Foundation
internal import MPI

/// The spheres around halo centers whose mean density is 200 times that of matter.
///
/// All particles count, those of other groups and of none too. The radius is where the enclosed
/// density falls through 200 times the mean nearest to the sphere that the group's own mass would
/// fill: inward of it if that sphere is less dense, else outward.
struct SphericalOverdensity {
  /// The radius of each sphere in units of positions.
  private(set) var radii: [Double]

  /// The number of particles in each.
  private(set) var counts: [Int]

  /// The density of a sphere in units of the mean density of matter.
  static let contrast = 200.0

  /// Measures spheres around this rank's centers, wherever the particles are.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - centers: The positions of particles, one for each group.
  ///   - sizes: The number of particles of each group.
  ///   - particleCount: The number of particles in the box.
  ///   - friends: The particles in slabs.
  ///   - communicator: The ranks.
  /// - Throws: The error that MPI reported.
  init(
    around centers: [SIMD3<UInt32>], sizes: [Int], particleCount: Int, in friends: FriendsOfFriends,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    radii = [Double](repeating: 0, count: centers.count)
    counts = [Int](repeating: 0, count: centers.count)
    let profile = EnclosedMass(particleCount: particleCount)
    // A sphere cannot be larger than one with all particles.
    let largest = profile.radius(enclosing: particleCount)
    var reach = sizes.map { min(largest, 1.1 * profile.radius(enclosing: $0)).rounded(.up) }
    var pending = Array(centers.indices)
    while try communicator.allReduce(Int64(pending.count), .sum) > 0 {
      let distances = try Self.distances(
        pending.map { (centers[$0], UInt32(reach[$0])) }, friends, on: communicator)
      var unfinished: [Int] = []
      for (group, squares) in zip(pending, distances) {
        if let count = profile.crossing(squares, size: sizes[group], reach: reach[group]) {
          counts[group] = count
          radii[group] = profile.radius(enclosing: count)
        } else {
          reach[group] = min(largest.rounded(.up), 2 * reach[group])
          unfinished.append(group)
        }
      }
      pending = unfinished
    }
  }

  /// Gathers the squared distances of the particles in spheres, ascending.
  ///
  /// Collective.
  private static func distances(
    _ spheres: [(center: SIMD3<UInt32>, radius: UInt32)], _ friends: FriendsOfFriends,
    on communicator: borrowing Communicator
  ) throws(MPIError) -> [[UInt64]] {
    var asked: [[Int]] = Array(repeating: [], count: communicator.size)
    for (index, sphere) in spheres.enumerated() {
      for rank in friends.slabs.ranks(within: UInt64(sphere.radius), of: sphere.center.x) {
        asked[rank].append(index)
      }
    }
    let questions = try communicator.allToAllVarying(
      asked.flatMap {
        $0.flatMap { index -> [UInt32] in
          let (center, radius) = spheres[index]
          return [center.x, center.y, center.z, radius]
        }
      }, counts: asked.map { 4 * $0.count })
    var answers: [UInt64] = []
    var lengths: [Int64] = []
    var answerCounts: [Int] = []
    var question = 0
    for count in questions.counts {
      let before = answers.count
      for _ in 0..<count / 4 {
        let numbers = questions.elements[question..<question + 4].map { $0 }
        let found = friends.columns.squaredDistances(
          within: numbers[3], of: SIMD3(numbers[0], numbers[1], numbers[2]))
        answers += found
        lengths.append(Int64(found.count))
        question += 4
      }
      answerCounts.append(answers.count - before)
    }
    let found = try communicator.allToAllVarying(answers, counts: answerCounts).elements
    let foundLengths = try communicator.allToAllVarying(
      lengths, counts: questions.counts.map { $0 / 4 }
    ).elements
    var distances: [[UInt64]] = Array(repeating: [], count: spheres.count)
    var start = 0
    for (index, length) in zip(asked.joined(), foundLengths) {
      distances[index] += found[start..<start + Int(length)]
      start += Int(length)
    }
    return distances.map { $0.sorted() }
  }
}

/// The number of particles in a sphere of 200 times the mean density, by its radius.
struct EnclosedMass {
  // Particles per volume that make a sphere 200 times as dense as the box, times 4 pi/3.
  private let density: Double

  init(particleCount: Int) {
    density =
      SphericalOverdensity.contrast * 4 * Double.pi / 3 * Double(particleCount) * 0x1p-96
  }

  /// Returns the radius of the sphere with `count` particles, in units of positions.
  func radius(enclosing count: Int) -> Double { cbrt(Double(count) / density) }

  /// Finds where the enclosed density falls through 200 times the mean.
  ///
  /// - Parameters:
  ///   - squares: The squared distances of all particles within `reach`, ascending; the first is
  ///     that of the center itself.
  ///   - size: The number of particles in the group, which says where to begin.
  ///   - reach: The radius within which particles are known.
  /// - Returns: The number of particles enclosed; `nil` if the crossing is beyond the reach.
  func crossing(_ squares: [UInt64], size: Int, reach: Double) -> Int? {
    func isEnclosed(_ index: Int, _ radius: Double) -> Bool {
      Double(squares[index]) <= radius * radius
    }
    let start = radius(enclosing: size)
    var count = squares.firstIndex { Double($0) > start * start } ?? squares.count
    if count <= size {
      while count > 1, !isEnclosed(count - 1, radius(enclosing: count)) { count -= 1 }
      return count
    }
    while count < squares.count, isEnclosed(count, radius(enclosing: count)) { count += 1 }
    return count < squares.count || radius(enclosing: count) <= reach ? count : nil
  }
}
