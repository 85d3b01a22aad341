import Foundation
import TestSupport
import Testing

/// Headers of the kernels depend on nothing that is included before them.
@Suite(.serialized) struct KernelHeaderTests {
  private static let folder = Repository.root.appending(path: "Sources/ground/CKernels")

  /// Returns what the compiler says of a file that includes a header alone; empty if nothing.
  private func complaints(of header: String, _ options: [String] = []) throws -> String {
    let process = try childProcess()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["clang", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"] + options
      + ["-I", "include", "-I", ".", "-include", header, "-x", "c", "/dev/null"]
    process.currentDirectoryURL = Self.folder
    process.standardInput = FileHandle.nullDevice
    let output = Pipe()
    process.standardError = output
    try process.run()
    let said = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return String(decoding: said, as: UTF8.self)
  }

  static let headers: [String] = {
    let root = "Sources/ground/CKernels/"
    return ((try? Repository.paths(in: ["Sources/ground/CKernels"])) ?? [])
      .filter { $0.hasSuffix(".h") }.map { String($0.dropFirst(root.count)) }
  }()

  @Test func headersAreFound() {
    #expect(Self.headers.contains("include/network.h"))
    #expect(Self.headers.contains("network/passes.h"))
  }

  @Test(arguments: headers) func everyHeaderCompilesAlone(header: String) throws {
    let name = header.replacing("include/", with: "")
    #expect(try complaints(of: name) == "")
    #if arch(x86_64)
    #expect(try complaints(of: name, ["-DHALOMPI_FOR_AVX512"]) == "")
    #endif
  }

  @Test func aHeaderThatLacksAnIncludeIsFound() throws {
    let scratch = try ScratchFolder()
    let header = scratch.path("lacking.h")
    try "size_t count(void);\n".write(toFile: header, atomically: true, encoding: .utf8)
    #expect(try complaints(of: header).contains("size_t"))
  }
}
