import Foundation
import Testing

/// The kernels on another architecture than this machine's: scripts/checks/architectures.
struct KernelArchitectureTests {
  private static let hasTools =
    ["/usr/bin/qemu-aarch64", "/usr/aarch64-linux-gnu/lib/libc.a"].allSatisfy {
      FileManager.default.fileExists(atPath: $0)
    }

  /// Runs the check, with options for the compiler of aarch64, and returns its code and what it printed.
  private func check(_ options: [String]) throws -> (code: Int32, text: String) {
    try Repository.run("checks/architectures/check", options)
  }

  @Test(.enabled(if: hasTools, "needs qemu-aarch64 and a C library of aarch64"))
  func networkOptimizerAndSumsHaveTheSameBitsOnAarch64() throws {
    let (code, text) = try check([])
    #expect(code == 0, "\(text)")
    #expect(text.contains("aarch64") && text.contains("15 results"), "\(text)")
  }

  @Test(.enabled(if: hasTools, "needs qemu-aarch64 and a C library of aarch64"))
  func aCompilerThatMayReorderIsFound() throws {
    let (code, text) = try check(["-ffast-math"])
    #expect(code == 1 && text.contains("results differ"), "\(text)")
  }
}
