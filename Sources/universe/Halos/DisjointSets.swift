/// Disjoint sets of the numbers 0..<count, each represented by its least member.
///
/// Path halving: Tarjan and van Leeuwen 1984, doi:10.1145/62.2160.
struct DisjointSets {
  private var parents: [Int32]

  /// Starts with every number in a set of its own.
  init(count: Int) {
    parents = (0..<count).map { Int32($0) }
  }

  /// Returns the least member of the set of a number.
  @inline(__always)
  mutating func representative(_ number: Int32) -> Int32 {
    parents.withUnsafeMutableBufferPointer { Self.representative(number, $0) }
  }

  /// Makes one set of the sets of two numbers.
  @inline(__always)
  mutating func unite(_ first: Int32, _ second: Int32) {
    parents.withUnsafeMutableBufferPointer { parents in
      let (a, b) = (Self.representative(first, parents), Self.representative(second, parents))
      if a < b { parents[Int(b)] = a } else { parents[Int(a)] = b }
    }
  }

  @inline(__always)
  private static func representative(
    _ number: Int32, _ parents: UnsafeMutableBufferPointer<Int32>
  ) -> Int32 {
    var current = number
    while true {
      let parent = parents[Int(current)]
      if parent == current { return current }
      let grandparent = parents[Int(parent)]
      parents[Int(current)] = grandparent
      current = grandparent
    }
  }
}
