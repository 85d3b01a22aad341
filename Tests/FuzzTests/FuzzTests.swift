import Foundation
import TestSupport
import Testing

@testable import Fuzz

/// The fuzzer finds what it looks for, and draws the same changes from the same seed.
///
/// The largest memory of a process is never below that of the one which started it, and limits of time are those of a
/// machine that does nothing else: `scripts/fuzz` starts these tests in a process of their own.
@Suite(
  .serialized,
  .enabled(
    if: ProcessInfo.processInfo.environment["HALOMPI_TEST_FUZZ"] != nil,
    "scripts/fuzz all starts them"))
struct FuzzTests {
  /// Programs that do what none may, and what is said of them.
  @Test(arguments: [
    ("kill -SEGV $$", "signal 11"),
    ("kill -ILL $$", "signal 4"),
    ("echo 'halompi: it failed.' >&2; exit 70", "exit code 70"),
    ("exit 65", "0 sentences for exit code 65"),
    ("echo 'halompi: a.' >&2; echo 'halompi: b.' >&2; exit 65", "2 sentences for exit code 65"),
    ("echo 'halompi: a' >&2; echo 'and b.' >&2; exit 65", "a sentence of several lines"),
    ("echo 'halompi: no end' >&2; exit 65", "no full stop"),
    ("echo HDF5-DIAG >&2; echo 'halompi: a.' >&2; exit 65", "the stack of a library"),
    ("printf '\\033[31m' >&2", "signs that steer a terminal on the standard error output"),
    ("while :; do :; done", "signal 24"),
  ])
  func aFaultIsFound(script: String, fault: String) throws {
    // As in a thread of Swift's pool, which holds signals back.
    var blocked = sigset_t()
    var before = sigset_t()
    sigemptyset(&blocked)
    sigaddset(&blocked, SIGXCPU)
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try withScratchFolder { folder in
      let trial = try Trial(of: ["/bin/sh", "-c", script], in: folder, temporary: folder)
      #expect(trial.fault() == fault)
    }
  }

  @Test func commandsThatMayTakeLongHaveAllTimeUntilTheyAreEnded() throws {
    // After six seconds it would be ended.
    let script = """
      while :; do
        i=0; while [ $i -lt 50000 ]; do i=$((i + 1)); done
        set -- $(cat /proc/$$/stat); [ ${14} -lt 530 ] || exit 0
      done
      """
    try withScratchFolder { folder in
      let trial = try Trial(of: ["/bin/sh", "-c", script], in: folder, temporary: folder)
      #expect(trial.code == 0)
      #expect(trial.fault(mayTakeLong: true) == nil)
      #expect(trial.fault()?.hasSuffix("s of the processor") == true)
    }
  }

  @Test(arguments: [
    "exit 0", "echo news >&2", "echo news >&2; echo 'halompi: a, because b. Do c.' >&2; exit 74",
    "echo 'Error: no such option.' >&2; echo 'Usage: halompi' >&2; exit 64",
  ])
  func whatIsRightIsNoFault(script: String) throws {
    try withScratchFolder { folder in
      let trial = try Trial(of: ["/bin/sh", "-c", script], in: folder, temporary: folder)
      #expect(trial.fault() == nil)
    }
  }

  @Test func aSeedGivesTheSameChangesAndAnotherOneOthers() {
    let text = Data("name: a\nsampling:\n  boxWidth: 5\n  seed: 3\n".utf8)
    let changed = (0..<50).map { mutatedText(text, seed: $0) }
    #expect(changed == (0..<50).map { mutatedText(text, seed: $0) })
    #expect(Set(changed).count > 40)
    #expect(changed.count { $0 == text } < 10)
  }

  @Test func theHeaderOfSafeTensorsIsAsLongAsItsNewLengthSays() throws {
    let header = Data(#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#.utf8)
    let file = Data([UInt8(header.count), 0, 0, 0, 0, 0, 0, 0]) + header + Data([1, 2, 3, 4])
    for seed in 0..<50 {
      let changed = mutatedSafeTensors(file, seed: UInt64(seed))
      let length = changed.prefix(8).reversed().reduce(0) { $0 << 8 | Int($1) }
      #expect(changed.count == 8 + length + 4 && changed.suffix(4) == Data([1, 2, 3, 4]))
    }
  }

  /// Structure is what stands before the data of a binary file, its length, and what is no number or word.
  @Test func dataAreToldFromStructure() throws {
    let binary = FuzzTarget.Victim(file: "", format: .binary, header: 4)
    let text = FuzzTarget.Victim(file: "", format: .text)
    let cases: [(FuzzTarget.Victim, String, String, ChangedContent)] = [
      (binary, "headdata", "HEADdata", .sameData), (binary, "headdata", "headdat", .sameData),
      (binary, "headdata", "headdatb", .otherData),
      (text, "#a b\n1 2\n", "1\t2\r\n\n# c\n", .sameData), (text, "1,2\n", "1,3\n", .otherData),
      (text, "1,2\n3,4\n", "1,2\n", .otherData),
    ]
    try withScratchFolder { folder in
      for (victim, original, changed, content) in cases {
        let paths = [original, changed].enumerated().map { "\(folder)/\($0.offset)" }
        try original.write(toFile: paths[0], atomically: true, encoding: .utf8)
        try changed.write(toFile: paths[1], atomically: true, encoding: .utf8)
        #expect(
          try victim.content(of: paths[1], besides: paths[0], by: "", in: folder) == content,
          "\(changed)")
      }
    }
  }

  /// Rounds beside each other copy the folder of the intact file while one compares it.
  @Test func comparingNumbersLeavesTheirFoldersAlone() throws {
    let victim = FuzzTarget.Victim(file: "", format: .hdf5)
    try withScratchFolder { folder in
      for name in ["intact", "changed", "work/own"] {
        try FileManager.default.createDirectory(
          atPath: "\(folder)/\(name)", withIntermediateDirectories: true)
      }
      let files = ["changed", "intact"].map { "\(folder)/\($0)/file" }
      for file in files { try Data([0x89, 0x48, 0x44, 0x46]).write(to: URL(filePath: file)) }
      let program = "\(folder)/program"
      let script = """
        #!/bin/sh
        [ "$(cd "${2%/*}/.." && echo * ./changed/* ./intact/*)" = \
          "changed intact program work ./changed/file ./intact/file" ] && echo 1 >"$3"
        """
      try script.write(toFile: program, atomically: false, encoding: .utf8)
      chmod(program, 0o700)
      #expect(
        try victim.content(of: files[0], besides: files[1], by: program, in: "\(folder)/work/own")
          == .sameData)
    }
  }

  /// A change of a number of a dataset is one of data, that of an attribute is not.
  @Test func numbersOfHDF5AreItsData() throws {
    try withScratchFolder { folder in
      var content = try HDF5Content(of: ReferenceUniverse.path("gadget4/ics.hdf5"))
      func numbers() throws -> FileNumbers {
        try content.write(to: "\(folder)/file")
        return try FileNumbers(of: "\(folder)/file")
      }
      let before = try numbers()
      content.objects[1].attributes.removeAll()
      #expect(try numbers() == before)
      let index = try #require(content.objects.firstIndex { $0.extents != nil })
      let count = content.objects[index].values.numbers.count
      content.objects[index].values = .double([Double](repeating: 1, count: count))
      #expect(try numbers() != before)
    }
  }

  /// Bytes of IDs in lists and of a mass, and of a field that the program does not read.
  @Test(arguments: [(7160, true), (7416, true), (2410, true), (2436, false)])
  func listsAndRecordsAreData(byte: Int, isOther: Bool) throws {
    let original = ReferenceUniverse.path("catalogues/hbt/SubSnap_002.1.hdf5")
    try withScratchFolder { folder in
      var bytes = try Data(contentsOf: URL(filePath: original))
      bytes[byte] ^= 0x20
      try bytes.write(to: URL(filePath: "\(folder)/file"))
      #expect(try (FileNumbers(of: "\(folder)/file") != FileNumbers(of: original)) == isOther)
    }
  }

  @Test(arguments: [
    ("10", Campaign.Length.seconds(10)), ("0.5", .seconds(0.5)), ("1000x", .rounds(1000)),
    ("x", nil), ("ten", nil),
  ])
  func aCampaignLastsSecondsOrRounds(word: String, length: Campaign.Length?) {
    #expect(Main.length(word) == length)
  }

  @Test func targetsHaveNamesOfTheirOwnAndVictimsAmongTheirFiles() {
    #expect(Set(FuzzTarget.all.map(\.name)).count == FuzzTarget.all.count)
    for target in FuzzTarget.all {
      for victim in target.victims {
        #expect(target.files.contains { victim.file == $0 || victim.file.hasPrefix($0 + "/") })
      }
    }
  }
}
