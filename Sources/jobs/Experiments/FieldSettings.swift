package import Fields
package import SubBoxes

/// How the field file of a simulation is made.
package struct FieldSettings: Codable, Hashable, Sendable {
  /// The field that sub-boxes are cut from.
  package enum Input: String, Codable, CaseIterable, Hashable, Sendable {
    /// The SPH density of the initial particles, in units of the mean.
    case density

    /// The potential of the density contrast, for which the field files must hold it.
    case potential

    /// The density at the end around the particle's final position, for which the field files must
    /// hold final particles.
    case finalDensity

    /// What the boxes show, in words.
    package var words: String {
      switch self {
      case .density: "initial density"
      case .potential: "potential"
      case .finalDensity: "final density"
      }
    }
  }

  /// Which particles and mass a halo has.
  package var label = HaloLabel.fof

  /// The number of neighbours of the SPH density estimate, the particle itself included.
  package var neighbours = 32

  /// The threads of each rank that makes fields.
  package var threadsPerRank = 1

  /// The field that sub-boxes are cut from.
  package var input = Input.density

  /// Whether field files hold the potential too; they do if it is the input.
  package var potential = false

  /// Whether field files hold final positions and smoothing lengths too; they do if the final density is
  /// the input.
  package var final = false

  /// The width of the voxels of boxes of the final density [Mpc/h].
  package var finalVoxelSize = 0.03

  /// Makes the default settings.
  package init() {}
}

extension FieldSettings {
  /// What sub-boxes show.
  package var boxInput: BoxInput {
    switch input {
    case .density: .field(.density)
    case .potential: .field(.potential)
    case .finalDensity: .finalDensity(voxelSize: finalVoxelSize)
    }
  }

  /// Whether field files must hold the potential.
  package var needPotential: Bool { potential || input == .potential }

  /// Whether field files must hold final particles.
  package var needFinalParticles: Bool { final || input == .finalDensity }
}
