/// How the field file of a simulation is made.
public struct FieldSettings: Codable, Hashable, Sendable {
  /// Which of a halo's particles count for its mass and carry its label.
  public enum Label: String, Codable, CaseIterable, Hashable, Sendable {
    /// All particles of the friends-of-friends group.
    case fof
    /// The particles that are bound to the group's main subhalo.
    case bound
  }

  /// The field that sub-boxes are cut from.
  public enum Input: String, Codable, CaseIterable, Hashable, Sendable {
    /// The SPH density of the initial particles, in units of the mean.
    case density
  }

  /// Which particles and mass a halo has.
  public var label = Label.fof

  /// The number of neighbours of the SPH density estimate, the particle itself included.
  public var neighbours = 32

  /// The field that sub-boxes are cut from.
  public var input = Input.density

  /// Makes the default settings.
  public init() {}
}
