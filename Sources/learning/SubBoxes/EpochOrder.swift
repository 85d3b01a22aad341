package import Failures
package import Randomness

/// The order in which an epoch visits the training samples.
///
/// It is a function of the seed and the number of the epoch alone:
///
///     let order = try EpochOrder(sampleCount: draw.samples.count, batchSize: 64, seed: 7)
///     let batch = order.batch(epoch: 3, step: 12)  // 64 indices of samples
///
/// An epoch has as many steps as there are whole batches. The samples that are left over are not
/// visited in that epoch; they are others in every epoch. (200,000 samples make 3125 batches of 64
/// exactly.) The samples of all simulations are permuted together, so every batch mixes them.
package struct EpochOrder: Hashable, Sendable {
  /// The number of training samples.
  package let sampleCount: Int

  /// The number of samples of a step.
  package let batchSize: Int

  /// The seed of the orders of all epochs.
  package let seed: UInt64

  private let orientations: [CubeOrientation]

  /// Makes the orders of all epochs, with the orientations among which the boxes are shown.
  ///
  /// - Throws: `Failure` if there is less than one batch of samples.
  package init(
    sampleCount: Int, batchSize: Int, seed: UInt64, symmetries: CubeSymmetries = .none
  ) throws(Failure) {
    precondition(batchSize > 0, "a batch has at least one sample, not \(batchSize)")
    guard sampleCount >= batchSize else {
      throw Failure(
        .badData, "ordering \(sampleCount) training samples",
        because: "a batch of \(batchSize) needs as many",
        remedy: "Draw more samples or make the batch smaller.")
    }
    self.sampleCount = sampleCount
    self.batchSize = batchSize
    self.seed = seed
    orientations = symmetries.orientations
  }

  /// The number of steps of an epoch.
  package var stepsPerEpoch: Int { sampleCount / batchSize }

  /// The indices of the samples in the order of an epoch, leftover ones last.
  package func permutation(epoch: Int) -> RandomPermutation {
    RandomPermutation(count: sampleCount, seed: seed, for: .epochOrder, index: UInt64(epoch))
  }

  /// The orientation of the box of a sample in an epoch: each of the symmetries is as likely.
  ///
  /// - Parameters:
  ///   - sample: The index of the sample, which is one of those of ``batch(epoch:step:)``.
  ///   - epoch: From zero.
  /// - Returns: A function of the seed, the epoch and the sample alone.
  package func orientation(ofSample sample: Int, epoch: Int) -> CubeOrientation {
    guard orientations.count > 1 else { return .identity }
    // 2^40 samples are more than settings allow, and so are 2^24 epochs.
    var stream = RandomStream(
      seed: seed, for: .boxOrientation, index: UInt64(epoch) << 40 | UInt64(sample))
    let place = stream.next().multipliedFullWidth(by: UInt64(orientations.count)).high
    return orientations[Int(place)]
  }

  /// The samples of a step.
  ///
  /// - Parameters:
  ///   - epoch: From zero.
  ///   - step: The step within the epoch, from zero.
  /// - Returns: The indices of the samples, as many as a batch has.
  package func batch(epoch: Int, step: Int) -> [Int] {
    precondition(
      step >= 0 && step < stepsPerEpoch, "step \(step) is outside an epoch of \(stepsPerEpoch)")
    let order = permutation(epoch: epoch)
    return (step * batchSize..<(step + 1) * batchSize).map { order[$0] }
  }
}
