internal import Foundation
internal import MPI

/// Makes independent estimates on all ranks, each on one of them.
///
/// Each estimate is a pure function, so the results do not depend on who makes it. The largest remaining
/// one goes to the rank with the least to do: Graham 1969, doi:10.1137/0117039.
struct EstimateDivision {
  /// The rank of each estimate.
  let owners: [Int]

  /// Deals estimates with the given costs, in descending order, to ranks.
  init(costs: [Int], ranks: Int) {
    var loads = [Int](repeating: 0, count: ranks)
    owners = costs.map { cost in
      let rank = loads.indices.min { loads[$0] < loads[$1] } ?? 0
      loads[rank] += cost
      return rank
    }
  }

  /// Makes this rank's estimates, and gathers all of them in their order.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - communicator: The ranks.
  ///   - tell: Is told how many of this rank's estimates are done, from 0 on.
  ///   - body: Makes an estimate by its number.
  /// - Returns: All of them on rank 0, and `nil` on the others.
  /// - Throws: The error that MPI reported; an encoding that failed, in an `AgreedFailure`.
  func run<Estimate: Codable>(
    on communicator: borrowing Communicator, tell: (_ done: Int, _ of: Int) -> Void,
    _ body: (Int) -> Estimate
  ) throws -> [Estimate]? {
    let mine = owners.indices.filter { owners[$0] == communicator.rank }
    var made: [Numbered<Estimate>] = []
    tell(0, mine.count)
    for number in mine {
      made.append(Numbered(number: number, estimate: body(number)))
      tell(made.count, mine.count)
    }
    let text = try communicator.agree { Array(try JSONEncoder().encode(made)) }
    let gathered = try communicator.gatherVarying(text)
    return try communicator.agree {
      guard let gathered else { return nil }
      var all: [Numbered<Estimate>] = []
      var offset = 0
      for count in gathered.counts {
        let part = Data(gathered.elements[offset..<offset + count])
        all += try JSONDecoder().decode([Numbered<Estimate>].self, from: part)
        offset += count
      }
      return all.sorted { $0.number < $1.number }.map(\.estimate)
    }
  }

  private struct Numbered<Estimate: Codable>: Codable {
    var number: Int
    var estimate: Estimate
  }
}
