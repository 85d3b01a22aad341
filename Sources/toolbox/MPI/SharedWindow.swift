internal import CMPI

/// Memory that all ranks of a node read and write as their own (`MPI_Win_allocate_shared`).
///
/// The first rank of the communicator owns the memory. Between one rank's write and another's
/// read, every rank calls ``synchronize(on:)``; in the end, every rank calls ``free()``.
///
/// MPI-3.1, section 11.2.3.
public struct SharedWindow<Element: MPIElement>: ~Copyable {
  private let window: cmpi_window

  /// The elements, the same on all ranks, at an address of this rank's own.
  public let elements: UnsafeMutableBufferPointer<Element>

  /// Allocates memory for `count` elements, all bits zero.
  ///
  /// Collective; `count` is the same on all ranks.
  ///
  /// - Parameters:
  ///   - count: The number of elements.
  ///   - node: Ranks of one node, as ``Communicator/splitByNode()`` makes it.
  /// - Throws: The error that MPI reported, such as a lack of shared memory.
  public init(count: Int, on node: borrowing Communicator) throws(MPIError) {
    let stride = MemoryLayout<Element>.stride
    let bytes = node.isRoot ? max(count, 1) * stride : 0
    var base: UnsafeMutableRawPointer?
    var window = cmpi_window()
    try check("MPI_Win_allocate_shared") {
      MPI_Win_allocate_shared(
        bytes, Int32(stride), cmpi_info_null(), node.handle, &base, &window.value)
    }
    var size = 0
    var unit: Int32 = 0
    try check("MPI_Win_shared_query") {
      MPI_Win_shared_query(window.value, 0, &size, &unit, &base)
    }
    guard let base else { preconditionFailure("MPI made a window without memory") }
    try check("MPI_Win_lock_all") { MPI_Win_lock_all(Int32(MPI_MODE_NOCHECK), window.value) }
    if node.isRoot {
      base.initializeMemory(as: UInt8.self, repeating: 0, count: count * stride)
    }
    try Self.synchronize(window, on: node)
    self.window = window
    elements = UnsafeMutableBufferPointer(
      start: base.bindMemory(to: Element.self, capacity: count), count: count)
  }

  /// Makes what every rank has written readable for all.
  ///
  /// Collective. MPI-3.1, section 11.5.4.
  public func synchronize(on node: borrowing Communicator) throws(MPIError) {
    try Self.synchronize(window, on: node)
  }

  private static func synchronize(
    _ window: cmpi_window, on node: borrowing Communicator
  ) throws(MPIError) {
    try check("MPI_Win_sync") { MPI_Win_sync(window.value) }
    try node.barrier()
    try check("MPI_Win_sync") { MPI_Win_sync(window.value) }
  }

  /// Frees the memory.
  ///
  /// Collective, so it is not left to the end of a life, which the ranks may reach at different
  /// times and on any thread: a window that is dropped keeps its memory until the process ends.
  ///
  /// MPI-3.1, section 11.2.5.
  public consuming func free() throws(MPIError) {
    var window = window
    try check("MPI_Win_unlock_all") { MPI_Win_unlock_all(window.value) }
    try check("MPI_Win_free") { MPI_Win_free(&window.value) }
  }
}
