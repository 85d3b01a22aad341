internal import CMPI

/// Elements of all ranks in the order of the ranks.
public struct GatheredElements<Element: MPIElement>: Sendable {
  /// The elements of rank 0, then those of rank 1, and so on.
  public let elements: [Element]

  /// The number of elements that each rank gave.
  public let counts: [Int]
}

extension GatheredElements<UInt8> {
  /// The texts that ranks gave as UTF-8, in the order of the ranks.
  public var texts: [String] {
    var start = 0
    return counts.map { count in
      defer { start += count }
      return String(decoding: elements[start..<start + count], as: UTF8.self)
    }
  }
}

extension Communicator {
  /// Waits until every rank has called `barrier()`.
  ///
  /// MPI-3.1, section 5.3.
  public func barrier() throws(MPIError) {
    try check("MPI_Barrier") { MPI_Barrier(handle) }
  }

  /// Replaces `elements` on every rank by those of `root`.
  ///
  /// - Parameters:
  ///   - elements: As many on every rank.
  ///   - root: The same on every rank.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, section 5.4.
  public func broadcast<Element: MPIElement>(
    _ elements: inout MutableSpan<Element>, from root: Int = 0
  ) throws(MPIError) {
    try inParts(&elements) { (start, count) throws(MPIError) in
      try check("MPI_Bcast") {
        MPI_Bcast(start, count, Element.datatype, Int32(root), handle)
      }
    }
  }

  /// Returns the array of `root` on every rank, whatever its length.
  ///
  /// MPI-3.1, section 5.4.
  public func broadcast<Element: MPIElement>(
    _ elements: [Element], from root: Int = 0
  ) throws(MPIError) -> [Element] {
    var count = [Int64(elements.count)]
    var countSpan = count.mutableSpan
    try broadcast(&countSpan, from: root)
    var received = rank == root ? elements : zeros(Int(count[0]))
    var span = received.mutableSpan
    try broadcast(&span, from: root)
    return received
  }

  /// Replaces `elements` on every rank by their elementwise reduction over all ranks.
  ///
  /// - Parameters:
  ///   - elements: As many on every rank.
  ///   - operation: The same on every rank.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, section 5.9.6.
  public func allReduce<Element: MPIElement>(
    _ elements: inout MutableSpan<Element>, _ operation: ReduceOperation
  ) throws(MPIError) {
    try inParts(&elements) { (start, count) throws(MPIError) in
      try check("MPI_Allreduce") {
        MPI_Allreduce(
          cmpi_in_place(), start, count, Element.datatype, operation.handle, handle)
      }
    }
  }

  /// Returns the reduction over all ranks of one value of each.
  ///
  /// MPI-3.1, section 5.9.6.
  public func allReduce<Element: MPIElement>(
    _ value: Element, _ operation: ReduceOperation
  ) throws(MPIError) -> Element {
    var values = [value]
    var span = values.mutableSpan
    try allReduce(&span, operation)
    return values[0]
  }

  /// Returns the sum of the values of the ranks before this one; zero on rank 0.
  ///
  /// MPI-3.1, section 5.11.2.
  public func exclusiveSum(_ value: Int64) throws(MPIError) -> Int64 {
    var value = value
    var sum: Int64 = 0
    try check("MPI_Exscan") {
      MPI_Exscan(&value, &sum, 1, Int64.datatype, cmpi_sum(), handle)
    }
    return rank == 0 ? 0 : sum
  }

  /// Returns one value of each rank, on every rank.
  ///
  /// MPI-3.1, section 5.7.
  public func allGather<Element: MPIElement>(_ value: Element) throws(MPIError) -> [Element] {
    var value = value
    var values: [Element] = zeros(size)
    try check("MPI_Allgather") {
      values.withUnsafeMutableBufferPointer { received in
        MPI_Allgather(
          &value, 1, Element.datatype, received.baseAddress, 1, Element.datatype, handle)
      }
    }
    return values
  }

  /// Returns the elements of all ranks on `root`, and `nil` on the others.
  ///
  /// - Parameters:
  ///   - elements: As many as this rank has; together fewer than 2^31.
  ///   - root: The same on every rank.
  /// - Returns: The elements, or `nil`.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, section 5.5.
  public func gatherVarying<Element: MPIElement>(
    _ elements: [Element], to root: Int = 0
  ) throws(MPIError) -> GatheredElements<Element>? {
    let counts = try allGather(Int64(elements.count)).map { Int($0) }
    var received: [Element] = rank == root ? zeros(counts.reduce(0, +)) : []
    let layout = MessageLayout(counts)
    try check("MPI_Gatherv") {
      received.withUnsafeMutableBufferPointer { received in
        elements.withUnsafeBufferPointer { sent in
          MPI_Gatherv(
            sent.baseAddress, messageCount(sent.count), Element.datatype, received.baseAddress,
            layout.counts, layout.displacements, Element.datatype, Int32(root), handle)
        }
      }
    }
    return rank == root ? GatheredElements(elements: received, counts: counts) : nil
  }

  /// Returns the elements of all ranks, on every rank.
  ///
  /// MPI-3.1, section 5.7.
  public func allGatherVarying<Element: MPIElement>(
    _ elements: [Element]
  ) throws(MPIError) -> GatheredElements<Element> {
    let counts = try allGather(Int64(elements.count)).map { Int($0) }
    var received: [Element] = zeros(counts.reduce(0, +))
    let layout = MessageLayout(counts)
    try check("MPI_Allgatherv") {
      received.withUnsafeMutableBufferPointer { received in
        elements.withUnsafeBufferPointer { sent in
          MPI_Allgatherv(
            sent.baseAddress, messageCount(sent.count), Element.datatype, received.baseAddress,
            layout.counts, layout.displacements, Element.datatype, handle)
        }
      }
    }
    return GatheredElements(elements: received, counts: counts)
  }

  /// Sends a part of `elements` to each rank, and returns what the ranks sent to this one.
  ///
  /// - Parameters:
  ///   - elements: Those for rank 0, then those for rank 1, and so on.
  ///   - counts: The number of elements for each rank.
  /// - Returns: The elements from rank 0, then those from rank 1, and so on.
  /// - Throws: The error that MPI reported.
  ///
  /// MPI-3.1, section 5.8.
  public func allToAllVarying<Element: MPIElement>(
    _ elements: [Element], counts: [Int]
  ) throws(MPIError) -> GatheredElements<Element> {
    precondition(counts.count == size, "\(counts.count) counts for \(size) ranks")
    precondition(counts.reduce(0, +) == elements.count, "the counts do not add up to the elements")
    let sentCounts = counts.map { Int64($0) }
    var receivedCounts = [Int64](repeating: 0, count: size)
    try check("MPI_Alltoall") {
      MPI_Alltoall(
        sentCounts, 1, Int64.datatype, &receivedCounts, 1, Int64.datatype, handle)
    }
    let sending = MessageLayout(counts)
    let receiving = MessageLayout(receivedCounts.map { Int($0) })
    var received: [Element] = zeros(receivedCounts.reduce(0) { $0 + Int($1) })
    try check("MPI_Alltoallv") {
      received.withUnsafeMutableBufferPointer { received in
        elements.withUnsafeBufferPointer { sent in
          MPI_Alltoallv(
            sent.baseAddress, sending.counts, sending.displacements, Element.datatype,
            received.baseAddress, receiving.counts, receiving.displacements, Element.datatype,
            handle)
        }
      }
    }
    return GatheredElements(elements: received, counts: receivedCounts.map { Int($0) })
  }

  /// Calls `transfer` with parts of `elements` whose counts MPI can hold.
  private func inParts<Element: MPIElement>(
    _ elements: inout MutableSpan<Element>,
    _ transfer: (UnsafeMutablePointer<Element>?, Int32) throws(MPIError) -> Void
  ) throws(MPIError) {
    let limit = 1 << 30
    // A typed throw cannot leave the closure of a span, so the first error is carried out of it.
    let failure = elements.withUnsafeMutableBufferPointer { buffer -> MPIError? in
      do throws(MPIError) {
        var start = 0
        repeat {
          let count = min(limit, buffer.count - start)
          try transfer(buffer.baseAddress.map { $0 + start }, Int32(count))
          start += count
        } while start < buffer.count
        return nil
      } catch { return error }
    }
    if let failure { throw failure }
  }
}

/// Elements whose bits are all zero, for MPI to write into.
func zeros<Element: MPIElement>(_ count: Int) -> [Element] {
  [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
    if let start = buffer.baseAddress {
      UnsafeMutableRawPointer(start).initializeMemory(
        as: UInt8.self, repeating: 0, count: count * MemoryLayout<Element>.stride)
    }
    initialized = count
  }
}
