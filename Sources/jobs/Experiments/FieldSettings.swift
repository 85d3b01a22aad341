package import Fields
internal import Settings
package import SubBoxes

/// The settings of the field file that is made from a simulation.
package struct FieldSettings: Codable, Hashable, Sendable {
  /// The definition of a halo's particles and of its mass.
  package var label = HaloLabel.fof

  /// The number of neighbours of the SPH density estimate, the particle itself included.
  package var neighbours = 32

  /// The threads of each rank that makes fields.
  package var threadsPerRank = 1

  /// The field that sub-boxes are cut from, where `inputs` does not name several.
  package var input = NetworkInput.Name.density

  /// The fields that sub-boxes are cut from, each as a channel or more of its own, in the place of `input`; without it,
  /// `input` alone.
  package var inputs: [NetworkInput.Name]?

  /// The filter of the density that inputs follow from; without it, all scales.
  package var filter: FieldFilter?

  /// Whether field files hold the potential too; they do if it is an input.
  package var potential = false

  /// Whether field files hold the tidal shear too; they do if it is an input.
  package var shear = false

  /// Whether field files hold the components of the tidal tensor too; they do if they are an input.
  package var tides = false

  /// Whether field files hold final positions and smoothing lengths too; they do if the final density is
  /// the input.
  package var final = false

  /// The width of the voxels of boxes of the final density [Mpc/h].
  package var finalVoxelSize = 0.03

  /// Makes the default settings.
  package init() {}
}

extension FieldSettings {
  /// The names of the inputs of the network, at least one.
  private var inputNames: [NetworkInput.Name] { inputs ?? [input] }

  /// The input of the network: its fields, and the voxel size that the final density has.
  package var networkInput: NetworkInput {
    NetworkInput(inputNames, filter: filter, finalVoxelSize: finalVoxelSize)
  }

  /// The content that field files must hold for these inputs, and what else is asked for.
  var needs: FieldNeeds {
    var needs = FieldNeeds(
      potential: potential, shear: shear, tides: tides,
      final: final || networkInput.showsFinalParticles)
    if let filter {
      var fields = FilteredFields(filter)
      fields.density = inputNames.contains(.density)
      fields.potential = inputNames.contains(.potential)
      fields.shear = inputNames.contains(.shear)
      fields.tides = inputNames.contains(.tides)
      needs.filtered = [fields]
    } else {
      needs.potential = potential || inputNames.contains(.potential)
      needs.shear = shear || inputNames.contains(.shear)
      needs.tides = tides || inputNames.contains(.tides)
    }
    return needs
  }

  /// Returns the same settings with a list of one input written as that input.
  func withoutListOfOne() -> FieldSettings {
    guard let inputs, inputs.count == 1 else { return self }
    var settings = self
    settings.input = inputs[0]
    settings.inputs = nil
    return settings
  }

  /// The problem with the inputs, if there is one.
  var inputProblems: [SettingProblem] {
    if let fault = filter?.problem {
      return [SettingProblem(path: "fields.filter", reason: fault.reason, remedy: fault.remedy)]
    }
    if let fault = NetworkInput.problem(of: inputNames, filter: filter) {
      let path = inputs == nil ? "fields.input" : "fields.inputs"
      return [SettingProblem(path: path, reason: fault.reason, remedy: fault.remedy)]
    }
    return problem(givesInput: input != FieldSettings().input).map { [$0] } ?? []
  }

  /// The problem with an input that is given beside a list of inputs; `nil` without one.
  func problem(givesInput: Bool) -> SettingProblem? {
    guard givesInput, inputs != nil else { return nil }
    return SettingProblem(
      path: "fields.inputs", reason: "fields.input: \(input.rawValue) is given too",
      remedy: "give one of fields.input and fields.inputs")
  }
}
