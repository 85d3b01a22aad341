import Foundation
import TestSupport
import Testing

/// Headers of the kernels depend on nothing that is included before them.
struct KernelHeaderTests {
  private static let folder = Repository.root.appending(path: "Sources/ground/CKernels")

  /// Returns what the compiler says of a text in C; empty if nothing.
  private func complaints(of text: String, _ options: [String] = []) throws -> String {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      ["clang", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-Wno-unused-function"] + options
      + ["-I", "include", "-I", ".", "-x", "c", "-"]
    process.currentDirectoryURL = Self.folder
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardError = output
    try startMPI()
    try process.run()
    try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
    try input.fileHandleForWriting.close()
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
    #expect(try complaints(of: "#include \"\(name)\"\n") == "")
    #if arch(x86_64)
    #expect(try complaints(of: "#include \"\(name)\"\n", ["-DHALOMPI_FOR_AVX512"]) == "")
    #endif
  }

  @Test func aHeaderThatLacksAnIncludeIsFound() throws {
    #expect(try complaints(of: "size_t count(void);\n").contains("size_t"))
  }
}
