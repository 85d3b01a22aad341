internal import Foundation
package import MPI
internal import Threads

/// The roles of ranks in a training: rank 0 coordinates, and the workers compute.
struct Roles: ~Copyable {
  /// All ranks, in a context of their own.
  let world: Communicator

  /// The workers, on a worker; rank 0 alone, where it only coordinates.
  let team: Communicator

  /// The rank of the first worker: 1 if rank 0 only coordinates, else 0.
  let firstWorker: Int

  /// Collective over `world`.
  init(_ setting: TrainingSettings.Coordinator, on world: borrowing Communicator) throws(MPIError) {
    let firstWorker = setting.isDedicated(ranks: world.size) ? 1 : 0
    let all = try world.duplicate()
    let team = try world.split(color: world.rank < firstWorker ? 0 : 1, key: world.rank)
    self.firstWorker = firstWorker
    self.world = all
    self.team = team
  }

  var isCoordinator: Bool { world.rank == 0 }
  var isWorker: Bool { world.rank >= firstWorker }
  var isDedicated: Bool { firstWorker == 1 }
  var workerCount: Int { world.size - firstWorker }
}

extension TrainingSettings.Coordinator {
  /// Whether rank 0 of a job of `ranks` only coordinates.
  func isDedicated(ranks: Int) -> Bool {
    switch self {
    case .auto: ranks >= 4
    case .dedicated: ranks >= 2
    case .trains: false
    }
  }
}

/// The threads that each rank of a node may use without crowding out another's.
///
/// Collective. Ranks that may run on the same cores share them evenly; ranks that `mpirun` has bound to
/// cores of their own keep those.
package func availableThreads(on ranks: borrowing Communicator) throws(MPIError) -> Int {
  let node = try ranks.splitByNode()
  let own = AvailableProcessors.numbers().map { Int32($0) }
  let lists = try node.allGatherVarying(own)
  var sharing = 0
  var start = 0
  for count in lists.counts {
    if lists.elements[start..<start + count] == own[...] { sharing += 1 }
    start += count
  }
  return max(1, AvailableProcessors.count() / sharing)
}
