/// A box of a dataset: where it begins and how far it reaches along each axis, slowest first.
public struct Hyperslab: Hashable, Sendable {
  /// The first index along each axis.
  public var offset: [Int]

  /// The number of elements along each axis; zero along any makes the box empty.
  public var count: [Int]

  /// Makes a box.
  ///
  /// Whether it lies within a dataset is checked when it is used.
  /// - Parameters:
  ///   - offset: The first index along each axis.
  ///   - count: The number of elements along each axis, as many numbers as `offset`.
  public init(offset: [Int], count: [Int]) {
    self.offset = offset
    self.count = count
  }

  /// The box of a whole dataset.
  public init(whole extents: [Int]) {
    self.init(offset: extents.map { _ in 0 }, count: extents)
  }

  /// The number of elements in the box.
  public var elementCount: Int { count.reduce(1, *) }

  /// Whether there is nothing in the box.
  public var isEmpty: Bool { count.contains(0) }
}

extension Hyperslab: CustomStringConvertible {
  /// The ranges along the axes, such as `[0..<4, 8..<16]`.
  public var description: String {
    guard offset.count == count.count else { return "offset \(offset), count \(count)" }
    let ranges = zip(offset, count).map { "\($0)..<\($0 &+ $1)" }
    return "[\(ranges.joined(separator: ", "))]"
  }
}

extension Hyperslab {
  /// Whether the box lies within a dataset of these extents.
  func fits(_ extents: [Int]) -> Bool {
    guard offset.count == extents.count, count.count == extents.count else { return false }
    return extents.indices.allSatisfy { axis in
      offset[axis] >= 0 && count[axis] >= 0 && offset[axis] <= extents[axis]
        && count[axis] <= extents[axis] - offset[axis]
    }
  }

  /// Cuts the box into boxes of at most `limit` elements, in the order of memory.
  ///
  /// A piece is whole along the fast axes, a range of one axis, and one index of the slow axes,
  /// so what it shares with any other box is contiguous in that box's memory too.
  package func pieces(ofAtMost limit: Int) -> [Hyperslab] {
    guard !isEmpty else { return [] }
    guard let axis = count.indices.first(where: { count[($0 + 1)...].reduce(1, *) <= limit }) else {
      return [self]
    }
    let step = limit / count[(axis + 1)...].reduce(1, *)
    var pieces: [Hyperslab] = []
    for outer in 0..<count[..<axis].reduce(1, *) {
      var piece = self
      var remainder = outer
      for slow in (0..<axis).reversed() {
        piece.offset[slow] += remainder % count[slow]
        piece.count[slow] = 1
        remainder /= count[slow]
      }
      for start in stride(from: 0, to: count[axis], by: step) {
        piece.offset[axis] = offset[axis] + start
        piece.count[axis] = min(step, count[axis] - start)
        pieces.append(piece)
      }
    }
    return pieces
  }

  /// Returns what two boxes of as many axes share, or nothing if that is empty.
  func intersection(_ other: Hyperslab) -> Hyperslab? {
    var shared = self
    for axis in offset.indices {
      let start = max(offset[axis], other.offset[axis])
      let end = min(offset[axis] + count[axis], other.offset[axis] + other.count[axis])
      guard start < end else { return nil }
      shared.offset[axis] = start
      shared.count[axis] = end - start
    }
    return shared
  }

  /// The position of an index of the dataset among the elements of this box, in memory order.
  func position(of index: [Int]) -> Int {
    offset.indices.reduce(0) { $0 * count[$1] + index[$1] - offset[$1] }
  }
}
