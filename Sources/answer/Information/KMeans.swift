internal import Foundation
internal import Randomness

/// Clusters of points, each point with the nearest center.
enum KMeans {
  /// The number of rounds after which clusters are good enough as a start, even if they still change.
  private static let maximumRounds = 100

  /// The cluster of each point, [count].
  ///
  /// Centers are drawn one after another with probability proportional to the squared distance from those
  /// before (Arthur, Vassilvitskii 2007, "k-means++", SODA), and then moved to the means of their points
  /// until these stay (Lloyd 1982, doi:10.1109/TIT.1982.1056489).
  ///
  /// Distances are computed only of points for which another center may have become the nearest, by bounds that
  /// follow the centers' moves, and sums are kept from round to round (Hamerly 2010, doi:10.1137/1.9781611972801.12).
  static func clusters<Points: MixturePoints>(
    of points: Points, count: Int, _ stream: inout RandomStream
  ) -> [Int] {
    var centers = firstCenters(of: points, count: count, &stream)
    var clusters = [Int](repeating: 0, count: points.count)
    // Not less than a point's distance from its center, and not more than that from any other one.
    var own = [Double](repeating: .infinity, count: points.count)
    var others = [Double](repeating: 0, count: points.count)
    var moves = [Double](repeating: 0, count: count)
    var sums = [Points.Moments](repeating: Points.Moments(), count: count)
    var populations = [Int](repeating: 0, count: count)
    for round in 0..<maximumRounds {
      let separations = halfSeparations(of: centers, in: Points.self)
      let longestMove = moves.max() ?? 0
      var changed = false
      for row in 0..<points.count {
        own[row] += moves[clusters[row]]
        others[row] -= longestMove
        guard own[row] >= max(others[row], separations[clusters[row]]) else { continue }
        let (nearest, least, second) = nearest(to: points.place(of: row), centers, Points.self)
        (own[row], others[row]) = (least.squareRoot(), second.squareRoot())
        guard round == 0 || clusters[row] != nearest else { continue }
        changed = true
        let weight = points.weights[row]
        if weight > 0 {
          if round > 0 {
            sums[clusters[row]].add(points, row, -weight)
            populations[clusters[row]] -= 1
          }
          sums[nearest].add(points, row, weight)
          populations[nearest] += 1
        }
        clusters[row] = nearest
      }
      guard changed else { break }
      for number in centers.indices {
        // A center without points stays where it is.
        let center = populations[number] > 0 ? sums[number].mean : centers[number]
        moves[number] = Points.squaredDistance(centers[number], center).squareRoot()
        centers[number] = center
      }
    }
    return clusters
  }

  /// Returns the first of the nearest centers to a place, with the squared distances of it and of the next nearest.
  private static func nearest<Points: MixturePoints>(
    to place: Points.Moments.Place, _ centers: [Points.Moments.Place], _: Points.Type
  ) -> (center: Int, least: Double, second: Double) {
    var (nearest, least, second) = (0, Double.infinity, Double.infinity)
    for (number, center) in centers.enumerated() {
      let distance = Points.squaredDistance(place, center)
      if distance < least {
        (nearest, least, second) = (number, distance, least)
      } else if distance < second {
        second = distance
      }
    }
    return (nearest, least, second)
  }

  /// Returns half the distance from each center to the nearest other one: points within it have no nearer center.
  private static func halfSeparations<Points: MixturePoints>(
    of centers: [Points.Moments.Place], in _: Points.Type
  ) -> [Double] {
    centers.indices.map { one in
      var least = Double.infinity
      for other in centers.indices where other != one {
        least = min(least, Points.squaredDistance(centers[one], centers[other]))
      }
      return 0.5 * least.squareRoot()
    }
  }

  private static func firstCenters<Points: MixturePoints>(
    of points: Points, count: Int, _ stream: inout RandomStream
  ) -> [Points.Moments.Place] {
    var distances = points.weights[..<points.count].map { $0 }
    var centers: [Points.Moments.Place] = []
    for number in 0..<count {
      var rest = stream.uniform() * distances.reduce(0, +)
      var drawn = 0
      while drawn < points.count - 1, rest >= distances[drawn] {
        rest -= distances[drawn]
        drawn += 1
      }
      let center = points.place(of: drawn)
      centers.append(center)
      for row in 0..<points.count {
        let distance =
          points.weights[row] * Points.squaredDistance(points.place(of: row), center)
        distances[row] = number == 0 ? distance : min(distances[row], distance)
      }
    }
    return centers
  }
}
