package import Fields
internal import Snapshots
internal import Text

/// A summary of a preparation, in lines that a cosmologist can check.
package struct PreparationSummary: CustomStringConvertible {
  private let summary: FieldSummary
  private let file: String

  /// Sums up a field file that was written.
  package init(_ summary: FieldSummary, file: String) {
    self.summary = summary
    self.file = file
  }

  /// Particles, sites, density, halos, time, and where the fields are.
  package var description: String {
    let data = summary.metadata
    let density = data.densityMoments
    let fraction = digits(summary.labeledFraction * 100)
    return """
      simulation  \(data.name), \(digits(data.boxSize)) Mpc/h, z = \(redshiftDigits(data.initialRedshift)) \
      and \(redshiftDigits(data.finalRedshift))
      particles   \(summary.particleCount) (\(data.gridSize)^3) of \(digits(data.particleMass)) Msun
      sites       \(sites); rms residual \(digits(summary.siteResidual)) cells, \
      \(digits(summary.verifiedSiteFraction * 100)) % within half a cell
      density     mean \(density.mean), standard deviation \(density.standardDeviation) \
      (rho/rho_mean, \(data.neighbours) neighbours)\(potential)\(tides)\(filtered)
      halos       \(data.haloCount) with \(data.labeledCount) particles by the label \
      \(data.label.rawValue): \(fraction) % of all
      largest     \(summary.largestCount) particles; most massive \(digits(summary.largestMass)) Msun
      time        \(duration(summary.seconds.values.reduce(0, +))); \
      \(digits(summary.densitiesPerSecondAndCore)) densities per second and core
      fields      \(file)
      """
  }

  private var potential: String {
    guard let moments = summary.metadata.moments(of: .potential) else { return "" }
    return "\npotential   standard deviation \(moments.standardDeviation) (Mpc/h)^2"
  }

  private var tides: String {
    [("shear", GridField.shear), ("tides", GridField.tides)].map { name, fields in
      let moments = fields.compactMap { summary.metadata.moments(of: $0) }
      guard !moments.isEmpty else { return "" }
      let deviations = moments.map { digits($0.standardDeviation) }.joined(separator: ", ")
      return "\n\(name)       standard deviations \(deviations)"
    }.joined()
  }

  private var filtered: String {
    summary.metadata.filters.map { filter in
      let moments = summary.metadata.moments(of: GridField.density.filtered(by: filter))
      return "\nfiltered    \(filter.words)"
        + (moments.map { ": density's standard deviation \($0.standardDeviation)" } ?? "")
    }.joined()
  }

  private var sites: String {
    switch summary.siteOrigin {
    case .ids(let lattice): "named by the particles' IDs, of which the first is \(lattice.firstID)"
    case .positions(let moved):
      "from undone displacements (no regular IDs), \(moved) particles moved to a free site"
    }
  }
}
