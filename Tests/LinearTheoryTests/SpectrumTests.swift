import Failures
import Foundation
import Testing

@testable import LinearTheory

@Suite struct SpectrumTests {
  let parameters = CosmologicalParameters()

  /// Rows of the built-in spectrum, `count` per factor of 10 in k from 1e-4 to 1e3 h/Mpc.
  private func table(
    _ format: PowerSpectrumTable.Format, rowsPerDecade count: Int, factor: Double = 1
  ) throws -> PowerSpectrumTable {
    let spectrum = try LinearPowerSpectrum(parameters)
    var text = "# k, P\n\n"
    for row in -4 * count...3 * count {
      let k = pow(10, Double(row) / Double(count))
      let power = try spectrum.value(at: k) * factor
      switch format {
      case .power: text += "  \(k) \(power) 7\n"
      case .logarithmicVariance:
        text += "\(log10(k))\t\(log10(k * k * k * power / (2 * .pi * .pi)))\n"
      }
    }
    return try PowerSpectrumTable(text: text, name: "test", format: format)
  }

  /// A table of the spectrum, of any normalization, gives the spectrum: 50 rows per factor of 10
  /// leave the spline 3e-4 in the baryon oscillations.
  @Test(arguments: PowerSpectrumTable.Format.allCases)
  func aTableOfASpectrumGivesTheSpectrum(format: PowerSpectrumTable.Format) throws {
    let exact = try LinearPowerSpectrum(parameters)
    let table = try LinearPowerSpectrum(
      parameters, shape: .table(try table(format, rowsPerDecade: 50, factor: 7.5)))
    #expect(abs(table.amplitude * 7.5 - 1) < 1e-4)
    for index in 0...600 {
      let k = pow(10, -3.95 + 0.0115 * Double(index))
      #expect(abs(try table.value(at: k) / exact.value(at: k) - 1) < 3e-4)
    }
    #expect(abs(try table.sigma(mass: 1e12) / exact.sigma(mass: 1e12) - 1) < 1e-4)
  }

  @Test func aTableHasNoValuesBeyondItsEnds() throws {
    let table = try table(.power, rowsPerDecade: 20)
    #expect(throws: Never.self) { try table.value(at: table.range.lowerBound) }
    #expect(throws: Never.self) { try table.value(at: table.range.upperBound) }
    for k in [0, 0.99e-4, 1.01e3] {
      let error = try #require(throws: Failure.self) { try table.value(at: k) }
      #expect(error.problem == .notCovered)
      #expect(error.description.contains("test: k = \(k) h/Mpc is needed"))
    }
  }

  /// A table of k < 2.9 h/Mpc holds the variance in 8 Mpc/h but not that in 0.7 Mpc/h.
  @Test func aShortTableHasNoVarianceOfSmallSpheres() throws {
    let exact = try LinearPowerSpectrum(parameters)
    var text = ""
    for row in 0...89 {
      let k = pow(10, -4 + 0.05 * Double(row))
      text += "\(k) \(try exact.value(at: k))\n"
    }
    let table = try PowerSpectrumTable(text: text, name: "short", format: .power)
    let spectrum = try LinearPowerSpectrum(parameters, shape: .table(table))
    #expect(abs(try spectrum.sigma(mass: 1e15) / exact.sigma(mass: 1e15) - 1) < 1e-3)
    let error = try #require(throws: Failure.self) {
      try spectrum.sigma(mass: 1e11)
    }
    #expect(error.problem == .notCovered)
  }

  /// What is wrong and where, for texts that are no spectrum.
  @Test(arguments: [
    ("0.1 1\n0.2 x", "line 2: '0.2 x' does not begin with two numbers"),
    ("0.1 1\n0.2", "line 2: '0.2' does not begin"),
    ("0.1 1\n-0.2 1", "line 2: k = -0.2"), ("0.1 1\n0.2 0", "not both positive"),
    ("0.1 1\n0.2 nan", "not both positive"), ("0.1 1\n0.2 inf", "not both finite"),
    ("0.1 1\n\n# more\n0.1 2", "line 4: k does not increase"), ("0.1 1\n0.2 2", "it has 2 rows"),
    ("", "it has 0 rows"),
  ])
  func aTextThatIsNoSpectrumIsRefused(text: String, reason: String) throws {
    let error = try #require(throws: Failure.self) {
      try PowerSpectrumTable(text: text, name: "power.txt", format: .power)
    }
    #expect(error.problem == .invalidTable)
    #expect(error.description.contains(reason), "\(error)")
    #expect(error.description.contains("power.txt"))
  }

  /// CAMB's spectrum as GADGET reads it: already normalized to sigma8 = 0.817, and within 0.3 % of
  /// ``cambPowers``, which other settings of accuracy made.
  @Test(
    .enabled(if: SharedFolder.path("data/powerspec_camb_wmap5.txt") != nil, "needs ../shared/data"))
  func theTableOfTheSharedFolderIsThatOfCAMB() throws {
    let path = try #require(SharedFolder.path("data/powerspec_camb_wmap5.txt"))
    let table = try PowerSpectrumTable(
      text: try String(contentsOfFile: path, encoding: .utf8), name: path,
      format: .logarithmicVariance)
    let spectrum = try LinearPowerSpectrum(parameters, shape: .table(table))
    #expect(abs(spectrum.amplitude - 1) < 1e-3)
    for (k, power) in cambPowers { #expect(abs(try spectrum.value(at: k) / power - 1) < 3e-3) }
  }

  /// Eisenstein and Hu's fit is within some percent of CAMB.
  @Test(arguments: cambPowers)
  func theBuiltInSpectrumIsNearThatOfCAMB(wavenumber: Double, power: Double) throws {
    let spectrum = try LinearPowerSpectrum(parameters)
    #expect(abs(try spectrum.value(at: wavenumber) / power - 1) < 0.025)
  }

  /// The slope of sigma is its derivative: central differences.
  @Test(arguments: [1e10, 1e12, 1e14])
  func theSlopeOfSigmaIsItsDerivative(mass: Double) throws {
    let spectrum = try LinearPowerSpectrum(parameters)
    let step = 1e-3
    let difference =
      log(
        try spectrum.sigma(mass: mass * exp(step)) / spectrum.sigma(mass: mass * exp(-step)))
      / (2 * step)
    #expect(abs(try spectrum.sigmaSlope(mass: mass) / difference - 1) < 1e-5)
  }
}
