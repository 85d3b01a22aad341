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
