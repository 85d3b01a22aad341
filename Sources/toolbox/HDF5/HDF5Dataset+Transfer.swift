// Reading and writing boxes of a dataset.

internal import CParallelHDF5

extension HDF5Dataset {
  /// The ranks that take part in a transfer.
  public enum Transfer: Hashable, Sendable {
    /// Any rank, at any time.
    case independent

    /// Every rank of the file's communicator, in the same order.
    ///
    /// A rank with nothing to move passes an empty box. A rank whose arguments are wrong, or
    /// whose transfer fails midway, still takes part, moving nothing, and then throws: the others
    /// do not wait for it, and learn of the failure only if it is told to them. In a file that
    /// one process opened alone, it is the same as an independent transfer.
    case collective
  }

  /// Reads a box into memory, in C order.
  ///
  /// - Parameters:
  ///   - destination: As many elements as the box.
  ///   - slab: The box, or the whole dataset; it may differ between ranks.
  ///   - transfer: The same on every rank, as is the type of the elements.
  /// - Throws: Also if the dataset holds no numbers, or one out of range of the type asked for.
  public func read<Element: HDF5Element>(
    into destination: UnsafeMutableBufferPointer<Element>, slab: Hyperslab? = nil,
    _ transfer: Transfer = .independent
  ) throws(HDF5Error) {
    let id = identifier.id
    try move(
      Operation("reading", name, of: path), slab, destination.count, as: Element.self, transfer
    ) { position, memory, file, properties in
      H5Dread(
        id, Element.nativeType(), memory, file, properties,
        destination.baseAddress.map { $0 + position })
    }
  }

  /// Reads a box, in C order.
  ///
  /// - Parameters:
  ///   - slab: The box, or the whole dataset; it may differ between ranks.
  ///   - type: The type to which the numbers are converted.
  ///   - transfer: The same on every rank, as is the type of the elements.
  /// - Returns: As many elements as the box.
  /// - Throws: Also if the dataset holds no numbers, or one out of range of the type asked for.
  public func read<Element: HDF5Element>(
    _ slab: Hyperslab? = nil, as type: Element.Type, _ transfer: Transfer = .independent
  ) throws(HDF5Error) -> [Element] {
    let slab = slab ?? Hyperslab(whole: extents)
    var failure: HDF5Error?
    // A box that does not fit may have any count, and so may one that is large and was never written: no
    // memory is taken for them.
    let obstacle =
      transfer == .independent && isLarge(slab, of: type) ? try self.obstacle() : nil
    let count = slab.fits(extents) && obstacle == nil ? slab.elementCount : 0
    let elements = [Element](unsafeUninitializedCapacity: count) { buffer, initializedCount in
      do throws(HDF5Error) {
        try read(into: .init(rebasing: buffer.prefix(count)), slab: slab, transfer)
        initializedCount = count
      } catch {
        failure = error
      }
    }
    if let obstacle {
      throw Operation("reading", name, of: path).failure("\(obstacle)", in: "HDF5Dataset")
    }
    if let failure { throw failure }
    return elements
  }

  /// Writes a box from memory, in C order.
  ///
  /// - Parameters:
  ///   - elements: As many as the box.
  ///   - slab: The box, or the whole dataset; those of independent ranks must not overlap.
  ///   - transfer: The same on every rank, as is the type of the elements.
  /// - Throws: Also if the box is not within the dataset, or not as large as `elements`.
  public func write<Element: HDF5Element>(
    _ elements: UnsafeBufferPointer<Element>, to slab: Hyperslab? = nil,
    _ transfer: Transfer = .independent
  ) throws(HDF5Error) {
    let id = identifier.id
    try move(
      Operation("writing", name, of: path), slab, elements.count, as: Element.self, transfer
    ) { position, memory, file, properties in
      H5Dwrite(
        id, Element.nativeType(), memory, file, properties,
        elements.baseAddress.map { $0 + position })
    }
  }

  /// Writes a box, in C order.
  ///
  /// - Parameters:
  ///   - elements: As many as the box.
  ///   - slab: The box, or the whole dataset; those of independent ranks must not overlap.
  ///   - transfer: The same on every rank, as is the type of the elements.
  /// - Throws: Also if the box is not within the dataset, or not as large as `elements`.
  public func write<Element: HDF5Element>(
    _ elements: [Element], to slab: Hyperslab? = nil, _ transfer: Transfer = .independent
  ) throws(HDF5Error) {
    try elements.withUnsafeBufferPointer { (elements) throws(HDF5Error) in
      try write(elements, to: slab, transfer)
    }
  }
}

extension HDF5Dataset {
  /// Whether a box takes so much memory that it is worth asking whether its numbers were written.
  private func isLarge<Element: HDF5Element>(_ slab: Hyperslab, of type: Element.Type) -> Bool {
    slab.fits(extents) && slab.elementCount > (1 << 26) / Element.elementType.byteCount
  }

  /// Moves a box in pieces of at most ``bytesPerCall``.
  private func move<Element: HDF5Element>(
    _ operation: Operation, _ slab: Hyperslab?, _ elementCount: Int, as type: Element.Type,
    _ transfer: Transfer, _ call: PreparedTransfer.Call
  ) throws(HDF5Error) {
    try prepare(operation, slab, elementCount, as: type, transfer).move(operation, call)
  }

  /// Makes ready to move a box, which waits for no other rank.
  ///
  /// Ranks may have boxes of any size, but must make as many collective calls. So a collective
  /// transfer cuts the whole dataset, which all ranks see alike, and each rank moves what its box
  /// shares with each piece, or nothing; if its box does not fit, nothing.
  private func prepare<Element: HDF5Element>(
    _ operation: Operation, _ slab: Hyperslab?, _ elementCount: Int, as type: Element.Type,
    _ transfer: Transfer
  ) throws(HDF5Error) -> PreparedTransfer {
    guard elementType.isNumber else {
      throw operation.failure(
        "the dataset holds \(elementType), which cannot become \(Element.elementType)",
        in: "HDF5Dataset")
    }
    let whole = Hyperslab(whole: extents)
    let slab = slab ?? whole
    let isCollective = transfer == .collective && isParallel
    let mismatch = mismatch(of: slab, elementCount, operation)
    if let mismatch, !isCollective { throw mismatch }

    let properties = try operation.transferProperties(isCollective: isCollective)
    let pieces = SelectedPieces()
    let limit = max(
      1, bytesPerCall / max(elementType.byteCount, Element.elementType.byteCount))
    for piece in (isCollective ? whole : slab).pieces(ofAtMost: limit) {
      let share = mismatch == nil ? slab.intersection(piece) : nil
      let memory = try operation.space(share?.count ?? extents)
      let file = try operation.space(extents)
      try operation.select(share, in: file, memory: memory)
      pieces.add(share.map { slab.position(of: $0.offset) } ?? 0, memory, file)
    }
    return PreparedTransfer(
      properties: properties, pieces: pieces, isCollective: isCollective, mismatch: mismatch)
  }

  /// Makes ready to write this rank's box together with the other ranks, without waiting for them.
  ///
  /// - Parameters:
  ///   - slab: The box, which may differ between ranks.
  ///   - elementCount: The number of elements that will be written to it.
  ///   - type: Their type, the same on every rank.
  /// - Returns: The prepared transfer, for ``write(_:by:)``.
  /// - Throws: Also if the box is not within the dataset, or has another number of elements.
  package func preparedWrite<Element: HDF5Element>(
    to slab: Hyperslab, _ elementCount: Int, as type: Element.Type
  ) throws(HDF5Error) -> PreparedTransfer {
    let operation = Operation("writing", name, of: path)
    if let mismatch = mismatch(of: slab, elementCount, operation) { throw mismatch }
    return try prepare(operation, slab, elementCount, as: type, .collective)
  }

  /// Writes the box that was made ready, on every rank of the file.
  package func write<Element: HDF5Element>(
    _ elements: UnsafeBufferPointer<Element>, by transfer: borrowing PreparedTransfer
  ) throws(HDF5Error) {
    let id = identifier.id
    try transfer.move(Operation("writing", name, of: path)) { position, memory, file, properties in
      H5Dwrite(
        id, Element.nativeType(), memory, file, properties,
        elements.baseAddress.map { $0 + position })
    }
  }

  /// Returns the error of a box that is not within the dataset, or not as large as the memory.
  private func mismatch(
    of slab: Hyperslab, _ elementCount: Int, _ operation: Operation
  ) -> HDF5Error? {
    guard slab.fits(extents) else {
      return operation.failure(
        "the box \(slab) is not within the extents \(extents)", in: "HDF5Dataset")
    }
    guard slab.elementCount == elementCount else {
      return operation.failure(
        "the box \(slab) has \(slab.elementCount) elements, the memory \(elementCount)",
        in: "HDF5Dataset")
    }
    return nil
  }
}

extension Operation {
  /// Selects a box of the dataset and all of the memory, or nothing of either.
  fileprivate func select(
    _ slab: Hyperslab?, in file: borrowing Identifier, memory: borrowing Identifier
  ) throws(HDF5Error) {
    let (file, memory) = (file.id, memory.id)
    guard let slab else {
      try call { H5Sselect_none(file) }
      try call { H5Sselect_none(memory) }
      return
    }
    guard !slab.count.isEmpty else { return }
    try call {
      H5Sselect_hyperslab(
        file, H5S_SELECT_SET, slab.offset.map(hsize_t.init), nil, slab.count.map(hsize_t.init), nil)
    }
  }

  /// Makes the properties of a transfer, collective or not, that replaces nothing out of range.
  func transferProperties(isCollective: Bool) throws(HDF5Error) -> Identifier {
    let properties = try open(closedBy: H5Pclose) { H5Pcreate(ch5_dataset_transfer()) }
    try call { H5Pset_type_conv_cb(properties.id, refuseOutOfRange, nil) }
    if isCollective {
      try call { H5Pset_dxpl_mpio(properties.id, H5FD_MPIO_COLLECTIVE) }
    }
    return properties
  }
}

/// Ends a conversion at a number that is out of range, or at one with a fraction where whole ones are asked for;
/// HDF5 would take the nearest.
///
/// Lost digits, infinities and NaN among floating-point numbers are as in Swift's conversions.
private let refuseOutOfRange: H5T_conv_except_func_t = { exception, _, _, _, _, _ in
  switch exception {
  case H5T_CONV_EXCEPT_RANGE_HI, H5T_CONV_EXCEPT_RANGE_LOW, H5T_CONV_EXCEPT_PINF,
    H5T_CONV_EXCEPT_NINF, H5T_CONV_EXCEPT_NAN, H5T_CONV_EXCEPT_TRUNCATE:
    H5T_CONV_ABORT
  default:
    H5T_CONV_UNHANDLED
  }
}
