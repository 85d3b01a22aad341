import Failures
import Foundation
import TestSupport
import Testing

@testable import DurableFiles

struct DurableFileTests {
  @Test func whatAKilledProcessHadBegunIsRemoved() throws {
    let scratch = try ScratchFolder()
    for folder in ["a/b", "a/b/c"] { try DurableFile.createDirectory(scratch.path(folder)) }
    let kept = ["a/model.h5", "a/notes.partial", "a/b/c/d.h5.partial"]
    let gone = ["model.h5.partial", "a/final.hdf5.partial", "a/b/step-1.h5.partial"]
    for name in kept + gone { try Data("x".utf8).write(to: URL(filePath: scratch.path(name))) }
    // A link leads to files of others.
    try FileManager.default.createSymbolicLink(
      atPath: scratch.path("link"), withDestinationPath: scratch.path("a/b/c"))
    DurableFile.removeTemporaries(below: scratch.path(""))
    let manager = FileManager.default
    for name in kept { #expect(manager.fileExists(atPath: scratch.path(name)), "\(name)") }
    for name in gone { #expect(!manager.fileExists(atPath: scratch.path(name)), "\(name)") }
    DurableFile.removeTemporaries(below: scratch.path("missing"))
  }

  @Test func writingReplacesTheFileAndLeavesNothingBeside() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.json")
    try DurableFile.write(Data("first, and longer".utf8), to: path)
    try Data("stale".utf8).write(to: URL(filePath: DurableFile.temporary(for: path)))
    try DurableFile.write(Data("second".utf8), to: path)
    #expect(try DurableFile.read(path) == Data("second".utf8))
    #expect(try scratch.names() == ["a.json"])
  }

  @Test func anEmptyFileCanBeWritten() throws {
    let scratch = try ScratchFolder()
    try DurableFile.write(Data(), to: scratch.path("a"))
    #expect(try DurableFile.read(scratch.path("a")) == Data())
  }

  @Test func committingGivesAFileItsName() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    try Data("new".utf8).write(to: URL(filePath: DurableFile.temporary(for: path)))
    try DurableFile.commit(DurableFile.temporary(for: path), as: path)
    #expect(try DurableFile.read(path) == Data("new".utf8))
    #expect(try scratch.names() == ["a.h5"])
  }

  /// A folder in the way is the only failure of the last step that also the superuser meets.
  @Test func aFailureLeavesWhatWasThereAndNothingBeside() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a")
    try DurableFile.createDirectory(path)
    let failure = #expect(throws: FileError.self) {
      try DurableFile.write(Data("new".utf8), to: path)
    }
    #expect(failure?.cause == .system(EISDIR))
    #expect(failure?.description.hasPrefix("replacing \(path) failed: Is a directory. ") == true)
    #expect(try scratch.names() == ["a"])
  }

  /// Nobody writes to the pipe, and the device has no end.
  @Test func whatIsNoFileIsNeitherWaitedForNorRead() throws {
    let scratch = try ScratchFolder()
    let pipe = scratch.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    for path in [pipe, "/dev/zero"] {
      let failure = #expect(throws: FileError.self) { try DurableFile.read(path) }
      #expect(failure?.cause == .notAFile && failure?.exitCode == .badData)
    }
    let failure = #expect(throws: FileError.self) { try DurableFile.read(scratch.path(".")) }
    #expect(failure?.cause == .system(EISDIR))
  }

  @Test func roomThatIsTakenIsZeroAndLeavesWhatWasWritten() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a")
    try DurableFile.write(Data("old".utf8), to: path)
    #expect(try DurableFile.extend(path, by: 2) == 5)
    #expect(try DurableFile.read(path) == Data("old\0\0".utf8))
    // It has another length.
    try DurableFile.shorten(path, by: 2, ifOf: 6)
    #expect(try DurableFile.read(path) == Data("old\0\0".utf8))
    try DurableFile.shorten(path, by: 2, ifOf: 5)
    #expect(try DurableFile.read(path) == Data("old".utf8))
    var status = stat()
    try DurableFile.extend(path, by: 1 << 20)
    #expect(stat(path, &status) == 0 && status.st_blocks * 512 >= 1 << 20)
    let failure = #expect(throws: FileError.self) {
      try DurableFile.extend(scratch.path("b"), by: 5)
    }
    #expect(failure?.isMissing == true)
  }

  /// In a process of its own, whose files may have 4 KiB each.
  @Test func aFileThatCannotGrowLeavesTheOneBefore() async {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchFolder()
      let path = scratch.path("a")
      try DurableFile.write(Data("old".utf8), to: path)
      var log = try AppendLog.open(scratch.path("log"))
      try log.append("old")
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 4_096, rlim_max: 4_096)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)

      let failure = #expect(throws: FileError.self) {
        try DurableFile.write(Data(count: 10_000), to: path)
      }
      #expect(failure?.cause == .system(EFBIG))
      #expect(throws: FileError.self) { try log.append(String(repeating: "new", count: 2_000)) }
      let refusal = #expect(throws: FileError.self) { try DurableFile.extend(path, by: 10_000) }
      #expect(refusal?.cause == .system(EFBIG))
      let words = refusal?.description ?? ""
      #expect(words.hasPrefix("reserving 10000 bytes on the file system at /"), "\(words)")
      #expect(words.contains(" for \(path) failed: File too large. "), "\(words)")
      #expect(try DurableFile.read(path) == Data("old".utf8))
      #expect(try DurableFile.read(scratch.path("log")) == Data("old\n".utf8))
      #expect(try scratch.names() == ["a", "log"])
    }
  }

  @Test func aFullDiskIsSaidWithTheRemedy() throws {
    let device = try Descriptor.open("/dev/full", O_WRONLY, for: "opening")
    let failure = #expect(throws: FileError.self) {
      try [UInt8](repeating: 0, count: 10).withUnsafeBytes { try device.write($0) }
    }
    #expect(
      failure?.description == """
        writing /dev/full failed: No space left on device. Free space or choose another directory; \
        nothing was lost
        """)
  }

  @Test func aMissingFileOrFolderIsKnownAsMissing() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("missing/a")
    for operation in [
      { _ = try DurableFile.read(path) }, { try DurableFile.write(Data(), to: path) },
      { _ = try Checksum.ofFile(path) }, { _ = try AppendLog.open(path) },
    ] {
      let failure = #expect(throws: FileError.self) { try operation() }
      #expect(failure?.isMissing == true)
      #expect(failure?.description.contains(path) == true)
      #expect(failure?.description.hasSuffix("No such file or directory. Check the path") == true)
    }
  }

  @Test func foldersAreMadeWithTheirParentsAndKeptIfThere() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a/b/c")
    try DurableFile.createDirectory(path)
    try DurableFile.createDirectory(path)
    try DurableFile.createDirectory(path + "/d/")
    try DurableFile.write(Data(), to: path + "/d/file")
    let failure = #expect(throws: FileError.self) {
      try DurableFile.createDirectory(path + "/d/file/e")
    }
    #expect(failure?.cause == .system(ENOTDIR))
  }
}
