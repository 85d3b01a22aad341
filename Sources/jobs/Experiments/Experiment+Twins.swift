internal import Foundation
package import ParticleMesh
internal import Settings
internal import Simulations

extension SimulationSettings {
  /// The phases in which a twin differs from its test simulation; `nil` if it is none.
  package var reseeding: Reseeding? {
    guard let reseedAbove, let reseed else { return nil }
    return Reseeding(seed: reseed, above: reseedAbove)
  }
}

extension Experiment {
  /// The test simulation that a twin shares its large scales with: the one of the same seed and sign.
  package func original(of twin: SimulationSettings) -> SimulationSettings? {
    simulations(of: .test).first {
      $0.seed != nil && $0.seed == twin.seed
        && $0.isInverted ?? false == twin.isInverted ?? false
    }
  }

  /// The problems with twins, and with phases that are to be reseeded.
  var twinProblems: [SettingProblem] {
    var problems: [SettingProblem] = []
    for (index, simulation) in simulations.enumerated() {
      func add(_ key: String, _ reason: String, _ remedy: String) {
        problems.append(
          SettingProblem(path: "simulations[\(index)]\(key)", reason: reason, remedy: remedy))
      }
      guard simulation.role == .twin else {
        if simulation.reseedAbove != nil || simulation.reseed != nil {
          add(
            "",
            "\(simulation.name) (\(simulation.role)) has phases to reseed, which only twins have",
            "give it the role twin, or take reseedAbove and reseed out")
        }
        continue
      }
      guard let above = simulation.reseedAbove, let reseed = simulation.reseed else {
        add(
          "", "the twin \(simulation.name) lacks reseedAbove or reseed",
          "give the wavenumber [h/Mpc] above which its phases differ, and their seed")
        continue
      }
      if original(of: simulation) == nil {
        add(
          ".seed", "no test simulation has the seed of the twin \(simulation.name)",
          "give the twin the seed (and isInverted) of the test simulation whose large scales it is to have"
        )
      }
      if reseed == simulation.seed {
        add(".reseed", "it is the twin's seed, so nothing would differ", "give another seed")
      }
      if !reseedableWavenumbers.contains(above) {
        add(
          ".reseedAbove", "\(above) h/Mpc is out of range",
          String(
            format:
              "it must be from the lowest wavenumber of the box, %.4g, to below the highest one of "
              + "its grid, %.4g", reseedableWavenumbers.lowerBound, reseedableWavenumbers.upperBound
          ))
      }
    }
    if prediction.roles.contains(.twin) {
      problems.append(
        SettingProblem(
          path: "prediction.roles",
          reason: "twins are not predicted: they are predictions themselves",
          remedy: "give test, or training and validation too"))
    }
    return problems
  }

  /// From the fundamental wavenumber of the box to that of the corner of its modes [h/Mpc].
  private var reseedableWavenumbers: Range<Double> {
    let fundamental = 2 * Double.pi / universe.boxSize
    guard fundamental > 0, fundamental.isFinite else { return 0..<0 }
    return fundamental..<fundamental * 3.0.squareRoot() * Double(max(universe.gridSize, 4)) / 2
  }
}
