package import Failures

/// Sub-boxes in a known order, prepared in the background before they are asked for.
///
/// ```swift
/// let stream = SubBoxStream(
///   from: store, boxes: BoxDescription(.raw), boxWidth: 75, standardization: standardization, lookAhead: 8,
///   threads: 1, consumers: 4)
/// stream.start(samples.map { OrientedSample($0) })
/// while let box = try stream.next() {  // by up to four threads at a time
///   evaluate(box.voxels, box.sample)
/// }
/// ```
///
/// The content of a box depends on its sample and orientation alone, and boxes are handed out in the order of the
/// samples. More samples may be enqueued while earlier ones are being used, so that the boxes of
/// the next step of a training are prepared during the current one.
///
/// The threads of a stream end with it. They do not retain the source: the owner of the stream
/// keeps it alive for longer.
package final class SubBoxStream: Sendable {
  /// The number of voxels along each axis of a box, w.
  package let boxWidth: Int

  /// The memory of the buffers and the tables [bytes].
  package let bytes: Int

  private let source: any SubBoxSource
  private let queue: PreparationQueue

  /// Makes a stream without samples, and starts its threads.
  ///
  /// - Parameters:
  ///   - source: The data that boxes are made from.
  ///   - boxes: The kind of the boxes, their shells and their mask.
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: The standardization of the values of each channel, before averaging.
  ///   - lookAhead: The number of boxes that are prepared before they are asked for.
  ///   - threads: The number of threads that prepare boxes; they take turns to read files.
  ///   - consumers: The largest number of boxes in use at a time, beyond which ``next(before:)``
  ///     waits for one to go out of use.
  ///   - perturbations: The changes of boxes, which samples count from 1.
  package init(
    from source: any SubBoxSource, boxes: BoxDescription, boxWidth: Int,
    standardization: InputStandardization,
    lookAhead: Int, threads: Int, consumers: Int, perturbations: [Perturbation] = []
  ) {
    precondition(lookAhead > 0 && threads > 0 && consumers > 0, "a stream needs one of each")
    let maker = BoxMaker(
      source: source, boxes: boxes, boxWidth: boxWidth, standardization: standardization,
      perturbations: perturbations)
    let buffers = lookAhead + consumers
    self.boxWidth = boxWidth
    bytes = buffers * maker.voxelCount * MemoryLayout<Float>.stride + maker.bytes
    self.source = source
    queue = PreparationQueue(count: buffers, voxelCount: maker.voxelCount)
    for _ in 0..<(source.mode == .resident ? threads : 1) {
      queue.addWorker { place throws(Failure) in
        try maker.write(place.sample, into: place.buffer)
      }
    }
  }

  deinit { queue.cancel() }

  /// Ends the threads, and waits until they have ended; no more boxes are prepared.
  package func cancel() { queue.cancel() }

  /// The time consumers have waited for boxes since the stream was made, summed over consumers.
  package var waitingTime: Duration { queue.waitingTime }

  /// Begins a new order, and forgets what is left of the one before.
  ///
  /// - Parameters:
  ///   - samples: The samples in their order, with the orientations of their boxes.
  ///   - position: The position of the first of them, from which the boxes are counted.
  package func start(_ samples: [OrientedSample], at position: Int = 0) {
    queue.start(samples, at: position)
  }

  /// Appends samples to the order.
  package func enqueue(_ samples: [OrientedSample]) {
    queue.enqueue(samples)
  }

  /// Waits for the next box of the order, and hands it out.
  ///
  /// May be called by several threads at once, each of which gets other boxes.
  ///
  /// - Parameter end: The position before which boxes are handed out, such as that of the first
  ///   sample of the next step; by default, the end of what has been enqueued.
  /// - Returns: The box, or `nil` if all boxes before the end have been handed out.
  /// - Throws: `Failure` that kept the next box from being made. The boxes before it are
  ///   handed out first; it is thrown until a new order is started.
  package func next(before end: Int = .max) throws(Failure) -> PreparedBox? {
    try queue.next(before: end)
  }
}
