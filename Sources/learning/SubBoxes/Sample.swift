/// A particle whose sub-box is an input of the network and whose halo mass is the answer.
///
/// A particle of the field, in no halo of the samples, has a mass of zero, whose log10 is minus infinity, and is
/// infinitely far from a center.
package struct Sample: BitwiseCopyable, Hashable, Sendable {
  /// The simulation of the particle, as its index in the list of field files.
  package let simulation: Int32

  /// The particle's halo, as its row in the halo table of the field file; -1 if it is not known.
  package let halo: Int32

  /// The site of the particle on the Lagrangian grid, (ix N + iy) N + iz.
  package let site: Int64

  /// The mass of the particle's halo, log10 of Msun.
  package let logMass: Float

  /// The distance of the particle from the halo's center, in units of r200m.
  package let radius: Float

  /// Makes the sample of a particle.
  package init(simulation: Int32, site: Int64, logMass: Float, radius: Float, halo: Int32) {
    self.simulation = simulation
    self.halo = halo
    self.site = site
    self.logMass = logMass
    self.radius = radius
  }

  /// Returns the same particle in another of the simulations that boxes are made from.
  package func shifted(toSimulation simulation: Int) -> Sample {
    Sample(
      simulation: Int32(simulation), site: site, logMass: logMass, radius: radius, halo: halo)
  }

  /// Whether the particle is in no halo of the samples.
  package var isInField: Bool { logMass == -.infinity }
}
