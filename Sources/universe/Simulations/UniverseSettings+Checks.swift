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
          path: "universe.\(error.subject)", reason: error.reason, remedy: clause(error.remedy)))
    }
    do { try mesh.check() } catch {
      guard case .setting(let name, let value, let reason, let remedy) = error else {
        preconditionFailure("settings alone were checked: \(error)")
      }
      problems.append(
        SettingProblem(
          path: "universe.mesh", reason: "\(name) = \(value) \(reason)", remedy: clause(remedy)))
    }
    return problems
  }
}
