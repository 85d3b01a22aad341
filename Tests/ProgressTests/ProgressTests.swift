import Foundation
import TestSupport
import Testing

@testable import Progress
@testable import Text

/// What a reporter writes, and the time it believes it is.
private final class Screen {
  var text = ""
  var now = 0.0

  func reporter(_ style: ProgressReporter.Style) -> ProgressReporter {
    ProgressReporter(style: style, clock: { self.now }, write: { self.text += $0 })
  }
}

@Test func aPhaseSaysCountsRateAndTheTimeLeft() {
  var phase = ProgressPhase("train", unit: "steps", total: 400, start: 100)
  phase.completed = 200
  // 100 steps in 50 s are 2 per second, so the remaining 200 take 100 s.
  #expect(phase.line(after: 50) == "train 50% 200 of 400 steps, 2.0 per second, 1 min 40 s left")
  phase.completed = 400
  phase.note = "loss 1.2"
  #expect(
    phase.line(after: 60)
      == "train 100% 400 of 400 steps, 5.0 per second, took 1 min 0 s (loss 1.2)")
}

@Test func aPhaseThatHasDoneNothingHasNoRate() {
  let phase = ProgressPhase("read", unit: "files", total: 8)
  #expect(phase.line(after: 3, barWidth: 4) == "read [....] 0% 0 of 8 files, 3 s so far")
  #expect(ProgressPhase("none", unit: "files", total: 0).fraction == 1)
}

@Test func aLogGetsALineAtTheEndsAndOnePerInterval() {
  let screen = Screen()
  let reporter = screen.reporter(.lines(every: 30))
  reporter.begin(ProgressPhase("density", unit: "particles", total: 100))
  for second in 1...100 {
    screen.now = Double(second)
    reporter.advance(to: second)
  }
  reporter.end()
  let lines = screen.text.split(separator: "\n")
  #expect(lines.count == 5)
  #expect(
    lines.dropFirst().first?.contains("30 of 100 particles, 1.0 per second, 1 min 10 s") == true)
  #expect(lines.last?.contains("100%") == true)
}

@Test(arguments: [ProgressReporter.Style.bar, .lines(every: 1)])
func namesInProgressCannotSteerATerminal(style: ProgressReporter.Style) {
  let screen = Screen()
  let reporter = screen.reporter(style)
  reporter.begin(ProgressPhase("density of \u{9b}2J", unit: "particles", total: 2))
  reporter.say("models: \u{1B}]0;x\u{7}\u{202E}")
  reporter.end()
  let own = screen.text.replacing("\r\u{1B}[K", with: "")
  #expect(own.unicodeScalars.allSatisfy { $0 == "\n" || (" "..."~").contains($0) })
  #expect(own.contains("\\u{1b}]0;x\\u{7}\\u{202e}") && own.contains("\\u{9b}2J"))
}

@Test func aTerminalGetsOneLineThatIsDrawnOverItself() {
  let screen = Screen()
  let reporter = screen.reporter(.bar)
  reporter.begin(ProgressPhase("read", unit: "files", total: 2))
  screen.now = 0.1
  reporter.advance(to: 1)
  screen.now = 1
  reporter.advance(to: 2)
  reporter.end()
  #expect(screen.text.filter { $0 == "\n" }.count == 1)
  #expect(screen.text.split(separator: "\r").count == 3)
  #expect(screen.text.contains("[########################] 100%"))
}

@Test func aSilentReporterWritesNothing() {
  let screen = Screen()
  let reporter = screen.reporter(.silent)
  reporter.begin(ProgressPhase("read", unit: "files", total: 2))
  reporter.say("hello")
  reporter.end()
  #expect(screen.text.isEmpty)
}

@Test func whoWantsNoProgressIsWarnedAllTheSame() {
  for (style, words) in [
    (ProgressReporter.Style.warnings, "a\\u{1b} is odd\n"), (.silent, ""),
  ] {
    let screen = Screen()
    let reporter = screen.reporter(style)
    reporter.begin(ProgressPhase("read", unit: "files", total: 2))
    reporter.say("hello")
    reporter.warn("a\u{1B} is odd")
    reporter.end()
    #expect(screen.text == words)
  }
}

@Test(arguments: [(0.4, "0 s"), (59, "59 s"), (61, "1 min 1 s"), (7620, "2 h 7 min")])
func durationsAreWrittenInTwoUnits(seconds: Double, text: String) {
  #expect(duration(seconds) == text)
}

@Test func aLostLogIsNotedWhereThereIsAFolder() throws {
  let scratch = try ScratchFolder()
  let folder = scratch.path
  #expect(!LostLog(in: folder + "/none").add("x"))
  #expect(LostLog(in: folder).add("one\u{1B}[2J"))
  #expect(LostLog(in: folder).add("two"))
  let lines = try String(contentsOfFile: folder + "/log-lost.txt", encoding: .utf8)
    .split(separator: "\n")
  #expect(lines.count == 2)
  #expect(lines[0].hasSuffix(": one\\u{1b}[2J") && lines[0].contains("Z process \(getpid()) on "))
}

/// The record of how far a job is, which others read while it works.
struct ProgressRecordTests {
  @Test func itIsThereWhileTheStageWorksAndHasItsPhase() throws {
    try withScratchFolder { folder in
      let screen = Screen()
      let reporter = screen.reporter(.silent)
      let file = ProgressRecord.file(in: folder)
      try reporter.keepingRecord(of: "prepare", in: folder) {
        let before = try #require(ProgressRecord(contentsOf: file))
        #expect(before.stage == "prepare" && before.phase == nil)
        #expect(before.isAlive(at: before.changed))
        reporter.begin(ProgressPhase("density", unit: "particles", total: 100))
        screen.now = 1
        reporter.advance(to: 10)
        #expect(ProgressRecord(contentsOf: file)?.phase?.completed == 0, "not every second")
        screen.now = 5
        reporter.advance(to: 50)
        let record = try #require(ProgressRecord(contentsOf: file))
        #expect(record.phase?.completed == 50)
        // 50 particles in 5 s are 10 per second; the record has the time of its clock to a fraction of a second.
        #expect(
          record.line(at: record.changed, barWidth: 4)
            == "prepare: density [##..] 50% 50 of 100 particles, 10.0 per second, 5 s left")
        #expect(record.line(at: record.changed + 15).hasSuffix("; no news for 15 s"))
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
    }
  }

  @Test func ofTwoStagesTheInnerOneHasThePhases() throws {
    try withScratchFolder { folder in
      let inner = "\(folder)/fields"
      try FileManager.default.createDirectory(atPath: inner, withIntermediateDirectories: true)
      let reporter = Screen().reporter(.silent)
      reporter.keepingRecord(of: "run", in: folder) {
        reporter.keepingRecord(of: "prepare", in: inner) {
          reporter.begin(ProgressPhase("density", unit: "particles", total: 100))
          #expect(ProgressRecord(contentsOf: ProgressRecord.file(in: inner))?.phase != nil)
          #expect(ProgressRecord(contentsOf: ProgressRecord.file(in: folder))?.phase == nil)
        }
        #expect(ProgressRecord(contentsOf: ProgressRecord.file(in: inner)) == nil)
        #expect(ProgressRecord(contentsOf: ProgressRecord.file(in: folder))?.stage == "run")
      }
    }
  }

  @Test func aJobThatIsGoneIsSaidToBe() throws {
    try withScratchFolder { folder in
      // No process has the number 2^31 - 1: the largest of Linux is 2^22.
      let text = """
        {"stage": "simulate", "host": "\(thisHost)", "process": 2147483647,
         "phase": {"name": "steps", "unit": "steps", "total": 4, "start": 0, "completed": 1, "note": ""},
         "began": 1000, "changed": 1010}
        """
      let file = ProgressRecord.file(in: folder)
      try text.write(toFile: file, atomically: true, encoding: .utf8)
      let record = try #require(ProgressRecord(contentsOf: file))
      #expect(!record.isAlive(at: 1011))
      #expect(record.line(at: 1070).hasSuffix("stopped 1 min 0 s ago, the same command goes on"))
    }
  }

  @Test func whatCannotBeWrittenOrReadIsNoFailure() throws {
    try withScratchFolder { folder in
      let reporter = Screen().reporter(.silent)
      let result = reporter.keepingRecord(of: "prepare", in: "\(folder)/none") { 7 }
      #expect(result == 7)
      try "{\"stage\": 1}".write(
        toFile: ProgressRecord.file(in: folder), atomically: true, encoding: .utf8)
      #expect(ProgressRecord(contentsOf: ProgressRecord.file(in: folder)) == nil)
    }
  }
}
