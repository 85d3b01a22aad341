package import ParticleMesh
internal import Snapshots

/// The origin of the phases of a realization.
package enum InitialPhases {
  /// The random numbers of a seed, perhaps with the opposite sign, and perhaps with others above a wavenumber.
  case seed(UInt64, areInverted: Bool, reseeding: Reseeding? = nil)

  /// The initial particles of another code.
  case snapshot(InitialSnapshot)
}

extension InitialPhases: CustomStringConvertible {
  /// The phases in words, as far as a simulation's files depend on them.
  package var description: String {
    switch self {
    case .seed(let seed, let areInverted, let reseeding):
      "seed \(seed) inverted \(areInverted)"
        + (reseeding.map { " reseeded \($0.seed) above \($0.above)" } ?? "")
    case .snapshot(let initial):
      "snapshot of \(initial.source.byteCount) bytes with checksum \(initial.source.checksum)"
    }
  }
}
