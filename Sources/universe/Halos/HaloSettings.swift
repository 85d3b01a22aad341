/// The settings for finding and measuring groups; lengths in mean particle separations.
package struct HaloSettings: Hashable, Codable, Sendable {
  /// The linking length b: particles no farther apart are friends [mean separations].
  ///
  /// Davis et al. 1985, doi:10.1086/163168, take 0.2.
  package var linkingLength = 0.2

  /// The particles that a group has at least.
  package var minimumSize = 32

  /// The bound particles that a group keeps at least; with fewer it counts as unbound.
  package var minimumBoundSize = 20

  /// The Plummer softening of the potential, comoving [mean separations].
  package var softening = 1.0 / 30

  /// The opening angle of the tree: a node of side s at distance d is not opened if s < angle d.
  package var openingAngle = 0.5

  /// The most particles whose potential is summed pair by pair instead of by a tree.
  package var largestDirectSum = 512

  /// Makes settings with their defaults.
  package init() {}
}

/// The state of the background universe at the time of the particles.
package struct HaloEpoch: Hashable, Codable, Sendable {
  /// The scale factor, 1 today.
  package let scaleFactor: Double

  /// The expansion rate H(a)/H0.
  package let expansionRate: Double

  /// The matter density today in units of the critical one.
  package let omegaMatter: Double

  /// Makes an epoch.
  package init(scaleFactor: Double, expansionRate: Double, omegaMatter: Double) {
    precondition(
      scaleFactor > 0 && expansionRate > 0 && omegaMatter > 0, "an epoch without matter or time")
    self.scaleFactor = scaleFactor
    self.expansionRate = expansionRate
    self.omegaMatter = omegaMatter
  }
}
