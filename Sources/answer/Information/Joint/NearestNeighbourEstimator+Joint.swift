internal import Randomness
internal import Threads

/// The information of two columns about a third one, as estimated from distances to neighbours.
package struct NearestNeighbourJointInformation: Hashable, Codable, Sendable {
  /// I(target; first, second) [nats].
  package let joint: Double

  /// I(target; first | second) [nats].
  package let firstGivenSecond: Double

  /// I(target; second | first) [nats].
  package let secondGivenFirst: Double

  /// The number k of the neighbour to which distances are measured.
  package let neighbours: Int

  /// The number of rows.
  package let points: Int
}

extension NearestNeighbourEstimator {
  /// Estimates joint and conditional information of a target and two columns, [row], in any units.
  ///
  /// With e the distance in the maximum norm of all three coordinates to neighbour number k, and n how many other rows
  /// are nearer than e in some of the coordinates,
  ///
  ///     I(x; y, z) = psi(k) + psi(N) - < psi(n_x + 1) + psi(n_yz + 1) >
  ///     I(x; y | z) = psi(k) - < psi(n_xz + 1) + psi(n_yz + 1) - psi(n_z + 1) >:
  ///
  /// Kraskov, Stögbauer, Grassberger 2004, doi:10.1103/PhysRevE.69.066138; Frenzel, Pompe 2007,
  /// doi:10.1103/PhysRevLett.99.204101.
  ///
  /// - Throws: ``InformationError`` for columns that allow no estimate.
  package func joint(
    target: [Double], first: [Double], second: [Double]
  ) throws(InformationError) -> NearestNeighbourJointInformation {
    let columns = try JointColumns(target, first, second)
    let count = target.count
    guard count > neighbours else {
      throw .tooFewPoints(count: count, needed: neighbours + 1)
    }
    var (x, y, z) = (columns.target, columns.first, columns.second)
    for row in 0..<count {
      var stream = RandomStream(seed: seed, for: .neighbourNoise, index: UInt64(row))
      let noise = [stream.normalPair(), stream.normalPair()]
      x[row] += 1e-10 * noise[0].0
      y[row] += 1e-10 * noise[0].1
      z[row] += 1e-10 * noise[1].0
    }
    let tree = PointTree([x, y, z])
    let planes = [PointTree([x, y]), PointTree([x, z]), PointTree([y, z])]
    let lines = [(x, x.sorted()), (y, y.sorted()), (z, z.sorted())]
    let digamma = Self.digamma(upTo: count)
    let block = 1024
    let blocks = WorkerThreads(count: threads).map((count + block - 1) / block) { number in
      (number * block..<min((number + 1) * block, count)).map { row -> SIMD3<Double> in
        let distance = tree.distance(from: row, toNeighbour: neighbours)
        // Each count has the row itself, which stands for the one that is added.
        let near = planes.map { digamma[$0.count(nearerThan: distance, to: row)] }
        let single = lines.map {
          digamma[Self.count(in: $0.1, nearerThan: distance, to: $0.0[row])]
        }
        return [
          digamma[count] - single[0] - near[2], single[2] - near[1] - near[2],
          single[1] - near[0] - near[2],
        ]
      }
    }
    let sum = blocks.joined().reduce(SIMD3<Double>()) { $0 + $1 }
    let means = sum / Double(count) + digamma[neighbours]
    return NearestNeighbourJointInformation(
      joint: means[0], firstGivenSecond: means[1], secondGivenFirst: means[2],
      neighbours: neighbours, points: count)
  }
}
