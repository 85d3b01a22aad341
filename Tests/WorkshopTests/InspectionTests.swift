import DurableFiles
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Failures
@testable import Runs
@testable import Workshop

/// Writes a small file with numbers of every kind, in three parts for the checksum.
private func writeFile(_ name: String, checksumOf kept: [Float]) throws -> String {
  let path = try temporaryDirectory("inspect-\(UUID())") + "/\(name)"
  let file = try HDF5File.create(path)
  try file.setAttribute("format", to: "halompi-example")
  try file.setAttribute("seed", to: UInt64.max)
  try file.setAttribute("box", to: 25.5)
  try file.setAttribute("counts", to: [Int32](0..<10))
  let values = (0..<(200 * 3)).map(Float.init)
  let density = try file.createDataset(
    "fields/density", extents: [200, 3], of: Float.self, chunk: [64, 3])
  try density.write(values)
  try file.setAttribute("unit", to: "mean density", of: "fields/density")
  try file.setAttribute("description", to: "SPH density", of: "fields/density")
  let checksum = kept.withUnsafeBytes { Checksum(of: Data($0)) }
  try file.setAttribute("checksum", to: checksum.description, of: "fields/density")
  let halo = try file.createDataset("halo", extents: [2], of: Int64.self)
  try halo.write([Int64(-1), 7])
  try file.close()
  return path
}

@Test func namesAndTextsOfAFileCannotSteerATerminal() throws {
  let path = try temporaryDirectory("inspect-\(UUID())") + "/a.h5"
  let file = try HDF5File.create(path)
  let name = "x\u{1B}]0;owned\u{7}\n\u{202E}y"
  let dataset = try file.createDataset(name, extents: [1], of: Float.self)
  try dataset.write([Float(1)])
  try file.setAttribute("unit", to: "\u{1B}[2J", of: name)
  try file.setAttribute("checksum", to: "\u{9B}1m", of: name)
  try file.setAttribute(name, to: "\u{1B}[31m")
  try file.close()
  let tree = try FileTree(of: path, verifying: true)
  #expect(tree.failures == ["/\(name)"])
  for text in [tree.description, try #require(InspectionError(tree)).description] {
    #expect(!text.unicodeScalars.contains { ($0.value < 0x20 || $0.value == 0x9b) && $0 != "\n" })
    #expect(!text.unicodeScalars.contains("\u{202E}"))
    #expect(text.contains("x\\u{1b}]0;owned\\u{7}\\u{a}\\u{202e}y"))
  }
  // The heading, the attribute and the dataset.
  #expect(tree.description.split(separator: "\n").count == 3)
}

@Test func anIntactFileIsPrintedAsATree() throws {
  let path = try writeFile("a.h5", checksumOf: (0..<600).map(Float.init))
  let tree = try FileTree(of: path, verifying: true)
  #expect(tree.failures.isEmpty)
  #expect(InspectionError(tree) == nil)
  let lines = tree.description.split(separator: "\n").dropFirst().map(String.init)
  #expect(
    lines == [
      "├─ box = 25.5",
      "├─ counts = [0, 1, 2, 3, 4, 5, 6, 7, … 10 numbers]",
      "├─ format = halompi-example",
      "├─ seed = 18446744073709551615",
      "├─ fields/",
      "│  └─ density: Float [200, 3] [mean density] SPH density (checksum verified)",
      "└─ halo: Int64 [2]",
    ])
}

@Test func aDatasetThatDiffersFromItsChecksumIsNamed() throws {
  var changed = (0..<600).map(Float.init)
  changed[599] += 1
  let tree = try FileTree(of: writeFile("a.h5", checksumOf: changed), verifying: true)
  #expect(tree.failures == ["/fields/density"])
  #expect(tree.description.contains("DAMAGED"))
  let error = try #require(InspectionError(tree))
  #expect(error.exitCode == .badData)
  #expect(error.description.contains("/fields/density differs from what was written"))
}

/// Models and checkpoints hold their settings as a text with a checksum beside it.
@Test(arguments: [true, false])
func aTextIsComparedWithTheChecksumBesideIt(isIntact: Bool) throws {
  let path = try temporaryDirectory("inspect-\(UUID())") + "/model.h5"
  let file = try HDF5File.create(path)
  try file.setAttribute("header", to: isIntact ? "{\"seed\":1}" : "{\"seed\":2}")
  let written = Checksum(of: Data("{\"seed\":1}".utf8)).description
  try file.setAttribute("headerChecksum", to: written)
  try file.close()
  let tree = try FileTree(of: path, verifying: true)
  let lines = tree.description.split(separator: "\n").dropFirst()
  #expect(lines.count == 1)
  if isIntact {
    #expect(lines.first == "└─ header = {\"seed\":1} (checksum verified)")
    #expect(tree.failures.isEmpty)
  } else {
    #expect(lines.first?.contains("DAMAGED") == true)
    #expect(tree.failures == ["/@header"])
    #expect(InspectionError(tree)?.exitCode == .badData)
  }
}

@Test func anUnverifiedTreeShowsTheChecksumThatWasWritten() throws {
  let tree = try FileTree(of: writeFile("a.h5", checksumOf: []), verifying: false)
  #expect(tree.failures.isEmpty)
  // The checksum of no bytes is zero.
  #expect(tree.description.contains("checksum = 0000000000000000"))
}

@Test func filesThatAreMissingOrNotHDF5EndWithTheirExitCodes() throws {
  let missing = #expect(throws: HDF5Error.self) {
    try FileTree(of: "/nowhere/a.h5", verifying: true)
  }
  #expect(missing?.exitCode == .missingInput)
  let path = try temporaryDirectory("inspect-\(UUID())") + "/text.h5"
  try "not HDF5".write(toFile: path, atomically: true, encoding: .utf8)
  let text = #expect(throws: HDF5Error.self) { try FileTree(of: path, verifying: true) }
  #expect(text?.exitCode == .badData)
}

@Test(arguments: [
  (0, "0 bytes"), (999, "999 bytes"), (1500, "1.5 kB"), (999_999, "1.0 MB"),
  (18_500_000_000, "18.5 GB"),
])
func sizesAreWrittenInDecimalUnits(bytes: Int, text: String) {
  let tree = FileTree(path: "a.h5", byteCount: bytes, root: .init(name: "/", kind: .group))
  #expect(tree.description == "a.h5, \(text)\n")
}
