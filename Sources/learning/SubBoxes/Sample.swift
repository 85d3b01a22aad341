/// A halo particle whose sub-box is an input of the network and whose halo mass is the answer.
public struct Sample: BitwiseCopyable, Hashable, Sendable {
  /// The simulation of the particle, as its index in the list of field files.
  public let simulation: Int32

  /// The site of the particle on the Lagrangian grid, (ix N + iy) N + iz.
  public let site: Int64

  /// The mass of the particle's halo, log10 of Msun.
  public let logMass: Float

  /// The distance of the particle from the halo's center, in units of r200m.
  public let radius: Float

  /// Makes the sample of a particle.
  public init(simulation: Int32, site: Int64, logMass: Float, radius: Float) {
    self.simulation = simulation
    self.site = site
    self.logMass = logMass
    self.radius = radius
  }
}
