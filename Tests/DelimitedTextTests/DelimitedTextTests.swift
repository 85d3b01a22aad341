import DelimitedText
import Foundation
import Testing

private func rows(_ text: String) -> [String] {
  DelimitedLines(text[...].utf8).map { "\($0.number): \(Substring($0.bytes))" }
}

@Test(
  arguments: [
    ("", []), ("\n\n", []), ("a", ["1: a"]), ("a\nb\n", ["1: a", "2: b"]),
    ("a\r\nb\r\n", ["1: a", "2: b"]), ("# no\n\na\n#b\n c", ["3: a", "5:  c"]),
    ("\u{FEFF}a\n", ["1: a"]), ("\u{FEFF}# no\na", ["2: a"]),
  ])
func linesAreNumberedAndCommentsLeftOut(text: String, expected: [String]) {
  #expect(rows(text) == expected)
}

@Test(arguments: ["a,b\n1, 2 \r\n# no\n,\n", "a"]) func bytesOfAFileGiveTheLinesOfItsText(
  text: String
) {
  let lines = DelimitedLines(Data(text.utf8)).map {
    "\($0.number): \(String(decoding: $0.bytes, as: UTF8.self))"
  }
  #expect(lines == rows(text))
}

@Test(
  arguments: [
    ("id\tmass, log", ["id", "mass, log"]), ("id;mass,log", ["id;mass", "log"]),
    ("id;mass", ["id", "mass"]), (" id ,, mass", ["id", "", "mass"]),
    ("id  \t mass ", ["id", "mass"]), ("", []),
  ])
func headerTellsTheSeparator(header: String, expected: [String]) {
  // A tab alone does not count where blanks separate, as the last but one has spaces too.
  let candidates: [Unicode.Scalar] = header.contains("  \t") ? [",", ";"] : ["\t", ",", ";"]
  let separator = FieldSeparator.found(in: header.utf8, among: candidates, otherwise: .blanks)
  #expect(separator.fields(of: header[...].utf8).map { String(Substring($0)) } == expected)
}

@Test(
  arguments: [
    ("\"a\"", "a"), ("\"", "\""), ("\"\"", ""), ("\"a", "\"a"), ("a", "a"), ("", ""),
    ("\"\"a\"\"", "\"a\""),
  ])
func quotesAroundAFieldAreTakenAway(field: String, expected: String) {
  #expect(Substring(withoutQuotes(field[...].utf8)) == expected)
}
