internal import Synchronization

/// The signs that this process goes on with its work, and what that work is.
///
/// They come from the places through which all work goes: calls of MPI and HDF5, reads and writes of files, the
/// numbers of parallel loops, the boxes of networks, and the phases that progress names. So a long phase that makes
/// progress gives signs without being asked to. Giving one takes some nanoseconds; reading them is left to a thread
/// that watches.
package enum Heartbeat {
  /// An activity of the main thread, as far as it tells who keeps whom waiting.
  package enum Activity: Int, Codable, Sendable {
    /// It computes, reads or writes, and waits for no other rank.
    case working
    /// It looks now and then whether another rank has done its part.
    case polling
    /// It is in a call that returns only when other ranks have done their part.
    case waiting
    /// It is in a part of the work that has a watchdog of its own.
    case guarded
  }

  private static let beats = Atomic<Int>(0)
  private static let current = Atomic<Int>(Activity.working.rawValue)
  private static let isGuarded = Atomic<Bool>(false)
  private static let words = Mutex("starting")

  /// Gives a sign that work goes on; any thread may.
  package static func beat() {
    beats.wrappingAdd(1, ordering: .relaxed)
    if current.load(ordering: .relaxed) == Activity.polling.rawValue {
      current.store(Activity.working.rawValue, ordering: .relaxed)
    }
  }

  /// Does work that other ranks may keep waiting; the main thread alone may.
  package static func whileWaiting<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    beats.wrappingAdd(1, ordering: .relaxed)
    current.store(Activity.waiting.rawValue, ordering: .relaxed)
    defer {
      current.store(Activity.working.rawValue, ordering: .relaxed)
      beats.wrappingAdd(1, ordering: .relaxed)
    }
    return try work()
  }

  /// Says that the main thread looks whether another rank has done its part, which is no sign of work.
  package static func poll() {
    current.store(Activity.polling.rawValue, ordering: .relaxed)
  }

  /// Does work that has a watchdog of its own.
  package static func whileGuarded<Result, Failure: Error>(
    _ work: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    isGuarded.store(true, ordering: .relaxed)
    defer {
      isGuarded.store(false, ordering: .relaxed)
      beat()
    }
    return try work()
  }

  /// Says what is done from now on, such as "predicting raw-seed1, 640 of 1000 particles"; a sign too.
  package static func begin(_ phase: String) {
    words.withLock { $0 = phase }
    beat()
  }

  /// The number of signs so far.
  package static var count: Int { beats.load(ordering: .relaxed) }

  /// The activity of the main thread.
  package static var activity: Activity {
    if isGuarded.load(ordering: .relaxed) { return .guarded }
    return Activity(rawValue: current.load(ordering: .relaxed)) ?? .working
  }

  /// The work as it was named last.
  package static var phase: String { words.withLock { $0 } }
}
