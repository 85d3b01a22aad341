package import Fields
package import SubBoxes

/// The settings of the field file that is made from a simulation.
package struct FieldSettings: Codable, Hashable, Sendable {
  /// The definition of a halo's particles and of its mass.
  package var label = HaloLabel.fof

  /// The number of neighbours of the SPH density estimate, the particle itself included.
  package var neighbours = 32

  /// The threads of each rank that makes fields.
  package var threadsPerRank = 1

  /// The field that sub-boxes are cut from.
  package var input = NetworkInput.Name.density

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
  /// The input of the network: the field, and the voxel size that the final density has.
  package var networkInput: NetworkInput { NetworkInput(input, finalVoxelSize: finalVoxelSize) }

  /// Whether field files must hold the potential.
  package var needPotential: Bool { potential || networkInput.fields.contains(.potential) }

  /// Whether field files must hold final particles.
  package var needFinalParticles: Bool { final || networkInput.showsFinalParticles }
}
