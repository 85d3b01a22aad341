/// What a network sees of the field around a particle.
package enum BoxKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// The voxels as they are.
  case raw

  /// The mean of each spherical shell in the place of its voxels.
  case averaged
}
