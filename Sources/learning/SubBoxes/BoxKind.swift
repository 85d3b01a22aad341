/// The kind of the boxes in which a network sees the field around a particle.
package enum BoxKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// The voxels as they are.
  case raw

  /// The mean of each spherical shell in the place of its voxels.
  case averaged
}
