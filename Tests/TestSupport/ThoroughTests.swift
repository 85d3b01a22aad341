import Foundation

/// Whether the code is optimized or `HALOMPI_ALL_TESTS` is set: without optimization the densities of a
/// real simulation take minutes.
package let isThorough: Bool = {
  var isDebug = false
  assert(
    {
      isDebug = true
      return true
    }())
  return !isDebug || ProcessInfo.processInfo.environment["HALOMPI_ALL_TESTS"] != nil
}()
