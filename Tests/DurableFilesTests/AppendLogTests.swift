import DurableFiles
import Foundation
import TestSupport
import Testing

struct AppendLogTests {
  @Test func aResumedLogIsAsThoughNothingHadHappened() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("metrics.jsonl")
    var log = try AppendLog.open(path)
    try log.append("{\"step\": 1}")
    let checkpoint = log.length
    #expect(checkpoint == 12)
    try log.append("{\"step\": 2, \"note\": \"lost\"}")
    try log.close()

    var resumed = try AppendLog.open(path, length: checkpoint)
    #expect(resumed.length == 12)
    try resumed.append("{\"step\": 2}")
    try resumed.sync()
    #expect(try DurableFile.read(path) == Data("{\"step\": 1}\n{\"step\": 2}\n".utf8))
    try resumed.close()
  }

  @Test func openingWithoutALengthStartsOver() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a")
    try Data("old".utf8).write(to: URL(filePath: path))
    try AppendLog.open(path).close()
    #expect(try DurableFile.read(path) == Data())
  }

  @Test func aLogShorterThanItWasIsRefusedAndLeftAlone() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a")
    try Data("short\n".utf8).write(to: URL(filePath: path))
    let failure = #expect(throws: FileError.self) { _ = try AppendLog.open(path, length: 7) }
    #expect(failure?.cause == .tooShort(length: 6, expected: 7))
    #expect(
      failure?.description.hasPrefix("resuming \(path) failed: it has 6 bytes of at least 7")
        == true)
    #expect(try DurableFile.read(path) == Data("short\n".utf8))
  }

  @Test func aMissingLogIsNotResumed() throws {
    let scratch = try ScratchFolder()
    let failure = #expect(throws: FileError.self) {
      _ = try AppendLog.open(scratch.path("a"), length: 1)
    }
    #expect(failure?.isMissing == true)
    #expect(try scratch.names() == [])
  }
}
