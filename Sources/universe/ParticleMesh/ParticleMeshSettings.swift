package import Failures
package import LinearTheory

/// The Laplacian of the force; the gradient is the 4-point difference with either.
enum ForceLaplacian: String, Codable, CaseIterable, Sendable {
  /// The 3-point difference, which is stronger near the Nyquist wavenumber: more small halos.
  case threePoint

  /// Minus the square of the wavenumber: less discreteness at early times.
  case continuous
}

/// The choices of a particle-mesh simulation.
package struct ParticleMeshSettings: Codable, Hashable, Sendable {
  /// The steps in time.
  package var steps = TimeSteps()

  /// The number of cells of the force mesh per particle along each axis: 1, 2 or 3.
  ///
  /// With 1 the mesh beats with the particle lattice, and half of the halos of fewer than 128 particles
  /// are lost.
  package var meshRefinement = 2

  /// The place of the particle lattice's first site along each axis, in spacings of the lattice.
  ///
  /// 0 is the corner of the box, where ``LagrangianPerturbation`` has it; other programs have 0.5. The
  /// mesh is shifted to suit.
  var latticeOrigin = 0.0

  /// The Laplacian whose inverse makes the potential.
  var laplacian = ForceLaplacian.threePoint

  /// The scheme that turns forces and momenta into changes of momentum and position.
  ///
  /// `standard` loses linear growth in few steps.
  package var factors = TimeStepFactors.Scheme.fastPM

  /// The redshifts at which the power spectrum is measured, each at the end of the step that is nearest.
  package var spectrumRedshifts = [0.0]

  /// Whether the shot noise of particles is subtracted from power spectra.
  ///
  /// Particles that have hardly moved from their lattice have none.
  package var subtractsShotNoise = true

  /// The number of threads that share the work of a rank; it does not change results.
  package var threads = 1

  /// Makes the choices that suit most.
  package init() {}

  /// The numbers of completed steps after which the power spectrum is measured.
  var spectrumSteps: Set<Int> {
    Set(spectrumRedshifts.map { steps.nearest(to: 1 / (1 + $0)) })
  }

  /// The warnings to a user about these choices, as sentences.
  package var warnings: [String] {
    meshRefinement > 1
      ? []
      : [
        "meshRefinement = 1 loses about half of the halos of fewer than 128 particles; 2 is the "
          + "coarsest mesh for halo masses"
      ]
  }

  /// Checks that the choices make sense.
  ///
  /// - Throws: `Failure` that names the setting.
  package func check() throws(Failure) {
    try steps.check()
    guard (1...3).contains(meshRefinement) else {
      throw .setting(
        name: "meshRefinement", value: "\(meshRefinement)", reason: "is not 1, 2 or 3",
        remedy: "Choose 2, or 3 for better halos at three times the cost")
    }
    guard (0..<1).contains(latticeOrigin) else {
      throw .setting(
        name: "latticeOrigin", value: "\(latticeOrigin)", reason: "is not from 0 to below 1",
        remedy: "Choose 0 for sites on corners of the lattice's cells, 0.5 for their middle")
    }
    guard (1...1024).contains(threads) else {
      throw .setting(
        name: "threads", value: "\(threads)", reason: "is not from 1 to 1024",
        remedy: "Choose the cores that a rank has")
    }
    let (first, last) = (1 / steps.start - 1, 1 / steps.end - 1)
    let margin = 1e-6 * (1 + first)
    if let redshift = spectrumRedshifts.first(where: {
      !(last - margin...first + margin).contains($0)
    }) {
      throw .setting(
        name: "spectrumRedshifts", value: "\(redshift)",
        reason: "is not from \(last) to \(first)", remedy: "Choose redshifts of the steps")
    }
  }
}
