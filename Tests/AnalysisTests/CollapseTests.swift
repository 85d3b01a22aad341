import Foundation
import FourierTransforms
import LinearTheory
import MPI
import ParticleMesh
import Particles
import TestSupport
import Testing

@testable import Analysis

/// A field of a few plane waves, known at any point.
private struct Waves {
  let width = 16
  let boxSize = 50.0
  // Wavenumbers, amplitudes and phases without any meaning.
  let waves: [(k: [Double], amplitude: Double, phase: Double)] = [
    ([1, 0, 0], 0.9, 0.3), ([0, 1, 1], 0.8, 1.1), ([1, 2, 0], 0.7, 2.5), ([2, 1, 2], 0.9, 4.0),
    ([0, 3, 1], 0.6, 5.2),
  ]

  /// The contrast at a place [Mpc/h].
  func contrast(_ x: Double, _ y: Double, _ z: Double) -> Double {
    let unit = 2 * Double.pi / boxSize
    return waves.reduce(0.4) { sum, wave in
      sum + 1.7 * wave.amplitude
        * cos(unit * (wave.k[0] * x + wave.k[1] * y + wave.k[2] * z) + wave.phase)
    }
  }

  /// The mean over a ball around a site, in direct space: midpoints of 16^3 equal parts of the ball in
  /// r^3, cos theta and phi.
  func average(around site: Int, radius: Double) -> Double {
    let cell = boxSize / Double(width)
    let center = [site / (width * width), site / width % width, site % width]
      .map { Double($0) * cell }
    let parts = 16
    var sum = 0.0
    for shell in 0..<parts {
      let r = radius * pow((Double(shell) + 0.5) / Double(parts), 1 / 3.0)
      for belt in 0..<parts {
        let c = 2 * (Double(belt) + 0.5) / Double(parts) - 1
        let s = (1 - c * c).squareRoot()
        for step in 0..<parts {
          let phi = 2 * Double.pi * (Double(step) + 0.5) / Double(parts)
          sum += contrast(
            center[0] + r * s * cos(phi), center[1] + r * s * sin(phi), center[2] + r * c)
        }
      }
    }
    return sum / Double(parts * parts * parts)
  }

  /// The field on this rank's planes.
  func density(on world: borrowing Communicator) throws -> LinearDensity {
    let transform = try FourierTransform(width: width, on: world)
    var mesh = RealMesh(transform.decomposition)
    let cell = boxSize / Double(width)
    for x in transform.decomposition.planes {
      for y in 0..<width {
        for z in 0..<width {
          mesh[x, y, z] = Float(
            contrast(Double(x) * cell, Double(y) * cell, Double(z) * cell))
        }
      }
    }
    return try LinearDensity(
      mesh, boxSize: boxSize, growth: 1, transform: transform, on: world)
  }
}

@Suite(.ranks(1...4)) struct CollapseTests {
  @Test(arguments: [false, true])
  func predictionsAreThoseOfAveragesInDirectSpace(subtractsMean: Bool) throws {
    let waves = Waves()
    let spectrum = try LinearPowerSpectrum(CosmologicalParameters())
    var settings = CollapseSettings()
    settings.massCount = 10
    settings.minimumMass = 1e12
    settings.maximumMass = 3e15
    settings.subtractsMean = subtractsMean
    let sites = stride(from: 3, to: 4096, by: 431).map { $0 }
    try withWorld { world in
      let field = try waves.density(on: world)
      let forecast = try CollapseForecast(
        of: field, at: sites, spectrum: spectrum, settings: settings, on: world)
      #expect(forecast.predictions.map(\.model) == CollapseBarrier.allCases)
      var crossings = 0
      for prediction in forecast.predictions {
        for (number, site) in sites.enumerated() {
          let crossed = prediction.logMasses[number]
          for (mass, scale) in zip(settings.masses, forecast.scales) {
            let threshold = try #require(
              scale.thresholds.first { $0.model == prediction.model })
            let average =
              waves.average(around: site, radius: scale.radius) - (subtractsMean ? 0.4 : 0)
            // Where the direct sum is not clear by its own error, both answers are right.
            guard abs(average - threshold.contrast) > 5e-3 else { continue }
            if average > threshold.contrast {
              #expect((crossed ?? 0) >= log10(mass) - 1e-9, "site \(site), mass \(mass)")
              crossings += 1
            } else {
              #expect(crossed.map { abs($0 - log10(mass)) > 1e-9 } ?? true)
            }
          }
        }
      }
      #expect(crossings > 10, "the field hardly crosses the barriers")
    }
  }

  @Test func theShareAboveTheBarrierIsThatOfAGaussian() throws {
    // A Gaussian field at one scale is above B with probability erfc(B / (sqrt(2) sigma)) / 2, sigma that of the
    // box's own modes. Fixed amplitudes leave the scatter of phases alone.
    let width = 48
    let box = PeriodicBox(width: 150)
    let spectrum = try LinearPowerSpectrum(CosmologicalParameters())
    let noise = WhiteNoise(.init(seed: 5, amplitudesAreFixed: true))
    var settings = CollapseSettings()
    settings.massCount = 4
    settings.minimumMass = 1e13
    settings.maximumMass = 1e14
    try withWorld { world in
      let transform = try FourierTransform(width: width, on: world)
      let modes = try LinearField(noise, spectrum: spectrum, in: box)
        .modes(on: transform.decomposition)
      var mesh = RealMesh(transform.decomposition)
      try transform.backward(modes, into: &mesh, on: world)
      let field = try LinearDensity(
        mesh, boxSize: box.width, growth: 1, transform: transform, on: world)
      let forecast = try CollapseForecast(
        of: field, at: [], spectrum: spectrum, settings: settings, on: world)
      for scale in forecast.scales {
        // What modes beyond the mesh and below the box leave out of sigma.
        #expect(abs(scale.deviation / scale.sigma - 1) < 0.04, "\(scale.mass)")
        for threshold in scale.thresholds {
          let expected = 0.5 * erfc(threshold.contrast / (2.0.squareRoot() * scale.deviation))
          #expect(
            abs(threshold.shareAbove / expected - 1) < 0.06,
            "\(threshold.model) at \(scale.mass): \(threshold.shareAbove), not \(expected)")
        }
      }
    }
  }

  @Test func fewerParticlesCollapseEllipsoidallyThanSpherically() throws {
    let waves = Waves()
    let spectrum = try LinearPowerSpectrum(CosmologicalParameters())
    try withWorld { world in
      let field = try waves.density(on: world)
      let sites = Array(0..<4096)
      let forecast = try CollapseForecast(
        of: field, at: sites, spectrum: spectrum, settings: CollapseSettings(), on: world)
      let never = forecast.predictions.map { $0.logMasses.count { $0 == nil } }
      #expect(never[0] < never[1])
    }
  }

  @Test func theBitsDoNotDependOnTheRanks() throws {
    let waves = Waves()
    let spectrum = try LinearPowerSpectrum(CosmologicalParameters())
    let sites = stride(from: 0, to: 4096, by: 7).map { $0 }
    try withWorld { world in
      let shared = try CollapseForecast(
        of: waves.density(on: world), at: sites, spectrum: spectrum, settings: CollapseSettings(),
        on: world)
      let alone = try world.split(color: world.rank, key: 0)
      let single = try CollapseForecast(
        of: waves.density(on: alone), at: sites, spectrum: spectrum, settings: CollapseSettings(),
        on: alone)
      let isSame = shared == single
      let all = try world.allReduce(Int32(isSame ? 1 : 0), .minimum)
      #expect(all == 1)
    }
  }
}
