internal import DurableFiles
internal import Failures
internal import Fields
package import MPI
internal import Networks
internal import SubBoxes
internal import Threads

extension PredictionJob {
  /// The most particles of a mass bin over which a sensitivity is averaged.
  package static var largestSensitivityCount: Int { ExactAccumulator.maximumSampleCount }

  /// Averages the gradient of the prediction with respect to the box over particles of bins of the true mass, in the
  /// frames of their tides, and rank 0 writes the file.
  ///
  /// The gradients come from the reference kernels, and their sums are exact, so that the file is the same for any
  /// number of ranks and threads. The signs of the axes of a tide mean nothing: a mean map is the mean of its eight
  /// mirror images. Collective.
  ///
  /// - Parameters:
  ///   - edges: The edges of the bins, ascending [log10 Msun].
  ///   - limit: The most particles of a bin, up to ``largestSensitivityCount``; of more test samples, evenly spread
  ///     ones are taken.
  ///   - world: The ranks.
  ///   - tell: Is told how many of how many particles are done, as far as this rank knows.
  /// - Returns: The maps on rank 0; `nil` on the others.
  /// - Throws: As ``run(on:tell:)``; `Failure` if the boxes have no tide or no gradient of their own.
  package func averageSensitivity(
    inBins edges: [Double], atMost limit: Int, on world: borrowing Communicator,
    tell: (_ done: Int, _ of: Int) -> Void
  ) throws -> SensitivityTable? {
    let (model, input, metadata, frame) = try world.agree {
      let (model, input, metadata) = try self.model(for: [])
      return (model, input, metadata, try tideFrame(of: model, input))
    }
    let samples = try samples(for: model, on: world)
    let bins = zip(edges, edges.dropFirst()).map { low, high in
      spread(samples.filter { (low..<high).contains(Double($0.logMass)) }, atMost: limit)
    }
    let chosen = bins.enumerated().flatMap { bin, samples in samples.map { (bin: bin, sample: $0) }
    }
    let source = try input.open(files, settings: streaming, on: world)
    let count = input.channelCount * frame.width * frame.width * frame.width
    let sums = bins.map { _ in ExactAccumulator(count: count) }
    do {
      let threads = try threadsPerRank ?? availableThreads(on: world)
      let share =
        chosen.count * world.rank / world.size..<chosen.count * (world.rank + 1) / world.size
      tell(0, chosen.count)
      try world.agree {
        try ThreadSupply.check(threads)
        try add(
          Array(chosen[share]), to: sums, with: model, frame, from: source, threads: threads
        ) { tell(min($0 * world.size, chosen.count), chosen.count) }
      }
      for sum in sums {
        var message = sum.message.mutableSpan
        try world.allReduce(&message, .sum)
        if let coarse = sum.coarseMessage {
          var message = coarse.mutableSpan
          try world.allReduce(&message, .sum)
        }
      }
    } catch {
      try source.free()
      throw error
    }
    try source.free()
    return try world.agree {
      guard world.isRoot else { return nil }
      if let bin = sums.firstIndex(where: { $0.lostCount > 0 }) {
        throw Failure(
          .badData, "averaging the sensitivity of \(modelPath)",
          because: "the gradients of \(sums[bin].lostCount) particles are no finite numbers",
          remedy: "train the network again, or take another of its epochs")
      }
      let scale = Float((model.data.labels.maximum - model.data.labels.minimum) / 2)
      let scales = model.data.standardization.channels.map { scale * $0.scale }
      let table = SensitivityTable(
        header: SensitivityTable.Header(
          simulations: metadata.map(\.name), fingerprints: metadata.map(\.fingerprint),
          modelChecksum: try Checksum.ofFile(modelPath).description,
          channels: input.channelNames, massEdges: edges, voxelSize: model.data.voxelSize),
        counts: bins.map(\.count), width: frame.width,
        maps: zip(sums, bins).flatMap { sum, samples in
          mean(of: sum, samples.count, width: frame.width, scales: scales)
        })
      try table.write(to: output, model: model)
      return table
    }
  }

  /// The frame of the boxes' tides, if the network has gradients with respect to raw boxes.
  private func tideFrame(of model: Model, _ input: NetworkInput) throws(Failure) -> TideFrame {
    func failure(_ reason: String, _ remedy: String) -> Failure {
      Failure(.usage, "taking the sensitivity of \(modelPath)", because: reason, remedy: remedy)
    }
    let kind = model.boxes.kind
    guard kind == .raw || kind == .averaged else {
      throw failure(
        "\(kind.rawValue) boxes have their voxels in an order, or means over shells, of their own",
        "take a network on raw or averaged boxes")
    }
    guard
      let frame = TideFrame(
        input, boxWidth: model.architecture.boxWidth, standardization: model.data.standardization)
    else {
      throw failure(
        "maps are averaged in the frames of tides, which boxes of \(model.inputName) cannot be turned into",
        "take a network whose fields.inputs has density or potential, and not tides")
    }
    return frame
  }

  /// At most so many of some samples, evenly spread over them.
  private func spread(_ samples: [Sample], atMost limit: Int) -> [Sample] {
    let count = min(limit, samples.count)
    return (0..<count).map { samples[$0 * samples.count / count] }
  }

  /// Adds the gradients of this rank's samples to the sums of their bins.
  private func add(
    _ chosen: [(bin: Int, sample: Sample)], to sums: [ExactAccumulator], with model: Model,
    _ frame: TideFrame, from source: any SubBoxSource, threads: Int, tell: (Int) -> Void
  ) throws {
    let architecture = model.architecture
    let weights = try NetworkWeights(model.parameters, of: architecture, for: .reference)
    let average =
      model.boxes.kind == .averaged
      ? ShellAverage(width: architecture.boxWidth, shells: model.boxes.shells) : nil
    let hiddenVoxels = model.boxes.mask.hiddenVoxels(boxWidth: architecture.boxWidth)
    let write = source.boxWriter(
      boxWidth: architecture.boxWidth, standardization: model.data.standardization)
    let channelVoxels = architecture.boxCount / architecture.inputChannels
    let turnedCount = architecture.inputChannels * frame.width * frame.width * frame.width
    // One for each thread, which alone uses it.
    nonisolated(unsafe) let evaluators = (0..<min(threads, max(1, chosen.count))).map { _ in
      BoxGradient(weights)
    }
    @Sendable func averageShells(_ box: UnsafeMutablePointer<Float>) {
      for channel in 0..<architecture.inputChannels {
        average?.apply(to: box + channel * channelVoxels)
      }
    }
    @Sendable func hide(_ box: UnsafeMutablePointer<Float>) {
      for channel in 0..<architecture.inputChannels {
        for voxel in hiddenVoxels { box[channel * channelVoxels + Int(voxel)] = 0 }
      }
    }
    let roundSize = 4 * evaluators.count
    for start in stride(from: 0, to: chosen.count, by: roundSize) {
      let round = Array(chosen[start..<min(start + roundSize, chosen.count)])
      try WorkerThreads(count: evaluators.count).forEachPart(of: round.count) {
        (part, range) throws(Failure) in
        let raw = UnsafeMutablePointer<Float>.allocate(capacity: 3 * architecture.boxCount)
        let turned = UnsafeMutablePointer<Float>.allocate(capacity: turnedCount)
        defer {
          raw.deallocate()
          turned.deallocate()
        }
        let (box, gradient) = (raw + architecture.boxCount, raw + 2 * architecture.boxCount)
        for (bin, sample) in round[range] {
          try write(OrientedSample(sample), raw)
          box.update(from: raw, count: architecture.boxCount)
          averageShells(box)
          hide(box)
          evaluators[part].write(of: box, to: gradient)
          // The mean of shells and the mask are their own transposes.
          hide(gradient)
          averageShells(gradient)
          frame.turn(gradient, of: raw, into: turned)
          sums[bin].add(turned, worker: part)
        }
      }
      tell(start + round.count)
    }
  }

  /// The mean map of a bin [channel, width, width, width] and of its mirror images, times the scales of the channels;
  /// NaN without particles.
  private func mean(
    of sum: ExactAccumulator, _ count: Int, width: Int, scales: [Float]
  ) -> [Float] {
    guard count > 0 else { return [Float](repeating: .nan, count: sum.count) }
    var mean = [Float](repeating: 0, count: sum.count)
    mean.withUnsafeMutableBufferPointer { buffer in
      if let start = buffer.baseAddress { sum.writeMean(of: count, to: start) }
    }
    let voxels = width * width * width
    return mean.indices.map { place in
      let (channel, voxel) = place.quotientAndRemainder(dividingBy: voxels)
      let (x, y, z) = (voxel / (width * width), voxel / width % width, voxel % width)
      let images = [x, width - 1 - x].flatMap { x in
        [y, width - 1 - y].flatMap { y in
          [z, width - 1 - z].map { z in
            Double(mean[channel * voxels + (x * width + y) * width + z])
          }
        }
      }
      return Float(images.reduce(0, +) / 8) * scales[channel]
    }
  }
}
