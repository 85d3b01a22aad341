/// The shift and the scale that bring a field to mean 0 and standard deviation 1.
///
/// The standardized value of `x` is `(x - Float(mean)) * Float(1 / standardDeviation)`: one rounded
/// subtraction and one rounded multiplication in single precision, never fused, so that its bits
/// are the same on every processor. The reciprocal is taken in double precision.
package struct Standardization: Codable, Hashable, Sendable {
  /// The mean of the field, in its own unit.
  package let mean: Double

  /// The standard deviation of the field (divided by the count), in its own unit.
  package let standardDeviation: Double

  /// The standardization that leaves every value as it is.
  package static let none = Standardization(mean: 0, standardDeviation: 1)

  /// Makes the standardization of a field with this mean and standard deviation.
  ///
  /// - Parameters:
  ///   - mean: Finite.
  ///   - standardDeviation: Finite and positive.
  package init(mean: Double, standardDeviation: Double) {
    precondition(mean.isFinite, "the mean of a field is finite, not \(mean)")
    precondition(
      standardDeviation.isFinite && standardDeviation > 0,
      "the standard deviation of a field is positive, not \(standardDeviation)")
    self.mean = mean
    self.standardDeviation = standardDeviation
  }

  /// The number that is subtracted from a value: the mean in single precision.
  package var shift: Float { Float(mean) }

  /// The factor of the difference: 1 / standard deviation, in single precision.
  package var scale: Float { Float(1 / standardDeviation) }

  /// The standardized value of `x`.
  package func callAsFunction(_ x: Float) -> Float { (x - shift) * scale }
}
