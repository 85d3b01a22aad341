internal import Failures
internal import Foundation

/// The buffers of a stream of sub-boxes, and who has which.
///
/// Threads that prepare boxes take a place in the order with a free buffer and deliver it filled;
/// threads that consume boxes take them in the order, and give the buffers back. Both sleep while
/// there is nothing for them to take. Buffers are given out in the order, so the next box to be
/// consumed always has one.
///
/// All state is guarded by `condition`, which makes the class safe to share.
final class PreparationQueue: @unchecked Sendable {
  typealias Buffer = UnsafeMutablePointer<Float>

  /// A box that a thread has undertaken to prepare.
  struct Place {
    let position: Int
    let sample: OrientedSample
    let buffer: Buffer
    fileprivate let round: Int
  }

  private let condition = NSCondition()
  private let buffers: [Buffer]
  private var free: [Buffer]

  /// The samples from `firstPosition` on; those before have been handed out.
  private var samples: ArraySlice<OrientedSample> = []
  private var firstPosition = 0
  private var nextToPrepare = 0

  private var ready: [Int: Buffer] = [:]
  private var failures: [Int: Failure] = [:]

  /// Counts the orders that were started, so that boxes of an earlier one are recognized.
  private var round = 0
  private var isCancelled = false
  private var workers = 0
  private var waited = Duration.zero

  /// Allocates `count` buffers of `voxelCount` voxels.
  init(count: Int, voxelCount: Int) {
    buffers = (0..<count).map { _ in
      UnsafeMutableRawPointer
        .allocate(byteCount: voxelCount * MemoryLayout<Float>.stride, alignment: 64)
        .bindMemory(to: Float.self, capacity: voxelCount)
    }
    free = buffers
  }

  deinit {
    for buffer in buffers { UnsafeMutableRawPointer(buffer).deallocate() }
  }

  /// Runs `body` alone; threads that sleep look again afterwards.
  private func changing<Result>(_ body: () -> Result) -> Result {
    condition.lock()
    defer {
      condition.broadcast()
      condition.unlock()
    }
    return body()
  }

  private var endPosition: Int { firstPosition + samples.count }
}

// What the owner of the stream does.
extension PreparationQueue {
  /// The time consumers have waited for boxes, summed over consumers.
  var waitingTime: Duration {
    condition.lock()
    defer { condition.unlock() }
    return waited
  }

  /// Forgets everything, and begins an order at a position.
  func start(_ newSamples: [OrientedSample], at position: Int) {
    changing {
      round += 1
      free += ready.values
      ready = [:]
      failures = [:]
      samples = newSamples[...]
      firstPosition = position
      nextToPrepare = position
    }
  }

  /// Continues the order.
  func enqueue(_ newSamples: [OrientedSample]) {
    changing { samples += newSamples }
  }

  /// Starts a thread that prepares boxes.
  func addWorker(_ work: @escaping @Sendable (borrowing Place) throws(Failure) -> Void) {
    changing { workers += 1 }
    let thread = Thread { [self] in
      while let place = takePlace() {
        do throws(Failure) {
          try work(place)
          deliver(place, error: nil)
        } catch {
          deliver(place, error: error)
        }
      }
      changing { workers -= 1 }
    }
    thread.name = "sub-boxes"
    thread.start()
  }

  /// Stops the threads that prepare boxes, and waits until they have ended.
  func cancel() {
    condition.lock()
    defer { condition.unlock() }
    isCancelled = true
    condition.broadcast()
    while workers > 0 { condition.wait() }
  }
}

// What the threads that prepare boxes do.
extension PreparationQueue {
  /// Waits for a box to prepare; `nil` once the queue is cancelled.
  private func takePlace() -> Place? {
    condition.lock()
    defer { condition.unlock() }
    while true {
      if isCancelled { return nil }
      if nextToPrepare < endPosition, failures.isEmpty, let buffer = free.popLast() {
        let sample = samples[samples.startIndex + nextToPrepare - firstPosition]
        defer { nextToPrepare += 1 }
        return Place(position: nextToPrepare, sample: sample, buffer: buffer, round: round)
      }
      condition.wait()
    }
  }

  private func deliver(_ place: Place, error: Failure?) {
    changing {
      if place.round != round {
        free.append(place.buffer)
      } else if let error {
        free.append(place.buffer)
        failures[place.position] = error
      } else {
        ready[place.position] = place.buffer
      }
    }
  }
}

// What consumers do.
extension PreparationQueue {
  /// Waits for the next box of the order; `nil` if it is at or behind `end` or the end.
  func next(before end: Int) throws(Failure) -> PreparedBox? {
    condition.lock()
    defer { condition.unlock() }
    var asleepSince: ContinuousClock.Instant?
    defer { if let asleepSince { waited += .now - asleepSince } }
    while firstPosition < min(end, endPosition) {
      if let error = failures[firstPosition] { throw error }
      if let buffer = ready.removeValue(forKey: firstPosition) {
        defer {
          firstPosition += 1
          condition.broadcast()
        }
        return PreparedBox(
          position: firstPosition, sample: samples.removeFirst().sample, buffer: buffer, queue: self
        )
      }
      if asleepSince == nil { asleepSince = .now }
      condition.wait()
    }
    return nil
  }

  /// Takes the buffer of a box that is no longer used.
  func giveBack(_ buffer: Buffer) {
    changing { free.append(buffer) }
  }
}
