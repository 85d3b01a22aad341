/// The masses of particles' halos in twin universes: what the N-body code makes of the modes up to a wavenumber.
///
/// A twin has the phases of a test simulation up to ``reseededAbove`` and others above. The mass of the halo that the
/// particle of the same Lagrangian site ends in there knows all of the shared modes and nothing of the others.
package struct TwinPrediction: Hashable, Sendable {
  /// A test simulation and its twin.
  package struct Pair: Codable, Hashable, Sendable {
    /// The name of the test simulation.
    package var simulation: String

    /// The name of its twin.
    package var twin: String

    /// Names a pair.
    package init(simulation: String, twin: String) {
      self.simulation = simulation
      self.twin = twin
    }
  }

  /// The wavenumber up to which the twins share the phases [h/Mpc].
  package let reseededAbove: Double

  /// The number of these twins, from 1, if every simulation has several at this wavenumber.
  package let number: Int

  /// The simulations that have such a twin.
  package let pairs: [Pair]

  /// log10 of the mass of each particle's halo in the twin [Msun]; `nil` where it is in none.
  package let logMasses: [Double?]

  /// Whether the simulation of each particle has such a twin.
  package let isCovered: [Bool]

  /// Makes a prediction; both lists have an element for each particle.
  package init(
    reseededAbove: Double, number: Int, pairs: [Pair], logMasses: [Double?], isCovered: [Bool]
  ) {
    precondition(logMasses.count == isCovered.count, "a particle is missing")
    self.reseededAbove = reseededAbove
    self.number = number
    self.pairs = pairs
    self.logMasses = logMasses
    self.isCovered = isCovered
  }

  /// The numbers of the particles that are in a halo of the twin.
  var members: [Int] { logMasses.indices.filter { isCovered[$0] && logMasses[$0] != nil } }
}
