import Foundation
import TestSupport
import Testing

@testable import Runs

/// The record of what a result was made of, and the marks of files in it.
struct ResultRecordTests {
  private static func write(_ text: String, to url: URL) throws {
    try Data(text.utf8).write(to: url)
  }

  @Test func aMarkFollowsTheBytesAndNotTheTime() throws {
    let scratch = try ScratchFolder()
    let url = scratch.url.appending(path: "a.txt")
    let file = MarkedFile("a", url.path)
    #expect(file.mark().checksum == nil)
    try Self.write("one", to: url)
    let first = file.mark()
    #expect(first.checksum != nil && first.byteCount == 3)
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1e9)], ofItemAtPath: url.path)
    let touched = file.mark(knowing: first)
    #expect(touched.modified != first.modified && touched.checksum == first.checksum)
    try Self.write("two", to: url)
    #expect(file.mark(knowing: touched).checksum != first.checksum)
  }

  @Test func whereNothingChangedNoDataAreRead() throws {
    let scratch = try ScratchFolder()
    let url = scratch.url.appending(path: "a.txt")
    try Self.write("one", to: url)
    let mark = MarkedFile("a", url.path).mark()
    let known = FileMark(
      name: "a", byteCount: mark.byteCount, modified: mark.modified, checksum: "as on record")
    #expect(MarkedFile("a", url.path).mark(knowing: known).checksum == "as on record")
  }

  @Test func aFieldFileThatIsNoneIsUnreadable() throws {
    let scratch = try ScratchFolder()
    let url = scratch.url.appending(path: "a.h5")
    try Self.write("no field", to: url)
    #expect(MarkedFile("a", url.path, .verifiedField).mark().checksum == "unreadable")
  }

  @Test func aRecordIsReadBackAndADamagedOneIsNone() throws {
    let scratch = try ScratchFolder()
    let (input, output) = (
      scratch.url.appending(path: "in.txt"), scratch.url.appending(path: "out.txt")
    )
    try Self.write("in", to: input)
    let files = ResultFiles(
      recordFile: scratch.url.appending(path: "new/made-of.json").path, settings: ["a = 1"],
      inputs: [MarkedFile("in", input.path)], outputs: [MarkedFile("out", output.path)])
    #expect(files.record == nil)
    let marks = files.inputMarks()
    // What changes while the stage works is not what it was made of.
    try Self.write("other", to: input)
    try Self.write("out", to: output)
    try files.writeRecord(of: marks)
    let record = try #require(files.record)
    #expect(record.inputs == marks && record.settings == ["a = 1"])
    let present = try files.present(knowing: record)
    #expect(present.outputs == record.outputs && present.inputs != record.inputs)
    #expect(present.program == record.program)
    try Self.write("{}", to: URL(filePath: files.recordFile))
    #expect(files.record == nil)
  }
}
