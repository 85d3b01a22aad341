/// The workers that the others waited for in the steps of an epoch.
///
/// It counts the steps that this job has done; a job that resumes in the middle of an epoch counts
/// from there.
struct Stragglers {
  /// A worker, and what it cost.
  struct Worker: Hashable {
    /// Its number among the ranks that compute.
    let number: Int

    /// The steps in which it was the slowest.
    let steps: Int

    /// The sum over those steps of its time beyond the mean of all workers [seconds].
    let excess: Double
  }

  private var epoch: Int?
  private var steps: [Int] = []
  private var excesses: [Double] = []

  /// Takes the times that the workers computed for a step [seconds], and returns the slowest of them.
  mutating func add(_ times: [Double], epoch: Int) -> Int {
    if self.epoch != epoch {
      self.epoch = epoch
      steps = times.map { _ in 0 }
      excesses = times.map { _ in 0 }
    }
    guard let slowest = times.indices.max(by: { times[$0] < times[$1] }) else { return 0 }
    steps[slowest] += 1
    excesses[slowest] += times[slowest] - times.reduce(0, +) / Double(times.count)
    return slowest
  }

  /// The worker that was the slowest most often in this epoch; of several, that with the largest excess.
  var worst: Worker? {
    steps.indices.max { (steps[$0], excesses[$0]) < (steps[$1], excesses[$1]) }
      .map { Worker(number: $0, steps: steps[$0], excess: excesses[$0]) }
  }
}
