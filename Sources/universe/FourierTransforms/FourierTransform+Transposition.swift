internal import MPI
internal import Threads

/// The rows that two ranks exchange: columns `x` of planes `ky`, in a message as [ky][x][kz].
struct Parcel: Sendable {
  /// The planes of constant ky of the one.
  let planes: Range<Int>

  /// The planes of constant x of the other.
  let columns: Range<Int>

  /// The start of the parcel in the buffer of all messages [rows].
  let start: Int

  /// The number of its rows.
  var rows: Int { planes.count * columns.count }

  /// The place of a row in the buffer.
  func place(_ plane: Int, _ column: Int) -> Int {
    start + (plane - planes.lowerBound) * columns.count + column - columns.lowerBound
  }
}

extension FourierTransform {
  /// Moves the rows of a block of ky from planes of x to planes of ky.
  ///
  /// The rows that stay on this rank are copied; the others go through one exchange of all ranks.
  func transposeForward(
    _ source: Slab, into destination: Slab, block: Int, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let mine = decomposition.planes
    let length = 2 * decomposition.modesPerRow
    let arriving = decomposition.planes(of: decomposition.rank, block: block, of: blocks)
    threads.forEachPart(of: arriving.count) { _, part in
      for plane in arriving.part(part) {
        for x in mine {
          destination.row(x, ofPlane: plane - mine.lowerBound)
            .update(from: source.row(plane, ofPlane: x - mine.lowerBound), count: length)
        }
      }
    }
    guard decomposition.ranks > 1 else { return }

    let leaving = parcels(ofColumns: block)
    let rows = leaving.reduce(0) { $0 + $1.rows }
    let sent = [Float](unsafeUninitializedCapacity: rows * length) { buffer, initialized in
      let buffer = MessageRows(base: buffer.baseAddress, length: length)
      for parcel in leaving {
        threads.forEachPart(of: parcel.planes.count) { _, part in
          for plane in parcel.planes.part(part) {
            for x in parcel.columns {
              buffer.row(parcel.place(plane, x))
                .update(from: source.row(plane, ofPlane: x - mine.lowerBound), count: length)
            }
          }
        }
      }
      initialized = rows * length
    }
    var received = try exchange(sent, leaving, on: communicator)
    received.withUnsafeMutableBufferPointer { received in
      let received = MessageRows(base: received.baseAddress, length: length)
      for parcel in parcels(ofPlanes: block) {
        threads.forEachPart(of: parcel.planes.count) { _, part in
          for plane in parcel.planes.part(part) {
            for x in parcel.columns {
              destination.row(x, ofPlane: plane - mine.lowerBound)
                .update(from: received.row(parcel.place(plane, x)), count: length)
            }
          }
        }
      }
    }
  }

  /// Makes the planes of a block of ky, restores their columns, and moves the rows to planes of x.
  func transposeBackward(
    into destination: Slab, block: Int, on communicator: borrowing Communicator,
    makePlane: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
  ) throws(MPIError) {
    let mine = decomposition.planes
    let length = 2 * decomposition.modesPerRow
    let arriving = parcels(ofColumns: block)
    let leaving = parcels(ofPlanes: block)
    let rows = leaving.reduce(0) { $0 + $1.rows }
    let sent = [Float](unsafeUninitializedCapacity: rows * length) { buffer, initialized in
      restoreColumns(
        ofBlock: block, into: destination, leaving: leaving,
        MessageRows(base: buffer.baseAddress, length: length), makePlane: makePlane)
      initialized = rows * length
    }
    guard decomposition.ranks > 1 else { return }

    var received = try exchange(sent, leaving, on: communicator)
    received.withUnsafeMutableBufferPointer { received in
      let received = MessageRows(base: received.baseAddress, length: length)
      for parcel in arriving {
        threads.forEachPart(of: parcel.planes.count) { _, part in
          for plane in parcel.planes.part(part) {
            for x in parcel.columns {
              destination.row(plane, ofPlane: x - mine.lowerBound)
                .update(from: received.row(parcel.place(plane, x)), count: length)
            }
          }
        }
      }
    }
  }

  /// Makes the planes of a block and restores their columns, each in the room of a thread, and lays
  /// the rows where they belong: on this rank or in the message to another.
  private func restoreColumns(
    ofBlock block: Int, into destination: Slab, leaving: [Parcel], _ message: MessageRows,
    makePlane: @Sendable (Int, UnsafeMutablePointer<Float>) -> Void
  ) {
    let decomposition = decomposition
    let plans = plans
    let mine = decomposition.planes
    let planes = decomposition.planes(of: decomposition.rank, block: block, of: blocks)
    threads.forEachPart(of: planes.count) { _, part in
      let room = alignedZeros(decomposition.planeStride)
      defer { UnsafeMutableRawPointer(room).deallocate() }
      for plane in planes.part(part) {
        makePlane(plane, room)
        plans.restoreColumns(room)
        for x in mine {
          destination.row(plane, ofPlane: x - mine.lowerBound)
            .update(from: room + 2 * x * decomposition.rowStride, count: message.length)
        }
        for parcel in leaving {
          for x in parcel.columns {
            message.row(parcel.place(plane, x))
              .update(from: room + 2 * x * decomposition.rowStride, count: message.length)
          }
        }
      }
    }
  }

  /// Returns the parcels of a block that this rank exchanges as the owner of planes of ky: one for
  /// each rank, empty for itself.
  private func parcels(ofPlanes block: Int) -> [Parcel] {
    let planes = decomposition.planes(of: decomposition.rank, block: block, of: blocks)
    return parcels {
      (planes, $0 == self.decomposition.rank ? 0..<0 : self.decomposition.planes(of: $0))
    }
  }

  /// Returns the parcels of a block that this rank exchanges as the owner of planes of x: one for
  /// each rank, empty for itself.
  private func parcels(ofColumns block: Int) -> [Parcel] {
    let columns = decomposition.planes
    return parcels { rank in
      rank == self.decomposition.rank
        ? (0..<0, columns)
        : (self.decomposition.planes(of: rank, block: block, of: self.blocks), columns)
    }
  }

  private func parcels(_ extent: (Int) -> (Range<Int>, Range<Int>)) -> [Parcel] {
    var start = 0
    return (0..<decomposition.ranks).map { rank in
      let (planes, columns) = extent(rank)
      defer { start += planes.count * columns.count }
      return Parcel(planes: planes, columns: columns, start: start)
    }
  }

  /// Sends each rank its parcel of `elements`, and returns those that the ranks sent.
  private func exchange(
    _ elements: [Float], _ parcels: [Parcel], on communicator: borrowing Communicator
  ) throws(MPIError) -> [Float] {
    let start = ContinuousClock.now
    defer { exchangeTime += .now - start }
    let length = 2 * decomposition.modesPerRow
    return try communicator.allToAllVarying(elements, counts: parcels.map { $0.rows * length })
      .elements
  }
}

/// The rows of a message, for threads that take different rows of it.
private struct MessageRows: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>?
  let length: Int

  func row(_ index: Int) -> UnsafeMutablePointer<Float> {
    guard let base else { preconditionFailure("row \(index) of an empty message") }
    return base + index * length
  }
}

extension Range<Int> {
  /// The part of this range at the given offsets.
  fileprivate func part(_ offsets: Range<Int>) -> Range<Int> {
    lowerBound + offsets.lowerBound..<lowerBound + offsets.upperBound
  }
}
