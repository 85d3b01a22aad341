/// Memory of a fixed size on a 64-byte boundary, zero at first, freed with its last reference.
final class AlignedBuffer<Element: BitwiseCopyable & ExpressibleByIntegerLiteral> {
  /// The first element.
  let pointer: UnsafeMutablePointer<Element>

  /// The number of elements.
  let count: Int

  /// Allocates memory for `count` elements.
  init(count: Int) {
    precondition(count >= 0, "a buffer has no negative count")
    self.count = count
    pointer = UnsafeMutableRawPointer.allocate(
      byteCount: max(1, count) * MemoryLayout<Element>.stride, alignment: 64
    ).bindMemory(to: Element.self, capacity: count)
    pointer.initialize(repeating: 0, count: count)
  }

  deinit { UnsafeMutableRawPointer(pointer).deallocate() }

  /// The size of the memory [bytes].
  var byteCount: Int { count * MemoryLayout<Element>.stride }
}
