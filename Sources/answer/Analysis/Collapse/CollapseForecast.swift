internal import Failures
internal import Foundation
internal import FourierTransforms
package import LinearTheory
package import MPI

/// A forecast of the halo masses that particles collapse into, by excursion sets of a linear density field.
///
/// The field is averaged over spheres of each mass, and the prediction of a particle is the largest mass
/// whose average around its initial site is above the model's barrier; without one it has none.
/// Lucie-Smith et al. 2024, appendix E, doi:10.1103/PhysRevD.109.063524; Bond et al. 1991, doi:10.1086/170520.
///
/// One averaged field is in memory at a time.
package struct CollapseForecast: Hashable, Sendable {
  /// The predictions of each model for the particles, in their order.
  package let predictions: [CollapsePrediction]

  /// The masses in ascending order, with the field's rms and share above the barriers.
  package let scales: [CollapseScale]

  /// Predicts the masses of particles.
  ///
  /// Collective. The result is the same, bit by bit, on every rank and for any number of ranks.
  ///
  /// - Parameters:
  ///   - field: The linear density.
  ///   - sites: The particles' sites on its grid, (ix N + iy) N + iz; the same on every rank.
  ///   - models: The models.
  ///   - spectrum: The power spectrum at z = 0, for the barrier and for sigma.
  ///   - settings: The masses.
  ///   - communicator: The ranks that share the field.
  ///   - tell: Is told how many of how many masses are done.
  /// - Throws: The error that MPI reported, or `Failure` on all ranks, in an `AgreedFailure`.
  package init(
    of field: borrowing LinearDensity, at sites: [Int],
    by models: [CollapseBarrier] = CollapseBarrier.allCases, spectrum: LinearPowerSpectrum,
    settings: CollapseSettings, on communicator: borrowing Communicator,
    tell: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws {
    let decomposition = field.transform.decomposition
    let masses = settings.masses
    let particles = OwnParticles(sites, of: decomposition)
    let growth = field.growth
    var smoothed = RealMesh(decomposition)
    var found = [Int32](repeating: -1, count: models.count * sites.count)
    var scales: [CollapseScale] = []
    // From the largest mass down, so that the first crossing is the answer.
    for (index, mass) in masses.enumerated().reversed() {
      let hubble = spectrum.parameters.hubble
      let radius = spectrum.parameters.lagrangianRadius(ofMass: mass * hubble)
      let sigma = try communicator.agree { () throws(Failure) in
        try growth * spectrum.sigma(radius: radius)
      }
      try field.average(
        overRadius: radius, subtractsMean: settings.subtractsMean, into: &smoothed,
        on: communicator)
      let contrasts = models.map { $0.contrast(sigma: sigma, growth: growth) }
      let census = try FieldCensus(of: smoothed, above: contrasts, on: communicator)
      for (model, contrast) in contrasts.enumerated() {
        for particle in particles.owned {
          let place = model * sites.count + particle.number
          if found[place] < 0, Double(smoothed.cells[particle.cell]) > contrast {
            found[place] = Int32(index)
          }
        }
      }
      scales.append(
        CollapseScale(
          mass: mass, radius: radius, sigma: sigma, deviation: census.deviation,
          thresholds: models.indices.map {
            CollapseScale.Threshold(
              model: models[$0], contrast: contrasts[$0], shareAbove: census.sharesAbove[$0])
          }))
      tell(masses.count - index, masses.count)
    }
    var span = found.mutableSpan
    try communicator.allReduce(&span, .maximum)
    self.scales = scales.reversed()
    predictions = models.enumerated().map { model, barrier in
      let indices = found[model * sites.count..<(model + 1) * sites.count]
      return CollapsePrediction(
        model: barrier, logMasses: indices.map { $0 < 0 ? nil : log10(masses[Int($0)]) })
    }
  }
}

/// The particles whose sites are in the planes of this rank.
private struct OwnParticles {
  /// The number of each among all, and the place of its cell in a mesh.
  var owned: [(number: Int, cell: Int)] = []

  init(_ sites: [Int], of decomposition: MeshDecomposition) {
    let (width, planes) = (decomposition.width, decomposition.planes)
    for (number, site) in sites.enumerated() {
      precondition((0..<width * width * width).contains(site), "site \(site) is not on the grid")
      let (x, y, z) = (site / (width * width), site / width % width, site % width)
      guard planes.contains(x) else { continue }
      let cell =
        (x - planes.lowerBound) * decomposition.planeStride + y * 2 * decomposition.rowStride + z
      owned.append((number, cell))
    }
  }
}

/// The rms of a field, and its share above some contrasts.
private struct FieldCensus {
  let deviation: Double
  let sharesAbove: [Double]

  /// Counts the cells of a field; sums of squares are added plane after plane, whoever has them.
  init(
    of field: borrowing RealMesh, above contrasts: [Double], on communicator: borrowing Communicator
  ) throws(MPIError) {
    let decomposition = field.decomposition
    let width = decomposition.width
    var above = [Int64](repeating: 0, count: contrasts.count)
    var sums: [Double] = []
    for plane in 0..<decomposition.planes.count {
      var (sum, squares) = (0.0, 0.0)
      for row in 0..<width {
        let cells = field.cells + plane * field.planeStride + row * field.rowStride
        for z in 0..<width {
          let value = Double(cells[z])
          sum += value
          squares += value * value
          for (index, contrast) in contrasts.enumerated() where value > contrast {
            above[index] += 1
          }
        }
      }
      sums += [sum, squares]
    }
    var span = above.mutableSpan
    try communicator.allReduce(&span, .sum)
    let all = try communicator.allGatherVarying(sums).elements
    let count = Double(width * width * width)
    let total = stride(from: 0, to: all.count, by: 2).reduce(0) { $0 + all[$1] }
    let squares = stride(from: 1, to: all.count, by: 2).reduce(0) { $0 + all[$1] }
    let mean = total / count
    deviation = max(0, squares / count - mean * mean).squareRoot()
    sharesAbove = above.map { Double($0) / count }
  }
}
