import Halos
import LinearTheory
import ParticleMesh
package import Settings
internal import Text

extension UniverseSettings {
  /// What makes no sense.
  package var problems: [SettingProblem] {
    var problems: [SettingProblem] = []
    func require(_ holds: Bool, _ key: String, _ value: Any, _ allowed: String) {
      if !holds {
        problems.append(
          SettingProblem(
            path: "universe.\(key)", reason: "\(value) is out of range",
            remedy: "it must be \(allowed)"))
      }
    }
    require(
      boxSize > 0 && boxSize.isFinite, "boxSize", boxSize, "above 0")
    require(
      (4...4096).contains(gridSize) && gridSize.isMultiple(of: 2), "gridSize",
      gridSize, "an even number from 4 to 4096")
    require(
      (9...1000).contains(initialRedshift), "initialRedshift", initialRedshift,
      "from 9 to 1000")
    require(
      checkpointMinutes > 0, "checkpointMinutes", checkpointMinutes, "above 0")
    require(
      ranksPerSimulation.map { $0 >= 1 } ?? true, "ranksPerSimulation",
      ranksPerSimulation ?? 0, "1 or more")
    requireHalos(require)
    do { try cosmology.check() } catch {
      problems.append(
        SettingProblem(
          path: "universe.\(error.subject)", reason: error.reason, remedy: clause(error.remedy)))
    }
    return problems
  }

  private func requireHalos(_ require: (Bool, String, Any, String) -> Void) {
    require(
      (0.01...0.5).contains(halos.linkingLength), "halos.linkingLength", halos.linkingLength,
      "from 0.01 to 0.5 mean separations")
    require(halos.minimumSize >= 1, "halos.minimumSize", halos.minimumSize, "1 or more")
    require(
      halos.minimumBoundSize >= 1, "halos.minimumBoundSize", halos.minimumBoundSize, "1 or more")
    require(
      halos.softening > 0 && halos.softening < 1, "halos.softening", halos.softening,
      "above 0 and below 1 mean separation")
    require(
      (0..<0.57).contains(halos.openingAngle), "halos.openingAngle", halos.openingAngle,
      "from 0 to below 0.57")
    require(
      halos.largestDirectSum >= 0, "halos.largestDirectSum", halos.largestDirectSum, "0 or more")
  }
}
