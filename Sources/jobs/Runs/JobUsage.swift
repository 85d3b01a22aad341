internal import Foundation
internal import Hardware
package import MPI
internal import Threads

/// The time, processors and memory that a start of a stage took of the machines that it ran on.
package struct JobUsage: Codable, Hashable, Sendable {
  /// The share of one host.
  package struct Host: Codable, Hashable, Sendable {
    /// The name of the host, as MPI knows it.
    package var name: String

    /// The ranks that ran there.
    package var ranks: Int

    /// The processors that these could use together.
    package var processors: Int

    /// The processor time of their threads during the stage [s].
    package var processorSeconds: Double

    /// The sum of their largest memories since they began, memory that they share counted for each [bytes].
    package var peakMemory: Int
  }

  /// The time from the lock to the end [s].
  package var seconds: Double

  /// Whether the stage ended by an error.
  package var hasFailed: Bool

  /// The hosts, in the order of the first rank on each; none if the stage failed, as the ranks are not asked then.
  package var hosts: [Host]

  /// Makes a record of its parts.
  package init(seconds: Double, hasFailed: Bool, hosts: [Host]) {
    self.seconds = seconds
    self.hasFailed = hasFailed
    self.hosts = hosts
  }
}

/// A measurement of what a stage takes, which begins when it is made.
package struct JobMeter: Sendable {
  /// The share of one rank.
  private struct Share: Codable {
    var host: String
    var processors: [Int]
    var quota: Double?
    var processorSeconds: Double
    var peakMemory: Int
  }

  let start = ContinuousClock.now
  private let processorTime = Machine.processorTime

  /// Begins.
  package init() {}

  /// The record of a stage that failed, which no other rank is asked for.
  package var failure: JobUsage {
    JobUsage(seconds: seconds, hasFailed: true, hosts: [])
  }

  /// Ends, and collects what all ranks took.
  ///
  /// Collective.
  ///
  /// - Parameter world: The ranks of the stage.
  /// - Returns: The record on the first rank, and `nil` on the others.
  /// - Throws: The error that MPI reported.
  package func end(on world: borrowing Communicator) throws(MPIError) -> JobUsage? {
    let share = Share(
      host: world.place().host, processors: AvailableProcessors.numbers(),
      quota: AvailableProcessors.quota(), processorSeconds: Machine.processorTime - processorTime,
      peakMemory: Machine.peakMemory)
    // Numbers and names without any that JSON cannot say.
    let text = (try? JSONEncoder().encode(share)) ?? Data()
    guard let shares = try world.gatherVarying(Array(text)) else { return nil }
    let decoder = JSONDecoder()
    return JobUsage(
      seconds: seconds, hasFailed: false,
      hosts: Self.hosts(
        shares.texts.compactMap { try? decoder.decode(Share.self, from: Data($0.utf8)) }))
  }

  private var seconds: Double { start.duration(to: .now) / .seconds(1) }

  private static func hosts(_ shares: [Share]) -> [JobUsage.Host] {
    var hosts: [JobUsage.Host] = []
    var processors: [Set<Int>] = []
    for share in shares {
      let index = hosts.firstIndex { $0.name == share.host } ?? hosts.count
      if index == hosts.count {
        hosts.append(
          JobUsage.Host(
            name: share.host, ranks: 0, processors: 0, processorSeconds: 0, peakMemory: 0))
        processors.append([])
      }
      hosts[index].ranks += 1
      hosts[index].processorSeconds += share.processorSeconds
      hosts[index].peakMemory += share.peakMemory
      processors[index].formUnion(share.processors)
      let quota = share.quota.map { Int($0.rounded(.up)) } ?? .max
      hosts[index].processors = max(1, min(processors[index].count, quota))
    }
    return hosts
  }
}
