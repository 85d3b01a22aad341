import Dispatch
import Foundation
import Synchronization
import TestSupport
import Testing

@testable import HDF5

/// Files as other programs write them, and threads.
struct ForeignFileTests {
  /// Made by the C program of the same name beside it.
  private let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../References/hdf5/texts.h5").standardized.path

  @Test(arguments: [
    ("nullTerminated", "Mpc/h"), ("nullPadded", "Mpc/h"), ("spacePadded", "Mpc/h"),
    ("filled", "Mpc/h"), ("blank", ""), ("variable", "Mpc/h"), ("variableInList", "Mpc/h"),
    ("variableEmpty", ""), ("nothing", ""),
  ])
  func aTextIsReadHoweverItIsStored(name: String, text: String) throws {
    #expect(try HDF5File.open(path).textAttribute(name) == text)
  }

  @Test func severalTextsAreNotOne() throws {
    let file = try HDF5File.open(path)
    let refusal = error { () throws(HDF5Error) in _ = try file.textAttribute("twoTexts") }
    #expect(refusal?.description.contains("holds 2 texts, not one") == true)
  }

  @Test func numbersOfTheOtherByteOrderAreConverted() throws {
    let file = try HDF5File.open(path)
    #expect(try file.attribute("bigEndian", as: Int32.self) == [-2, 300])
    #expect(try file.attribute("bigEndian", as: Float.self) == [-2, 300])
    #expect(throws: HDF5Error.self) { try file.attribute("bigEndian", as: UInt8.self) }
  }

  @Test func softLinksAreFollowedUnlessTheyLeadNowhere() throws {
    let file = try HDF5File.open(path)
    #expect(try file.exists("circle/circle"))
    #expect(try !file.exists("dangling"))
    #expect(
      try file.children() == [
        HDF5Link(name: "circle", kind: .group), HDF5Link(name: "dangling", kind: .other),
      ])
  }

  @Test func aFileThatAnotherProcessLocksIsReadAllTheSame() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    try HDF5File.create(path).close()
    let other = try FileHandle(forUpdating: URL(filePath: path))
    try #require(flock(other.fileDescriptor, LOCK_EX) == 0)
    #expect(try HDF5File.open(path).children() == [])
    try other.close()
  }

  /// In a process of its own, in whose environment locks are asked for.
  @Test func aLockedFileIsSaidToBeLockedWhereLocksAreAskedFor() async {
    await #expect(processExitsWith: .success) {
      setenv("HDF5_USE_FILE_LOCKING", "TRUE", 1)
      let scratch = try ScratchFolder()
      let path = scratch.path("a.h5")
      try HDF5File.create(path).close()
      let other = try FileHandle(forUpdating: URL(filePath: path))
      try #require(flock(other.fileDescriptor, LOCK_EX) == 0)
      let refusal = error { () throws(HDF5Error) in _ = try HDF5File.open(path) }
      #expect(refusal?.hint?.contains("HDF5_USE_FILE_LOCKING=FALSE") == true, "\(refusal as Any)")
    }
  }

  @Test func threadsReadAtTheSameTime() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let values = numbers(1_000)
    let file = try HDF5File.create(path)
    try file.createDataset("values", extents: [10, 100], of: Int64.self).write(values)
    try file.close()
    let failures = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 40) { iteration in
      let row = iteration % 10
      let slab = Hyperslab(offset: [row, 0], count: [1, 100])
      do throws(HDF5Error) {
        let read = try HDF5File.open(path).dataset("values").read(slab, as: Int64.self)
        guard read[...] != values[row * 100..<row * 100 + 100] else { return }
        failures.withLock { $0.append("row \(row) is wrong") }
      } catch {
        failures.withLock { $0.append("\(error)") }
      }
    }
    #expect(failures.withLock { $0 } == [])
  }

  /// The library keeps one error stack for all threads.
  @Test func everyThreadGetsItsOwnError() throws {
    let wrong = Mutex<[String]>([])
    DispatchQueue.concurrentPerform(iterations: 40) { iteration in
      let missing = error { () throws(HDF5Error) in
        _ = try HDF5File.open(path).dataset("x\(iteration)")
      }
      guard
        missing?.operation != "opening dataset \"x\(iteration)\" of \(path)"
          || missing?.stack.first?.routine != "H5Dopen2"
      else { return }
      wrong.withLock { $0.append("\(missing as Any)") }
    }
    #expect(wrong.withLock { $0 } == [])
  }
}
