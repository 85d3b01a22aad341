import Foundation
import Testing
import Yams

@testable import Text

/// Texts in files that programs read: each comes back as it was, whatever stands beside a sign with a meaning.
struct DataTests {
  @Test func noTagOrReferenceSurvivesInHTMLAndTheTextComesBack() {
    let signs = "<>&\"'"
    for text in Scalars(around: signs) {
      let html = Quoting.html(text)
      let bytes = html.utf8
      #expect(!bytes.contains { "<>\"'".utf8.contains($0) })
      var plain = html
      for (reference, sign) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'")] {
        plain = plain.replacingBytes(reference, by: sign)
      }
      #expect(plain.replacingBytes("&amp;", by: "&") == text)
    }
  }

  @Test func aReaderOfJSONGetsTheSameText() throws {
    for text in Scalars(around: "\"\\/") {
      let data = Data("[\(Quoting.json(text))]".utf8)
      let isSame = try JSONDecoder().decode([String].self, from: data).first?.utf8.elementsEqual(
        text.utf8)
      #expect(isSame == true)
    }
  }

  @Test func aReaderOfYAMLGetsTheSameText() throws {
    for text in Scalars(around: "'\"\\:# ") {
      let sequence = try Yams.compose(yaml: "[\(Quoting.yaml(text)), 1]")?.sequence
      #expect(sequence?.first?.string?.utf8.elementsEqual(text.utf8) == true)
      #expect(sequence?.count == 2)
    }
  }

  /// Short texts of a sign and a scalar: those that need no quotes are read without them as they are.
  @Test(arguments: [":", "#", " ", "-", "'", "\"", ",", "]", "\\", "&", "*", "?", "!", "%", "@"])
  func plainYAMLIsReadAsItIs(sign: String) throws {
    let texts = (0..<0x3100).compactMap(Unicode.Scalar.init).flatMap {
      ["\($0)\(sign)", "\(sign)\($0)", "a\($0)\(sign)b", "a\(sign)\($0)b"]
    }
    let plain = texts.filter(Quoting.isPlainYAML)
    #expect(plain.count > 5000 || "],".contains(sign), "\(plain.count)")
    let sequence = try Yams.compose(yaml: "[\((plain + ["end"]).joined(separator: ", "))]")?
      .sequence
    let read = try #require(sequence).map(\.string)
    #expect(read.count == plain.count + 1)
    let wrong = zip(plain, read).first { !$0.utf8.elementsEqual($1?.utf8 ?? "".utf8) }
    #expect(wrong == nil)
  }

  @Test(arguments: ["", " a", "a ", "a:", "- a", "-", "[", "a, b", "a: b", "a #b", "a\nb", "\u{7}"])
  func whatYAMLWouldReadInAnotherWayIsNotPlain(text: String) {
    #expect(!Quoting.isPlainYAML(text))
  }

  @Test(arguments: ["-1", "1e-3", "~", "true", "a:b", "a#b", "/x/y.h5", "-.5", "a-b", "a b"])
  func numbersAndWordsArePlain(text: String) { #expect(Quoting.isPlainYAML(text)) }

  @Test func aFieldOfCommaSeparatedValuesStaysOneField() throws {
    for text in Scalars(around: ",\"\r\n") {
      let row = Array("\(Quoting.csv(text)),end".unicodeScalars)
      // RFC 4180: a field in quotes ends at a quote that no other follows.
      try #require(row.first == "\"")
      var field = String.UnicodeScalarView()
      var place = 1
      while row[place] != "\"" || row[place + 1] == "\"" {
        field.append(row[place])
        place += row[place] == "\"" ? 2 : 1
      }
      #expect(String(String.UnicodeScalarView(row[(place + 1)...])) == ",end")
      #expect(String(field).utf8.elementsEqual(text.utf8))
    }
    #expect(Quoting.csv("true mass [log10 Msun]") == "true mass [log10 Msun]")
    // A carriage return and a line feed are one character of Swift.
    #expect(Quoting.csv("a\r\nb") == "\"a\r\nb\"")
  }
}

extension String {
  /// Replaces texts of ASCII, byte by byte.
  func replacingBytes(_ text: String, by other: String) -> String {
    let (searched, new) = (Array(text.utf8), Array(other.utf8))
    let bytes = Array(utf8)
    var result: [UInt8] = []
    var place = 0
    while place < bytes.count {
      if bytes[place] == searched[0], bytes[place...].starts(with: searched) {
        result += new
        place += searched.count
      } else {
        result.append(bytes[place])
        place += 1
      }
    }
    return String(decoding: result, as: UTF8.self)
  }
}
