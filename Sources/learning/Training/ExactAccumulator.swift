internal import CKernels
internal import Foundation
internal import MPI

/// Sums of gradients that do not depend on their order, nor on threads or ranks.
///
/// A value is rounded to a multiple of 2^-40 and added as a 64-bit integer; integer sums are exact, so
/// any partition of a batch gives the same bits, which sums of floating-point numbers do not. A
/// stripe of a gradient (one sixteenth) with a value of 2^11 or more, as a network far from its range has,
/// goes into a second, coarse sum of multiples of 2^-10. Which sum it is depends on the gradient alone. With a
/// value that neither can take, the gradient counts as lost and the sums are void.
///
/// An addend is below 2^51 units, so 4096 of them cannot overflow (``maximumSampleCount``).
final class ExactAccumulator: @unchecked Sendable {
  /// The largest batch.
  static let maximumSampleCount = 4096

  private static let fineExponent: Int32 = 40
  private static let coarseExponent: Int32 = 10
  private static let stripeCount = 16

  /// The number of values of a gradient.
  let count: Int

  // The sums, then how many gradients went into the coarse sums, and how many were not finite.
  private let fine: UnsafeMutableBufferPointer<Int64>
  private var coarse: UnsafeMutableBufferPointer<Int64>?
  private let lock = NSLock()
  private let stripeLocks = (0..<stripeCount).map { _ in NSLock() }

  /// Makes the sums of gradients of `count` values, all zero.
  init(count: Int) {
    self.count = count
    fine = .allocate(capacity: count + 2)
    fine.initialize(repeating: 0)
  }

  deinit {
    fine.deallocate()
    coarse?.deallocate()
  }

  /// Starts anew at zero.
  func reset() {
    fine.update(repeating: 0)
    coarse?.update(repeating: 0)
  }

  /// Adds the gradient of one sample.
  ///
  /// Any thread may call it.
  ///
  /// - Parameters:
  ///   - gradient: The values, [count].
  ///   - worker: A number of the calling thread: threads start at different places of the buffer.
  func add(_ gradient: UnsafePointer<Float>, worker: Int) {
    // Stripe by stripe, so that a stripe is still in the cache when it is added.
    var (isCoarse, isLost) = (false, false)
    for turn in 0..<Self.stripeCount {
      let stripe = (turn + worker) % Self.stripeCount
      let begin = count * stripe / Self.stripeCount
      let range = begin..<count * (stripe + 1) / Self.stripeCount
      let magnitude = Float(
        bitPattern: halompi_largest_magnitude(gradient + begin, range.count, HALOMPI_FASTEST))
      if magnitude < 0x1p11 {
        add(gradient, range, to: fine, exponent: Self.fineExponent, stripe: stripe)
      } else if magnitude < 0x1p41 {
        isCoarse = true
        add(gradient, range, to: coarseSums(), exponent: Self.coarseExponent, stripe: stripe)
      } else {
        isLost = true
      }
    }
    guard isCoarse || isLost else { return }
    lock.withLock {
      if isCoarse { fine[count] += 1 }
      if isLost { fine[count + 1] += 1 }
    }
  }

  /// Counts a gradient that was not computed as lost, so that no rank makes the step.
  func addLost() { lock.withLock { fine[count + 1] += 1 } }

  private func add(
    _ gradient: UnsafePointer<Float>, _ range: Range<Int>,
    to sums: UnsafeMutableBufferPointer<Int64>, exponent: Int32, stripe: Int
  ) {
    guard let start = sums.baseAddress else { return }
    let outcome = stripeLocks[stripe].withLock {
      halompi_accumulate_fixed(
        gradient + range.lowerBound, start + range.lowerBound, range.count, exponent,
        HALOMPI_FASTEST)
    }
    precondition(outcome == HALOMPI_ACCUMULATED, "a gradient's magnitude was measured wrongly")
  }

  /// The coarse sums [count]; zeros if there are none yet.
  func coarseSums() -> UnsafeMutableBufferPointer<Int64> {
    lock.withLock {
      if let coarse { return coarse }
      let sums = UnsafeMutableBufferPointer<Int64>.allocate(capacity: count)
      sums.initialize(repeating: 0)
      coarse = sums
      return sums
    }
  }

  /// The sums with their two counts, to be added over the ranks as one message.
  var message: UnsafeMutableBufferPointer<Int64> { fine }

  /// The number of gradients that have a part in the coarse sums; of all ranks, after theirs were added.
  var coarseCount: Int { Int(fine[count]) }

  /// The number of gradients that were not finite, or not computed; of all ranks, after theirs were added.
  ///
  /// With one of them the sums are void.
  var lostCount: Int { Int(fine[count + 1]) }

  /// Adds the counts of the gradients of another rank.
  func add(coarseCount: Int, lostCount: Int) {
    fine[count] += Int64(coarseCount)
    fine[count + 1] += Int64(lostCount)
  }

  /// After the message was added over the ranks: the coarse sums, to be added over them too; `nil` if no rank
  /// has any.
  var coarseMessage: UnsafeMutableBufferPointer<Int64>? { coarseCount > 0 ? coarseSums() : nil }

  /// Writes the mean over `sampleCount` samples of a range of the values, by default [count]: one rounding to single
  /// precision.
  func writeMean(
    of sampleCount: Int, _ range: Range<Int>? = nil, to mean: UnsafeMutablePointer<Float>
  ) {
    let range = range ?? 0..<count
    let sums = fine.baseAddress.map { $0 + range.lowerBound }
    let fineScale = 0x1p-40 / Double(sampleCount)
    halompi_fixed_to_float(sums, mean, range.count, fineScale, HALOMPI_FASTEST)
    guard coarseCount > 0, let coarse else { return }
    let coarseScale = 0x1p-10 / Double(sampleCount)
    for (place, i) in range.enumerated() {
      mean[place] = Float(Double(fine[i]) * fineScale + Double(coarse[i]) * coarseScale)
    }
  }
}
