/// Takes the particles of a group that are not bound to it away, the least bound first.
///
/// A particle is bound if its energy, v^2/2 + potential, is not positive; v is the physical velocity
/// relative to the mean of the bound particles, with the Hubble flow from their center of mass.
/// At most 2 % of the particles, or five, go before mean and center are taken anew, and a fifth of
/// them before the potential is: SUBFIND's rule (Springel et al. 2001,
/// doi:10.1046/j.1365-8711.2001.04912.x, as in GADGET-4), here for a whole group without looking for
/// its substructure. Energies are per mass [(100 km/s)^2].
struct Unbinding {
  /// The rule that sums the potential of points of mass one [1/(Mpc/h)].
  var potential: GravitationalPotential

  /// The factor that turns the potential into an energy: G m / a [(100 km/s)^2 Mpc/h].
  var energyScale: Double

  /// The factor that turns momenta into peculiar velocities [100 km/s].
  var velocityScale: Double

  /// The factor that turns comoving lengths into Hubble flow, a H/H0 [100 km/s / (Mpc/h)].
  var hubbleFlow: Double

  /// The bound particles that are kept at least.
  var minimumSize: Int

  /// The bound particles, and the one of lowest potential.
  struct Result {
    /// The bound particles, the most bound first; of equal energy the one that came first.
    var bound: [Int]

    /// The particle of lowest potential among the bound ones, or among all if none are bound.
    var lowest: Int
  }

  /// Finds the bound particles.
  ///
  /// - Parameters:
  ///   - points: Comoving positions relative to anything near [n, 3], [Mpc/h].
  ///   - momenta: Momenta a^2 dx/dt [n, 3], [100 km/s].
  /// - Returns: The bound particles; none if fewer than `minimumSize` would be.
  func bound(_ points: [Double], _ momenta: [Float]) -> Result {
    var members = Array(0..<points.count / 3)
    var potentials = potential.potentials(of: points)
    let lowestOfAll = Self.lowest(members, potentials)
    while true {
      var energies = self.energies(members, points, momenta, potentials)
      var removed: [Int] = []
      while true {
        let limit = max(5, members.count / 50)
        let unbound = members.filter { energies[$0] > 0 }
          .sorted { (-energies[$0], $0) < (-energies[$1], $1) }.prefix(limit)
        guard !unbound.isEmpty else { break }
        removed += unbound
        let gone = Set(unbound)
        members.removeAll { gone.contains($0) }
        guard members.count >= minimumSize else { return Result(bound: [], lowest: lowestOfAll) }
        guard removed.count < members.count / 5 else { break }
        energies = self.energies(members, points, momenta, potentials)
      }
      guard !removed.isEmpty else {
        guard members.count >= minimumSize else { return Result(bound: [], lowest: lowestOfAll) }
        return Result(
          bound: members.sorted { (energies[$0], $0) < (energies[$1], $1) },
          lowest: Self.lowest(members, potentials))
      }
      update(&potentials, members, points, without: removed)
    }
  }

  // The potential of what is left: that of the removed is taken away if they are few.
  private func update(
    _ potentials: inout [Double], _ members: [Int], _ points: [Double], without removed: [Int]
  ) {
    func coordinates(_ indices: [Int]) -> [Double] {
      indices.flatMap { points[3 * $0..<3 * $0 + 3] }
    }
    if removed.count <= 128 {
      let taken = potential.potentials(at: coordinates(members), of: coordinates(removed))
      for (member, value) in zip(members, taken) { potentials[member] -= value }
    } else {
      let values = potential.potentials(of: coordinates(members))
      for (member, value) in zip(members, values) { potentials[member] = value }
    }
  }

  private func energies(
    _ members: [Int], _ points: [Double], _ momenta: [Float], _ potentials: [Double]
  ) -> [Double] {
    var center = [0.0, 0.0, 0.0]
    var momentum = [0.0, 0.0, 0.0]
    for member in members {
      for axis in 0..<3 {
        center[axis] += points[3 * member + axis]
        momentum[axis] += Double(momenta[3 * member + axis])
      }
    }
    for axis in 0..<3 {
      center[axis] /= Double(members.count)
      momentum[axis] /= Double(members.count)
    }
    var energies = [Double](repeating: 0, count: potentials.count)
    for member in members {
      var square = 0.0
      for axis in 0..<3 {
        let velocity =
          (Double(momenta[3 * member + axis]) - momentum[axis]) * velocityScale
          + (points[3 * member + axis] - center[axis]) * hubbleFlow
        square += velocity * velocity
      }
      energies[member] = square / 2 + potentials[member] * energyScale
    }
    return energies
  }

  private static func lowest(_ members: [Int], _ potentials: [Double]) -> Int {
    members.min { (potentials[$0], $0) < (potentials[$1], $1) } ?? 0
  }
}
