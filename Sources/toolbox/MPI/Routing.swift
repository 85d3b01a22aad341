/// The rank that each of some elements goes to; several arrays can be sent by one routing.
///
///     let routing = Routing(owners, ranks: world.size)
///     let masses = try routing.send(masses, on: world)
///     let positions = try routing.send(positions, width: 3, on: world)
public struct Routing: Sendable {
  /// The elements' indices, those for rank 0 first, in ascending order for each rank.
  private let order: [Int]

  private let counts: [Int]

  /// The number of elements, with those that are sent nowhere.
  private let elementCount: Int

  /// Makes the routing of elements.
  ///
  /// - Parameters:
  ///   - destinations: The rank that each element goes to; below zero for those that go nowhere.
  ///   - ranks: The number of ranks.
  public init(_ destinations: [Int32], ranks: Int) {
    precondition(ranks > 0, "\(ranks) ranks")
    var counts = [Int](repeating: 0, count: ranks)
    for rank in destinations where rank >= 0 { counts[Int(rank)] += 1 }
    var next = [Int](repeating: 0, count: ranks)
    for rank in 1..<ranks { next[rank] = next[rank - 1] + counts[rank - 1] }
    var order = [Int](repeating: 0, count: counts.reduce(0, +))
    for (index, rank) in destinations.enumerated() where rank >= 0 {
      order[next[Int(rank)]] = index
      next[Int(rank)] += 1
    }
    self.order = order
    self.counts = counts
    elementCount = destinations.count
  }

  /// Sends each element's values to its rank.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - values: [element, width].
  ///   - width: The number of values of each element.
  ///   - communicator: The ranks.
  /// - Returns: The values from rank 0, then those from rank 1, and so on [element, width].
  /// - Throws: The error that MPI reported.
  public func send<Element: MPIElement>(
    _ values: [Element], width: Int = 1, on communicator: borrowing Communicator
  ) throws(MPIError) -> [Element] {
    try exchange(values, width: width, on: communicator).elements
  }

  /// Sends each element's values to its rank, and tells how many came from each.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - values: [element, width].
  ///   - width: The number of values of each element.
  ///   - communicator: The ranks.
  /// - Returns: The values from rank 0, then those from rank 1, and so on [element, width].
  /// - Throws: The error that MPI reported.
  public func exchange<Element: MPIElement>(
    _ values: [Element], width: Int = 1, on communicator: borrowing Communicator
  ) throws(MPIError) -> GatheredElements<Element> {
    precondition(values.count == elementCount * width, "each element has \(width) values")
    let sent = [Element](unsafeUninitializedCapacity: order.count * width) { buffer, count in
      for index in order {
        for value in index * width..<(index + 1) * width {
          buffer.initializeElement(at: count, to: values[value])
          count += 1
        }
      }
    }
    return try communicator.allToAllVarying(sent, counts: counts.map { $0 * width })
  }
}
