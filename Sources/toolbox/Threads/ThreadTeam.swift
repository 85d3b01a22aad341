internal import Foundation

/// Threads that do parts of the same work at the same time; the thread that asks for the work is one of them.
///
/// They stay between works, and all parts run at once: for many short works of one owner, and for parts that must
/// not wait for each other. Other loops are those of ``WorkerThreads``.
package final class ThreadTeam {
  /// The number of threads, the asking one included.
  package let size: Int

  private let board = Board()

  /// Starts all threads but the one that will ask.
  package init(size: Int) {
    precondition(size > 0, "a team without a thread")
    self.size = size
    for part in 1..<size {
      let board = board
      let thread = Thread {
        var round = 0
        while let next = board.awaitWork(after: round) {
          round = next
          board.perform(part)
          board.finish()
        }
      }
      thread.name = "part \(part)"
      thread.start()
    }
  }

  deinit { board.end() }

  /// Calls `work` with each part 0..<size, all at the same time, and returns when all are done.
  package func perform(_ work: (_ part: Int) -> Void) {
    guard size > 1 else { return work(0) }
    withoutActuallyEscaping(work) { work in
      board.post(work, to: size - 1)
      work(0)
      board.awaitFinish()
    }
  }

  /// The state of the work, shared by asker and helpers; all of it is guarded by `condition`.
  private final class Board: @unchecked Sendable {
    private let condition = NSCondition()
    private var work: ((Int) -> Void)?
    private var round = 0
    private var busy = 0
    private var isEnded = false

    func post(_ work: @escaping (Int) -> Void, to helpers: Int) {
      condition.withLock {
        self.work = work
        round += 1
        busy = helpers
        condition.broadcast()
      }
    }

    func awaitFinish() {
      condition.withLock {
        while busy > 0 { condition.wait() }
        work = nil
      }
    }

    /// The number of the next work, or `nil` at the end.
    func awaitWork(after round: Int) -> Int? {
      condition.withLock {
        while !isEnded && (work == nil || self.round == round) { condition.wait() }
        return isEnded ? nil : self.round
      }
    }

    /// Does a part of the work, to which nothing refers on return: it must not outlive its asker.
    @inline(never) func perform(_ part: Int) {
      let work = condition.withLock { self.work }
      work?(part)
    }

    func finish() {
      condition.withLock {
        busy -= 1
        if busy == 0 { condition.broadcast() }
      }
    }

    func end() {
      condition.withLock {
        isEnded = true
        condition.broadcast()
      }
    }
  }
}
