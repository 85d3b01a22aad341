internal import Analysis
internal import Foundation
internal import Text

/// A table of a report in HTML, with the reasons for what is missing below.
struct PageTable {
  private let table: ReportTable

  init(_ table: ReportTable) { self.table = table }

  /// The heading and the table, which scrolls by itself where the page is narrow.
  var html: String {
    let heading = "<h3>\(Quoting.html(table.title))</h3>"
    guard !table.rows.isEmpty else {
      return "\(heading)\n<p class=\"missing\">Nothing to show.</p>"
    }
    var reasons: [String] = []
    let rows = table.rows.map { row in
      "<tr>"
        + row.map { cell -> String in
          switch cell {
          case .text(let text): return "<td class=\"text\">\(Quoting.html(text))</td>"
          case .count(let count): return "<td>\(Self.whole(count))</td>"
          case .number(let value, _): return "<td>\(HTML.number(value, cell.text))</td>"
          case .missing(let reason):
            if !reasons.contains(reason) { reasons.append(reason) }
            let number = (reasons.firstIndex(of: reason) ?? 0) + 1
            return "<td title=\"\(Quoting.html(reason))\">—<sup>\(number)</sup></td>"
          }
        }.joined() + "</tr>"
    }
    let heads = table.columns.enumerated().map { column, name in
      "<th scope=\"col\"\(isText(column) ? " class=\"text\"" : "")>\(Quoting.html(name))</th>"
    }.joined()
    // A table that would be wider than the page is set closer.
    let kind = table.columns.count > 13 ? " class=\"wide\"" : ""
    let notes =
      reasons.isEmpty
      ? ""
      : "\n<ol class=\"notes\">\n"
        + reasons.map { "<li>\(Quoting.html($0))</li>" }.joined(separator: "\n") + "\n</ol>"
    return """
      \(heading)
      <div class="table" tabindex="0"><table\(kind)>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(rows.joined(separator: "\n"))
      </tbody>
      </table></div>\(notes)
      """
  }

  /// Whether the cells of a column are words.
  private func isText(_ column: Int) -> Bool {
    table.rows.contains { row in
      if case .text = row[column] { true } else { false }
    }
  }

  /// A whole number with thin blanks between its thousands.
  static func whole(_ count: Int) -> String {
    let digits = "\(abs(count))"
    let parts = digits.enumerated().map { place, digit in
      place > 0 && (digits.count - place) % 3 == 0 ? "\u{202F}\(digit)" : "\(digit)"
    }
    return "<data value=\"\(count)\">\(count < 0 ? "−" : "")\(parts.joined())</data>"
  }
}
