import Analysis
import Foundation
import Testing

@testable import Figures

/// The page of a report.
struct PageTests {
  private func page(_ report: Report, _ drawing: Gnuplot.Drawing = .missing("none <here>"))
    -> String
  {
    ReportPage(
      report, pictures: report.figures.map { ReportPage.Picture($0, drawing) },
      runs: [
        ReportPage.Run(name: "report", facts: [ReportPage.Run.Fact("command", "a <script> & b")])
      ]
    ).html
  }

  /// Every number in a text of JSON, exactly as it is written there.
  private func numbers(in json: Data) -> Set<Double> {
    let text = String(decoding: json, as: UTF8.self)
    let found = text.matches(of: /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/)
    return Set(found.compactMap { Double($0.output) })
  }

  @Test func everyNumberOfThePageIsOneOfTheReport() throws {
    let report = MockReport().report()
    var known = numbers(in: try JSONEncoder().encode(report))
    // Shares are shown as percentages, and masses of barriers by their logarithms.
    known.formUnion(known.map { 100 * $0 })
    known.formUnion(known.filter { $0 > 0 }.map { log10($0) })
    let shown = page(report).matches(of: /<data value="([^"]*)">([^<]*)<\/data>/)
    #expect(shown.count > 100)
    for match in shown {
      let value = try #require(Double(match.output.1))
      #expect(known.contains(value), "\(value) is not in report.json")
      // What is shown is that number, rounded: half a unit of the last digit.
      let text = match.output.2.replacing("−", with: "-").replacing("\u{202F}", with: "")
      let rounded = try #require(Double(text))
      let digits = text.split(separator: ".").dropFirst().first?.count ?? 0
      #expect(abs(rounded - value) <= 0.5000001 * pow(10, -Double(digits)), "\(text) for \(value)")
    }
  }

  @Test func theHeadlineNumbersAreShown() throws {
    let report = MockReport().report()
    let text = page(report)
    let information = try #require(report.variants[0].seeds[0].information.value)
    #expect(text.contains("<data value=\"\(information.value)\">"))
    let difference = try #require(report.differences[0].overall.value)
    #expect(text.contains("<data value=\"\(difference.value)\">"))
  }

  @Test func namesAreText() {
    let text = page(MockReport().report())
    #expect(!text.contains("<b>bold</b>") && text.contains("&lt;b&gt;bold&lt;/b&gt;"))
    #expect(!text.contains("a <script>") && text.contains("a &lt;script&gt; &amp; b"))
    #expect(text.contains("none &lt;here&gt;"))
  }

  @Test(arguments: ["\u{600}<img src=x>", "<\u{301}img src=x>", "a\u{200D}<img src=x>\u{200D}"])
  func noScalarBesideASignMakesATagOfAName(name: String) {
    let run = ReportPage.Run(name: name, facts: [ReportPage.Run.Fact(name, name)])
    var report = MockReport().report()
    report.experiment = name
    let text = ReportPage(report, pictures: [], runs: [run]).html
    #expect(!text.utf8.contains("<img".utf8) && !text.utf8.contains("img src=x>".utf8))
    #expect(text.utf8.contains("img src=x&gt;".utf8))
  }

  @Test func nothingIsLoadedFromElsewhere() {
    let svg =
      "<?xml?><svg width=\"9\" xmlns=\"http://www.w3.org/2000/svg\"><g id='a'/><use xlink:href='#a'/></svg>"
    let text = page(MockReport().report(), .svg(svg))
    #expect(text.contains("default-src 'none'"))
    for word in ["<script", "<link", "<img", "@import", "url(", "src=\"", "<iframe"] {
      #expect(!text.contains(word), "\(word)")
    }
  }

  @Test func picturesDoNotShareNames() throws {
    let svg =
      "<?xml version='1'?>\n<svg \n width=\"9\"><title>Gnuplot</title>\n<desc>by it</desc>"
      + "<g id=\"c\" clip-path='url(#p)'/><use xlink:href='#gp'/></svg>\n"
    let inline = try #require(InlineSVG(svg, name: "f3", title: "A \"b\""))
    #expect(
      inline.element
        == "<svg role=\"img\" aria-label=\"A &quot;b&quot;\" \n width=\"9\">"
        + "<g id=\"f3-c\" clip-path='url(#f3-p)'/><use xlink:href='#f3-gp'/></svg>")
    #expect(InlineSVG("no picture", name: "f", title: "") == nil)
  }

  @Test func whatIsMissingIsSaid() {
    var mock = MockReport()
    mock.isBroken = true
    mock.hasCollapse = false
    let text = page(mock.report())
    #expect(text.contains("No figure: none &lt;here&gt;"))
    #expect(text.contains("no mutual information, because"))
    #expect(text.contains("not a finite number"), "the gap of NaN predictions")
    #expect(!text.contains(">nan<"))
  }

  @Test func anEmptyReportIsAPage() {
    var mock = MockReport()
    mock.variants = []
    let text = page(mock.report())
    #expect(text.contains("No model was compared") && text.hasSuffix("</html>\n"))
  }

  @Test(arguments: [
    (0, "0"), (999, "999"), (1000, "1\u{202F}000"), (1_234_567, "1\u{202F}234\u{202F}567"),
  ])
  func thousandsArePartedByThinBlanks(count: Int, text: String) {
    #expect(PageTable.whole(count) == "<data value=\"\(count)\">\(text)</data>")
  }
}
