internal import Dispatch
internal import Foundation
internal import Synchronization

/// Returns `transform` of each number in `0..<count`, computed on several threads.
///
/// Each result stands at the place of its number, so that the order of computation does not matter.
func concurrentMap<Result: Sendable>(
  _ count: Int, threads: Int, _ transform: @Sendable (Int) -> Result
) -> [Result] {
  guard count > 1, threads > 1 else { return (0..<count).map(transform) }
  return [Result](unsafeUninitializedCapacity: count) { buffer, initialized in
    // Threads write to different places.
    nonisolated(unsafe) let places = buffer
    let next = Atomic<Int>(0)
    DispatchQueue.concurrentPerform(iterations: min(threads, count)) { _ in
      while true {
        let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard index < count else { return }
        places.initializeElement(at: index, to: transform(index))
      }
    }
    initialized = count
  }
}
