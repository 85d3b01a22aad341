internal import Foundation
internal import Particles

/// The properties of one group that its own particles tell.
struct GroupAnalysis {
  /// The position of the particle of lowest potential.
  let center: SIMD3<UInt32>

  /// The number of bound particles.
  let boundCount: Int

  /// The mean peculiar velocity [3], [km/s].
  let velocity: [Float]

  /// That of the bound particles, or of all if none are bound.
  let boundVelocity: [Float]

  /// The particles, the most bound first, then the unbound in the order they came.
  let order: [Int]

  /// Analyzes a group.
  ///
  /// - Parameters:
  ///   - members: Its particles, by their sites.
  ///   - box: The units of positions.
  ///   - velocityUnit: The factor that turns momenta into peculiar velocities [km/s].
  ///   - unbinding: The rule that finds the bound particles.
  init(of members: Particles, box: PeriodicBox, velocityUnit: Double, _ unbinding: Unbinding) {
    // Relative to the first particle: a group is much smaller than the box, but lies anywhere.
    let points = members.positions.indices.map {
      box.separation(from: members.positions[$0 % 3], to: members.positions[$0])
    }
    let result = unbinding.bound(points, members.momenta)
    let lowest = 3 * result.lowest
    center = SIMD3(
      members.positions[lowest], members.positions[lowest + 1], members.positions[lowest + 2])
    boundCount = result.bound.count
    let isBound = Set(result.bound)
    order = result.bound + (0..<members.count).filter { !isBound.contains($0) }
    func meanVelocity(_ indices: [Int]) -> [Float] {
      (0..<3).map { axis in
        let sum = indices.reduce(0.0) { $0 + Double(members.momenta[3 * $1 + axis]) }
        return Float(sum / Double(indices.count) * velocityUnit)
      }
    }
    velocity = meanVelocity(Array(0..<members.count))
    boundVelocity = result.bound.isEmpty ? velocity : meanVelocity(result.bound.sorted())
  }
}

/// The cube root.
func cubeRoot(_ value: Double) -> Double { cbrt(value) }
