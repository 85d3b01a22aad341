internal import Foundation
internal import MPI

/// Who does what in a training: rank 0 coordinates, and the workers compute.
struct Roles: ~Copyable {
  /// All ranks, in a context of their own.
  let world: Communicator

  /// The workers, on a worker; rank 0 alone, where it only coordinates.
  let team: Communicator

  /// The rank of the first worker: 1 if rank 0 only coordinates, else 0.
  let firstWorker: Int

  /// Collective over `world`.
  init(_ setting: TrainingSettings.Coordinator, on world: borrowing Communicator) throws(MPIError) {
    let isDedicated =
      switch setting {
      case .auto: world.size >= 4
      case .dedicated: world.size >= 2
      case .trains: false
      }
    self.world = try world.duplicate()
    firstWorker = isDedicated ? 1 : 0
    team = try world.split(color: world.rank < (isDedicated ? 1 : 0) ? 0 : 1, key: world.rank)
  }

  var isCoordinator: Bool { world.rank == 0 }
  var isWorker: Bool { world.rank >= firstWorker }
  var isDedicated: Bool { firstWorker == 1 }
  var workerCount: Int { world.size - firstWorker }
}

/// The threads that each rank of a node may use without crowding out another's.
///
/// Collective. Ranks that may run on the same cores share them evenly; ranks that `mpirun` has bound to
/// cores of their own keep those.
func availableThreads(on ranks: borrowing Communicator) throws(MPIError) -> Int {
  let node = try ranks.splitByNode()
  var mask = cpu_set_t()
  sched_getaffinity(0, MemoryLayout<cpu_set_t>.size, &mask)
  let words = withUnsafeBytes(of: &mask) { Array($0.bindMemory(to: UInt64.self)) }
  let cores = words.reduce(0) { $0 + $1.nonzeroBitCount }
  // A number of this set of cores that other sets hardly share.
  let name = words.enumerated().reduce(UInt64(0)) { ($0 &* 31) &+ $1.element &* UInt64($1.offset + 1) }
  let sharing = try node.allGather(name).count { $0 == name }
  return max(1, cores / sharing)
}
