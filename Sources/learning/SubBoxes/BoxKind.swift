/// The kind of the boxes in which a network sees the field around a particle.
package enum BoxKind: String, Codable, Hashable, Sendable, CaseIterable {
  /// The voxels as they are.
  case raw

  /// The mean of each spherical shell in the place of its voxels.
  case averaged

  /// The voxels of each spherical shell in a random order: what a shell holds, but not where.
  case shuffled

  /// The mean of each ellipsoidal shell in the place of its voxels, with the axes of the density around the particle.
  case ellipsoidal

  /// Whether a shell has one value, for which the epochs and the priors of the averaged boxes are taken.
  package var isAveraged: Bool { self == .averaged || self == .ellipsoidal }
}
