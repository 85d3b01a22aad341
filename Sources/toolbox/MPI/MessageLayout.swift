/// Counts and displacements as the varying collectives take them.
struct MessageLayout {
  let counts: [Int32]
  let displacements: [Int32]

  /// The layout of parts that follow each other.
  init(_ counts: [Int]) {
    var end = 0
    var displacements: [Int32] = []
    for count in counts {
      displacements.append(messageCount(end))
      end += count
    }
    self.counts = counts.map(messageCount)
    self.displacements = displacements
  }

  /// The layout of parts that lie anywhere.
  init(_ parts: [Range<Int>]) {
    counts = parts.map { messageCount($0.count) }
    displacements = parts.map { messageCount($0.lowerBound) }
  }
}

extension MessageLayout {
  /// A layout at an address where it stays, for calls that MPI goes on reading after they return.
  final class Kept {
    let counts: UnsafeMutablePointer<Int32>
    let displacements: UnsafeMutablePointer<Int32>

    init(_ layout: MessageLayout) {
      counts = Self.copy(layout.counts)
      displacements = Self.copy(layout.displacements)
    }

    deinit {
      counts.deallocate()
      displacements.deallocate()
    }

    private static func copy(_ numbers: [Int32]) -> UnsafeMutablePointer<Int32> {
      let memory = UnsafeMutablePointer<Int32>.allocate(capacity: numbers.count)
      memory.initialize(from: numbers, count: numbers.count)
      return memory
    }
  }
}
