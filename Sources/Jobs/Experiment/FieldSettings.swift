public import Fields
public import HDF5

/// How the field file of a simulation is made.
public struct FieldSettings: Codable, Hashable, Sendable {
  /// The field that sub-boxes are cut from.
  public enum Input: String, Codable, CaseIterable, Hashable, Sendable {
    /// The SPH density of the initial particles, in units of the mean.
    case density

    /// The potential of the density contrast, for which the field files must hold it.
    case potential

    /// The field in a field file.
    public var field: GridField<Float> {
      switch self {
      case .density: .density
      case .potential: .potential
      }
    }
  }

  /// Which particles and mass a halo has.
  public var label = HaloLabel.fof

  /// The number of neighbours of the SPH density estimate, the particle itself included.
  public var neighbours = 32

  /// The threads of each rank that makes fields.
  public var threadsPerRank = 1

  /// The field that sub-boxes are cut from.
  public var input = Input.density

  /// Whether field files hold the potential too; they do if it is the input.
  public var potential = false

  /// Makes the default settings.
  public init() {}
}
