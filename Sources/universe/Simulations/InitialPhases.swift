internal import Snapshots

/// Where the phases of a realisation come from.
package enum InitialPhases {
  /// The random numbers of a seed, perhaps with the opposite sign.
  case seed(UInt64, areInverted: Bool)

  /// The initial particles of another code.
  case snapshot(InitialSnapshot)
}

extension InitialPhases: CustomStringConvertible {
  /// What a simulation's files depend on.
  package var description: String {
    switch self {
    case .seed(let seed, let areInverted): "seed \(seed) inverted \(areInverted)"
    case .snapshot(let initial):
      "snapshot of \(initial.source.byteCount) bytes with checksum \(initial.source.checksum)"
    }
  }
}
