internal import CMPI

extension Communicator {
  /// Starts a reduction that other work may overlap.
  ///
  /// `elements` stays borrowed as long as the returned value lives. MPI makes progress only
  /// inside of its calls: call ``PendingReduction/test()`` between pieces of other work.
  ///
  /// - Parameters:
  ///   - elements: As many on every rank, fewer than 2^31.
  ///   - operation: The same on every rank.
  /// - Returns: The reduction, to be waited for.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, section 5.12.8.
  @_lifetime(copy elements)
  public func startAllReduce<Element: MPIElement>(
    _ elements: consuming MutableSpan<Element>, _ operation: ReduceOperation
  ) throws(MPIError) -> PendingReduction<Element> {
    let count = messageCount(elements.count)
    var request = cmpi_request_null()
    let code = elements.withUnsafeMutableBufferPointer { buffer in
      MPI_Iallreduce(
        cmpi_in_place(), buffer.baseAddress, count, Element.datatype, operation.handle,
        handle,
        &request.value)
    }
    try check("MPI_Iallreduce") { code }
    return PendingReduction(elements, request: request)
  }
}

/// A reduction in flight (`MPI_Request`), which must be waited for.
///
/// Dropping it instead, as an error between start and wait does, leaves it in flight: the memory
/// must then not be used again, and the job is expected to end.
public struct PendingReduction<Element: MPIElement>: ~Copyable, ~Escapable {
  private let elements: MutableSpan<Element>
  private var request: cmpi_request

  @_lifetime(copy elements)
  init(_ elements: consuming MutableSpan<Element>, request: cmpi_request) {
    self.elements = elements
    self.request = request
  }

  /// Makes progress, and returns whether the reduction is complete.
  ///
  /// MPI-3.1, section 3.7.3.
  @_lifetime(self: copy self)
  public mutating func test() throws(MPIError) -> Bool {
    var request = self.request
    let isComplete = try checkFlag("MPI_Test") {
      MPI_Test(&request.value, &$0, cmpi_status_ignore())
    }
    self.request = request
    return isComplete
  }

  /// Waits until every rank has contributed.
  ///
  /// MPI-3.1, section 3.7.3.
  public consuming func wait() throws(MPIError) {
    var request = self.request
    try check("MPI_Wait") { MPI_Wait(&request.value, cmpi_status_ignore()) }
  }
}
