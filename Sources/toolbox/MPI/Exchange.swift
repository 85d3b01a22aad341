internal import CMPI
internal import Foundation

/// Memory that MPI works on while the program does something else.
///
/// A message that is under way keeps it. Until then, what it receives is not to be read, and what it sends or receives
/// is not to be written.
public final class MessageMemory<Element: MPIElement> {
  /// The elements.
  public let elements: UnsafeMutableBufferPointer<Element>

  /// Makes memory of `count` elements, all bits zero; what is never written to takes none of the machine's.
  public init(count: Int) {
    guard let memory = calloc(max(1, count), MemoryLayout<Element>.stride) else {
      preconditionFailure("no memory for \(count) elements")
    }
    elements = .init(start: memory.bindMemory(to: Element.self, capacity: count), count: count)
  }

  deinit { free(elements.baseAddress) }
}

extension Communicator {
  /// Starts to wait until every rank has come here.
  ///
  /// - Returns: The exchange, complete when all have.
  /// - Throws: The error that MPI reported.
  ///
  /// Collective. MPI-3.1, section 5.12.1.
  public func startBarrier() throws(MPIError) -> PendingExchange {
    try PendingExchange("MPI_Ibarrier", keeping: []) { MPI_Ibarrier(handle, &$0.value) }
  }

  /// Starts to send a part of `sent` to each rank, and to receive a part of `received` from each.
  ///
  /// - Parameters:
  ///   - sent: What is sent.
  ///   - sending: The part for each rank.
  ///   - received: Takes what arrives; other memory than `sent`.
  ///   - receiving: The part from each rank, as long as that rank sends it.
  /// - Returns: The exchange, to be tested until it is complete.
  /// - Throws: The error that MPI reported.
  ///
  /// Collective. MPI-3.1, section 5.12.6.
  public func startAllToAll<Element: MPIElement>(
    _ sent: MessageMemory<Element>, _ sending: [Range<Int>],
    to received: MessageMemory<Element>, _ receiving: [Range<Int>]
  ) throws(MPIError) -> PendingExchange {
    precondition(sending.count == size && receiving.count == size, "a part for each rank")
    precondition(sent !== received, "MPI writes where it does not read")
    let layouts = [MessageLayout(sending), MessageLayout(receiving)].map(MessageLayout.Kept.init)
    return try PendingExchange("MPI_Ialltoallv", keeping: [sent, received] + layouts) { request in
      MPI_Ialltoallv(
        sent.elements.baseAddress, layouts[0].counts, layouts[0].displacements, Element.datatype,
        received.elements.baseAddress, layouts[1].counts, layouts[1].displacements,
        Element.datatype, handle, &request.value)
    }
  }

  /// Starts to give every rank the part that each has of `elements`.
  ///
  /// - Parameters:
  ///   - elements: The parts of all ranks; that of this rank is sent, the others are received.
  ///   - parts: The part of each rank, the same on every rank.
  /// - Returns: The exchange, to be tested until it is complete.
  /// - Throws: The error that MPI reported.
  ///
  /// Collective. MPI-3.1, section 5.12.5.
  public func startAllGather<Element: MPIElement>(
    _ elements: MessageMemory<Element>, _ parts: [Range<Int>]
  ) throws(MPIError) -> PendingExchange {
    precondition(parts.count == size, "a part for each rank")
    let layout = MessageLayout.Kept(MessageLayout(parts))
    return try PendingExchange("MPI_Iallgatherv", keeping: [elements, layout]) { request in
      MPI_Iallgatherv(
        cmpi_in_place(), 0, Element.datatype, elements.elements.baseAddress, layout.counts,
        layout.displacements, Element.datatype, handle, &request.value)
    }
  }
}

/// Messages between all ranks that are under way (`MPI_Request`).
///
/// Dropping it before it is complete leaves them under way, and their memory to MPI for good.
public struct PendingExchange: ~Copyable {
  private let memory: Unmanaged<KeptMemory>
  private var request: cmpi_request
  private var isComplete = false

  init(
    _ routine: StaticString, keeping memory: [AnyObject],
    _ call: (inout cmpi_request) -> Int32
  ) throws(MPIError) {
    var request = cmpi_request_null()
    try check(routine) { call(&request) }
    self.request = request
    self.memory = .passRetained(KeptMemory(memory))
  }

  deinit { if isComplete { memory.release() } }

  /// Makes progress, and returns whether everything has left and arrived.
  ///
  /// MPI-3.1, section 3.7.3.
  public mutating func test() throws(MPIError) -> Bool {
    isComplete = try request.test()
    return isComplete
  }
}

extension cmpi_request {
  /// Makes progress, and returns whether the request is complete.
  mutating func test() throws(MPIError) -> Bool {
    var value = value
    defer { self.value = value }
    return try checkFlag("MPI_Test") { MPI_Test(&value, &$0, cmpi_status_ignore()) }
  }
}

/// What messages need until they are complete.
private final class KeptMemory {
  private let parts: [AnyObject]

  init(_ parts: [AnyObject]) { self.parts = parts }
}
