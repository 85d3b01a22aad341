internal import CMPI

extension Communicator {
  /// Starts to send `elements` to a rank, and leaves the caller free while a long message waits for it.
  ///
  /// - Parameters:
  ///   - elements: The message; a copy is kept until it is sent.
  ///   - destination: The rank that receives it.
  ///   - tag: The tag of the message.
  /// - Returns: The message, to be tested until it is complete.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, section 3.7.2.
  public func startSend<Element: MPIElement>(
    _ elements: [Element], to destination: Int, tag: Int
  ) throws(MPIError) -> PendingMessage<Element> {
    var message = PendingMessage(elements)
    try message.start("MPI_Isend") { buffer, request in
      MPI_Isend(
        buffer.baseAddress, messageCount(buffer.count), Element.datatype, Int32(destination),
        Int32(tag), handle, &request.value)
    }
    return message
  }

  /// Starts to receive a message that has been announced, and leaves the caller free while it arrives.
  ///
  /// The envelope of a long message arrives before the message itself.
  ///
  /// - Parameters:
  ///   - envelope: The envelope that ``probe(from:tag:)`` returned last for its source and tag.
  ///   - type: The type of its elements.
  /// - Returns: The message, to be tested until it is complete.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, sections 3.7.2 and 3.8.1.
  public func startReceive<Element: MPIElement>(
    _ envelope: Envelope, as type: Element.Type = Element.self
  ) throws(MPIError) -> PendingMessage<Element> {
    let (source, tag) = (Int32(envelope.source), Int32(envelope.tag))
    var status = MPI_Status()
    var count: Int32 = 0
    try check("MPI_Probe") { MPI_Probe(source, tag, handle, &status) }
    try check("MPI_Get_count") { MPI_Get_count(&status, Element.datatype, &count) }
    precondition(
      count != MPI_UNDEFINED,
      "a message of another type than \(Element.self) from rank \(envelope.source)")
    var message = PendingMessage<Element>(zeros(Int(count)))
    try message.start("MPI_Irecv") { buffer, request in
      MPI_Irecv(
        buffer.baseAddress, count, Element.datatype, source, tag, handle, &request.value)
    }
    return message
  }
}

/// A message to or from a rank that is under way (`MPI_Request`).
///
/// Dropping it before it is complete leaves it under way, and its memory to MPI for good.
public struct PendingMessage<Element: MPIElement>: ~Copyable {
  private let elements: UnsafeMutableBufferPointer<Element>
  private var request = cmpi_request_null()
  private var isComplete = false

  init(_ elements: [Element]) {
    self.elements = .allocate(capacity: elements.count)
    _ = self.elements.initialize(fromContentsOf: elements)
  }

  deinit { if isComplete { elements.deallocate() } }

  mutating func start(
    _ routine: StaticString,
    _ call: (UnsafeMutableBufferPointer<Element>, inout cmpi_request) -> Int32
  ) throws(MPIError) {
    var request = cmpi_request_null()
    try check(routine) { call(elements, &request) }
    self.request = request
  }

  /// Makes progress, and returns whether the message has left or arrived.
  ///
  /// MPI-3.1, section 3.7.3.
  public mutating func test() throws(MPIError) -> Bool {
    isComplete = try request.test()
    return isComplete
  }

  /// The elements of a message that is complete.
  public consuming func take() -> [Element] {
    precondition(isComplete, "a message was taken before it had arrived")
    return Array(elements)
  }
}
