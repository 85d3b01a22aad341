internal import Foundation

extension Double {
  /// The real cube root.
  func cubeRoot() -> Double { cbrt(self) }
}
