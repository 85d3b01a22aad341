import Testing

@testable import Pipelines
@testable import Runs

/// Why a result is made again: a pure comparison of two records.
struct RemakeReasonTests {
  private static func mark(_ name: String, _ checksum: String?) -> FileMark {
    FileMark(name: name, byteCount: 1, modified: [1], checksum: checksum)
  }

  private static func record(
    program: String = "p", settings: [String] = ["a.b = 1", "c = 2"],
    inputs: [FileMark] = [mark("model.h5", "m"), mark("the fields of D", "d")],
    outputs: [FileMark] = [mark("x.h5", "x"), mark("y.csv", "y")]
  ) -> ResultRecord {
    ResultRecord(
      program: Provenance.Program(
        version: "1.0", commit: nil, executable: "halompi", checksum: program),
      settings: settings, inputs: inputs, outputs: outputs)
  }

  @Test func aResultThatIsWhatItWouldBeIsSkipped() {
    let moved = Self.record(
      inputs: [
        FileMark(name: "model.h5", byteCount: 1, modified: [7], checksum: "m"),
        Self.mark("the fields of D", "d"),
      ])
    #expect(RemakeReason.reasons(from: Self.record(), to: Self.record()).isEmpty)
    #expect(RemakeReason.reasons(from: Self.record(), to: moved).isEmpty)
  }

  @Test(arguments: [
    (record(settings: ["a.b = 1", "c = 3"]), [RemakeReason.setting("c was 2 and is 3")]),
    (record(settings: ["a.b = 1"]), [.setting("c was 2 and is unset")]),
    (
      record(inputs: [mark("model.h5", "other"), mark("the fields of D", "d")]),
      [.input("model.h5")]
    ),
    (record(inputs: [mark("model.h5", "m")]), [.input("the fields of D")]),
    (
      record(inputs: [
        mark("model.h5", "m"), mark("the fields of D", "d"), mark("the fields of E", "e"),
      ]), [.input("the fields of E")]
    ),
    (record(program: "q"), [.program("1.0, checksum p")]),
    (record(outputs: [mark("x.h5", "bad"), mark("y.csv", "y")]), [.damaged("x.h5")]),
    (record(outputs: [mark("x.h5", "x"), mark("y.csv", nil)]), [.missing("y.csv")]),
    (record(outputs: [mark("x.h5", nil), mark("y.csv", nil)]), [.notMade]),
    (
      record(program: "q", settings: ["a.b = 0", "c = 2"]),
      [.setting("a.b was 1 and is 0"), .program("1.0, checksum p")]
    ),
  ])
  func everyChangeIsAReason(present: ResultRecord, reasons: [RemakeReason]) {
    #expect(RemakeReason.reasons(from: Self.record(), to: present) == reasons)
  }

  @Test func withoutRecordItIsMadeAgain() {
    #expect(RemakeReason.reasons(from: nil, to: Self.record()) == [.unrecorded])
    let gone = Self.record(outputs: [Self.mark("x.h5", nil), Self.mark("y.csv", nil)])
    #expect(RemakeReason.reasons(from: nil, to: gone) == [.notMade])
  }

  @Test func anotherBuildCanBeAsGood() {
    let other = Self.record(program: "q", settings: ["a.b = 1", "c = 3"])
    let reasons = RemakeReason.reasons(from: Self.record(), to: other, anyProgram: true)
    #expect(reasons == [.setting("c was 2 and is 3")])
  }
}
