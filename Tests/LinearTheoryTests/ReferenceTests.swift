import Foundation
import Testing

@testable import LinearTheory

/// Every entry of ``cosmologyReferences`` against what the library computes, within its tolerance.
@Suite struct ReferenceTests {
  let parameters = CosmologicalParameters()
  let growth: LinearGrowth
  let transfer: TransferFunction
  let spectrum: LinearPowerSpectrum

  init() throws {
    growth = try LinearGrowth(parameters)
    transfer = try TransferFunction(parameters)
    spectrum = try LinearPowerSpectrum(parameters)
  }

  @Test(arguments: cosmologyReferences.keys.sorted())
  func theSectionAgreesWithItsReferences(section: String) throws {
    let references = try #require(cosmologyReferences[section])
    #expect(!references.isEmpty)
    for (name, reference) in references {
      let value = try #require(try value(of: name, in: section), "\(section), \(name)")
      let error = abs(value / reference.value - 1)
      #expect(
        error <= reference.tolerance, "\(section), \(name): \(value) against \(reference.value)")
    }
  }

  /// To some units of the last digit, which `JSONSerialization` does not keep.
  @Test(.enabled(if: SharedFolder.path("golden/cosmology.json") != nil, "needs ../shared/golden"))
  func theReferencesAreThoseOfTheSharedFolder() throws {
    let shared = try SharedFolder.cosmology()
    for (section, references) in cosmologyReferences {
      for (name, reference) in references {
        let entry = try #require(shared[section]?[name] as? [String: Any], "\(section), \(name)")
        let value = try #require(entry["value"] as? Double)
        #expect(abs(value - reference.value) <= 1e-15 * abs(value) * 8, "\(section), \(name)")
        #expect(entry["rtol_suggested"] as? Double == reference.tolerance)
      }
    }
  }

  /// What the library computes for an entry.
  private func value(of name: String, in section: String) throws -> Double? {
    let numbers = numbers(in: name)
    let a = numbers["z"].map { 1 / (1 + $0) } ?? 1
    switch section {
    case "background": return background(name, a: a)
    case "growth":
      if name.hasPrefix("D1un") { return growth.first(at: a) * growth.today }
      if name.hasPrefix("D1(") { return growth.first(at: a) }
      if name.hasPrefix("D2un/D1un^2") {
        return growth.second(at: a) / (growth.first(at: a) * growth.first(at: a))
      }
      if name.hasPrefix("f1") { return growth.firstRate(at: a) }
      if name.hasPrefix("f2") { return growth.secondRate(at: a) }
    case "transfer_EH98": return transfer.value(at: try #require(numbers["k"]))
    case "EH98_intermediates": return intermediate(name)
    case "power":
      if name.hasPrefix("A ") { return spectrum.amplitude }
      let growth = growth.first(at: a)
      return try spectrum.value(at: try #require(numbers["k"])) * growth * growth
    case "sigma":
      if name == "sigma8_check" { return try spectrum.sigma(radius: 8) }
      let mass = try #require(numbers["M"])
      if name.hasPrefix("R_L") { return parameters.lagrangianRadius(ofMass: mass) }
      return try spectrum.sigma(mass: mass) * growth.first(at: a)
    case "barrier": return try barrier(name, mass: numbers["M"])
    case "fastpm_factors": return try factor(name)
    default: break
    }
    return nil
  }

  /// The numbers that stand behind `k=`, `M=` and `z=` in a name.
  private func numbers(in name: String) -> [String: Double] {
    var numbers: [String: Double] = [:]
    for match in name.matches(of: /([kMz])=([-+.e0-9]*[0-9])/) {
      numbers[String(match.1)] = Double(match.2)
    }
    return numbers
  }

  private func background(_ name: String, a: Double) -> Double? {
    switch name {
    case "rho_crit0_h2Msun_Mpc3": CosmologicalParameters.criticalDensity
    case "rho_m0_h2Msun_Mpc3": parameters.meanDensity
    case "particle_mass_Msun_per_h_L50_N256":
      parameters.particleMass(boxSize: 50, particlesPerAxis: 256)
    case "particle_mass_Msun_L50_N256":
      parameters.particleMass(boxSize: 50, particlesPerAxis: 256) / parameters.hubble
    case "mass_32_particles_log10Msun":
      log10(
        32 * parameters.particleMass(boxSize: 50, particlesPerAxis: 256) / parameters.hubble)
    case "age_z99_Myr_norad": parameters.age(at: 0.01) * 1000
    case "age_z0_Gyr_norad": parameters.age(at: 1)
    default: name.hasPrefix("E(") ? parameters.expansionRate(at: a) : nil
    }
  }

  private func intermediate(_ name: String) -> Double? {
    switch name {
    case "z_eq": transfer.equalityRedshift
    case "k_eq_perMpc": transfer.equalityWavenumber
    case "z_drag": transfer.dragRedshift
    case "R_drag": transfer.dragRatio
    case "R_eq": transfer.equalityRatio
    case "sound_horizon_Mpc": transfer.soundHorizon
    case "k_silk_perMpc": transfer.silkWavenumber
    case "alpha_c": transfer.darkSuppression
    case "beta_c": transfer.darkShift
    case "alpha_b": transfer.baryonSuppression
    case "beta_b": transfer.baryonShift
    case "beta_node": transfer.nodeShift
    default: nil
    }
  }

  private func barrier(_ name: String, mass: Double?) throws -> Double? {
    let early = growth.first(at: 0.01)
    if name.hasPrefix("EPS barrier") {
      return CollapseBarrier.extendedPressSchechter.contrast(sigma: 1, growth: early)
    }
    if name.hasPrefix("log10 M*") {
      var (low, high) = (10.0, 15.0)
      for _ in 0..<40 {
        let middle = (low + high) / 2
        let sigma = try spectrum.sigma(mass: pow(10, middle))
        if sigma > CollapseBarrier.sphericalContrast { low = middle } else { high = middle }
      }
      return low
    }
    let sigma = try spectrum.sigma(mass: try #require(mass))
    if name.hasPrefix("nu=") { return CollapseBarrier.sphericalContrast / sigma }
    let growth = name.contains("z=99") ? early : 1
    return CollapseBarrier.shethTormen.contrast(sigma: sigma * growth, growth: growth)
  }

  private func factor(_ name: String) throws -> Double {
    let scheme: TimeStepFactors.Scheme = name.hasPrefix("standard") ? .standard : .fastPM
    let factors = TimeStepFactors(scheme, growth: growth)
    let match = try #require(
      name.firstMatch(of: /(drift|kick) ([.0-9]+)->([.0-9]+)(?: ref ([.0-9]+))?/))
    let (start, end) = (try #require(Double(match.2)), try #require(Double(match.3)))
    let reference = match.4.flatMap { Double($0) } ?? start
    return match.1 == "kick"
      ? factors.kick(from: start, to: end, at: reference)
      : factors.drift(from: start, to: end, at: reference)
  }
}
