internal import CMPI

/// A message that has arrived and is not yet received.
public struct Envelope: Hashable, Sendable {
  /// The rank it comes from.
  public let source: Int

  /// The tag that the sender gave the message.
  public let tag: Int
}

extension Communicator {
  /// Sends `elements` to a rank.
  ///
  /// Messages of some kilobytes are buffered; a larger one may wait for its receiver.
  ///
  /// MPI-3.1, section 3.2.1.
  public func send<Element: MPIElement>(
    _ elements: [Element], to destination: Int, tag: Int
  ) throws(MPIError) {
    try check("MPI_Send") {
      elements.withUnsafeBufferPointer { buffer in
        MPI_Send(
          buffer.baseAddress, messageCount(buffer.count), Element.datatype, Int32(destination),
          Int32(tag), handle)
      }
    }
  }

  /// Returns what has arrived with `tag` from any rank or from `source`, without waiting.
  ///
  /// MPI-3.1, section 3.8.1.
  public func probe(from source: Int? = nil, tag: Int) throws(MPIError) -> Envelope? {
    var flag: Int32 = 0
    var status = MPI_Status()
    let source = source.map { Int32($0) } ?? MPI_ANY_SOURCE
    try check("MPI_Iprobe") { MPI_Iprobe(source, Int32(tag), handle, &flag, &status) }
    return flag == 0 ? nil : Envelope(source: Int(status.MPI_SOURCE), tag: Int(status.MPI_TAG))
  }

  /// Waits for a message of whatever length, and returns it.
  ///
  /// MPI-3.1, sections 3.2.4 and 3.8.1.
  public func receive<Element: MPIElement>(
    from source: Int, tag: Int, as type: Element.Type = Element.self
  ) throws(MPIError) -> [Element] {
    var status = MPI_Status()
    var count: Int32 = 0
    try check("MPI_Probe") { MPI_Probe(Int32(source), Int32(tag), handle, &status) }
    try check("MPI_Get_count") { MPI_Get_count(&status, Element.datatype, &count) }
    precondition(
      count != MPI_UNDEFINED, "a message of another type than \(Element.self) from rank \(source)")
    var elements: [Element] = zeros(Int(count))
    try check("MPI_Recv") {
      elements.withUnsafeMutableBufferPointer { buffer in
        MPI_Recv(
          buffer.baseAddress, count, Element.datatype, Int32(source), Int32(tag), handle,
          cmpi_status_ignore())
      }
    }
    return elements
  }
}
