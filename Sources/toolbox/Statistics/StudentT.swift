internal import Foundation

/// Student's t distribution, for the mean of a few differences.
package enum StudentT {
  /// Returns the probability that |t| is at most `t`, with whole degrees of freedom.
  ///
  /// Abramowitz & Stegun 1972, equations 26.7.3 and 26.7.4.
  static func centralProbability(_ t: Double, freedom: Int) -> Double {
    precondition(freedom >= 1, "Student's t needs one degree of freedom")
    let theta = atan(t / Double(freedom).squareRoot())
    let (sine, cosine) = (sin(theta), cos(theta))
    let isOdd = freedom % 2 == 1
    var term = isOdd ? cosine : 1
    var sum = freedom == 1 ? 0 : term
    var order = isOdd ? 3 : 2
    while order <= freedom - 2 {
      term *= cosine * cosine * Double(order - 1) / Double(order)
      sum += term
      order += 2
    }
    return isOdd ? 2 / Double.pi * (theta + sine * sum) : sine * sum
  }

  /// Returns the t within which the central `probability` lies.
  package static func centralQuantile(_ probability: Double, freedom: Int) -> Double {
    precondition((0..<1).contains(probability), "a probability is from 0 to below 1")
    var (low, high) = (0.0, 1.0)
    while centralProbability(high, freedom: freedom) < probability { high *= 2 }
    for _ in 0..<100 {
      let middle = (low + high) / 2
      if centralProbability(middle, freedom: freedom) < probability {
        low = middle
      } else {
        high = middle
      }
    }
    return (low + high) / 2
  }
}
