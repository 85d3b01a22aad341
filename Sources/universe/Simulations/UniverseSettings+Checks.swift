internal import Failures
internal import LinearTheory
internal import ParticleMesh
package import Settings
internal import Text

extension UniverseSettings {
  /// The problems of settings that are each in their range.
  package var problems: [SettingProblem] {
    var problems: [SettingProblem] = []
    do { try cosmology.check() } catch {
      problems.append(
        SettingProblem(
          path: "universe.\(error.action)", reason: error.reason, remedy: clause(error.remedy)))
    }
    do { try mesh.check() } catch {
      problems.append(
        SettingProblem(
          path: "universe.mesh", reason: error.reason, remedy: clause(error.remedy)))
    }
    return problems
  }
}
