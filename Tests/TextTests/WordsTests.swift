import Testing
import Text

/// Numbers in words, also of sizes and times that no machine has.
@Suite struct WordsTests {
  @Test(arguments: [
    (0, 0), (1, 1), (1 << 20, 1), (1 << 20 + 1, 2), (Int.max, 1 << 43),
  ])
  func bytesAreRoundedUpToMebibytes(bytes: Int, size: Int) {
    #expect(mebibytes(bytes) == size)
  }

  @Test(arguments: [
    (0, "0 s"), (59.4, "59 s"), (185, "3 min 5 s"), (7620, "2 h 7 min"), (1e15, "1e+15 s"),
    (1e300, "1e+300 s"), (.infinity, "inf s"), (.nan, "nan s"),
  ])
  func timesAreToldInTheirUnits(seconds: Double, words: String) {
    #expect(duration(seconds) == words)
  }
}
