import Testing

@testable import Failures
@testable import MPI
@testable import Runs
@testable import Settings

private struct Unforeseen: Error, CustomStringConvertible { let description = "it broke" }

@Test func aReportNamesTheRankOnlyIfThereAreSeveral() {
  let alone = FailureReport(of: Unforeseen(), at: JobPlace(rank: 0, size: 1, host: "node1"))
  #expect(alone.message == "halompi: it broke.")
  let third = FailureReport(of: Unforeseen(), at: JobPlace(rank: 3, size: 8, host: "node1"))
  #expect(third.message == "halompi: [rank 3 of 8, node1] it broke.")
}

@Test(arguments: ["Is it there?", "It broke.", "Make it anew!"])
func aSentenceThatHasEndedIsLeftAsItIs(sentence: String) {
  struct Said: Error, CustomStringConvertible { let description: String }
  #expect(FailureReport(of: Said(description: sentence)).message == "halompi: \(sentence)")
}

@Test(arguments: [
  (SettingsOrigin.file(path: "x.yaml", line: 1), JobExitCode.badData), (.option("a=b"), .usage),
])
func aMistakeInAnOptionIsAUsageError(origin: SettingsOrigin, code: JobExitCode) {
  let error = SettingsError(path: "a", origin: origin, problem: .unknownKey(known: []))
  #expect(FailureReport(of: error, at: JobPlace(rank: 0, size: 1, host: "")).exitCode == code)
}

@Test func anErrorWithoutACodeIsAnInternalFailure() {
  let report = FailureReport(of: Unforeseen(), at: JobPlace(rank: 0, size: 1, host: ""))
  #expect(report.exitCode == .internalFailure)
}

@Test(arguments: [
  (JobExitCode.done, Int32(0)), (.usage, 64), (.badData, 65), (.missingInput, 66),
  (.internalFailure, 70), (.inputOutput, 74), (.resumableStop, 75),
])
func exitCodesAreThePromisedNumbers(code: JobExitCode, number: Int32) {
  #expect(code.rawValue == number)
}
