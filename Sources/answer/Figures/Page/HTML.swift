internal import Text

/// Parts of a page of HTML.
enum HTML {
  /// The beginning of a page, which may load nothing but what its policy says.
  static func opening(policy: String) -> String {
    """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; \(policy)">
    """
  }

  /// A number for people, which carries the whole one with it.
  static func number(_ value: Double, _ text: String) -> String {
    "<data value=\"\(value)\">\(Quoting.html(text.replacing("-", with: "−")))</data>"
  }
}

/// A picture of gnuplot as a part of a page.
struct InlineSVG {
  /// The element.
  let element: String

  /// Takes an SVG, and makes its names different from those of other pictures of the page; `nil` if the text has
  /// no `svg` element.
  ///
  /// - Parameters:
  ///   - svg: The file's text.
  ///   - name: The beginning of its names on the page.
  ///   - title: The text for readers who do not see it.
  init?(_ svg: String, name: String, title: String) {
    guard let start = svg.firstRange(of: "<svg"), let end = svg.ranges(of: "</svg>").last
    else { return nil }
    element = String(svg[start.lowerBound..<end.upperBound])
      .replacing(/\bid=(['"])/) { "id=\($0.output.1)\(name)-" }
      .replacing(/href=(['"])#/) { "href=\($0.output.1)#\(name)-" }
      .replacing("url(#", with: "url(#\(name)-")
      .replacing(/<title>Gnuplot<\/title>\s*<desc>[^<]*<\/desc>/, with: "")
      .replacing(/^<svg\s/) { _ in "<svg role=\"img\" aria-label=\"\(Quoting.html(title))\" " }
  }
}
