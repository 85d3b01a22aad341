internal import Foundation
internal import Text

/// A table of a report, for people (Markdown) and for programs (CSV).
package struct ReportTable: Hashable, Sendable {
  /// One entry.
  package enum Cell: Hashable, Sendable {
    /// Words.
    case text(String)

    /// A whole number.
    case count(Int)

    /// A number, rounded for people to some digits after the point, and whole for programs.
    case number(Double, digits: Int)

    /// No number, for a reason.
    case missing(String)
  }

  /// The name of its file.
  package var name: String

  /// The heading.
  package var title: String

  /// The heads of the columns, with their units.
  package var columns: [String]

  /// The rows.
  package var rows: [[Cell]]

  /// Makes a table; every row has as many cells as there are columns.
  package init(name: String, title: String, columns: [String], rows: [[Cell]]) {
    self.name = name
    self.title = title
    self.columns = columns
    self.rows = rows
  }

  /// The table with comma-separated values, in which what is missing is empty and the last column says why.
  package var csv: String {
    let lines = rows.map { row in
      let reasons = row.compactMap { cell -> String? in
        if case .missing(let reason) = cell { reason } else { nil }
      }
      return (row.map(\.csv) + [Quoting.csv(Self.distinct(reasons).joined(separator: "; "))])
        .joined(separator: ",")
    }
    let head = (columns + ["missing because"]).map(Quoting.csv).joined(separator: ",")
    return ([head] + lines).joined(separator: "\n") + "\n"
  }

  /// The table in Markdown, with what is missing explained below.
  package var markdown: String {
    var lines = ["## \(title)", ""]
    guard !rows.isEmpty else { return lines.joined(separator: "\n") + "\nNothing to show.\n" }
    lines.append("| " + columns.joined(separator: " | ") + " |")
    lines.append("|" + columns.map { _ in " --- |" }.joined())
    var reasons: [String] = []
    for row in rows {
      for case .missing(let reason) in row where !reasons.contains(reason) {
        reasons.append(reason)
      }
      let cells = row.map { cell -> String in
        guard case .missing(let reason) = cell else {
          // A bar would begin another cell.
          return cell.text.replacing("|", with: "\\|")
        }
        return "— [\((reasons.firstIndex(of: reason) ?? 0) + 1)]"
      }
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    if !reasons.isEmpty { lines.append("") }
    lines += reasons.enumerated().map { "[\($0 + 1)] \($1)  " }
    return lines.joined(separator: "\n") + "\n"
  }

  private static func distinct(_ texts: [String]) -> [String] {
    texts.enumerated().filter { !texts[..<$0].contains($1) }.map(\.1)
  }
}

extension ReportTable.Cell {
  /// A number or the reason why there is none.
  init(_ outcome: Outcome<Double>, digits: Int) {
    switch outcome {
    case .known(let value): self = .number(value, digits: digits)
    case .unknown(let reason): self = .missing(reason)
    }
  }

  /// The cell for people.
  package var text: String {
    switch self {
    case .text(let text): text
    case .count(let count): "\(count)"
    case .number(let number, let digits): String(format: "%.\(digits)f", number)
    case .missing: "—"
    }
  }

  fileprivate var csv: String {
    switch self {
    case .text(let text): Quoting.csv(text)
    case .count(let count): "\(count)"
    case .number(let number, _): "\(number)"
    case .missing: ""
    }
  }
}
