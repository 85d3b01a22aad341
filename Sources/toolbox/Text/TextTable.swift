/// Rows of text in columns: the first one aligned on the left, numbers on the right.
package struct TextTable: Hashable, Sendable, CustomStringConvertible {
  private var rows: [[String]]

  /// Makes a table with the names of its columns.
  package init(_ columns: String...) { rows = [columns] }

  /// Adds a row, with a cell for each column.
  package mutating func add(_ cells: String...) {
    precondition(cells.count == rows[0].count, "a row with other columns than its table")
    rows.append(cells)
  }

  /// The rows, a line each, two spaces between columns.
  package var description: String {
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    return rows.map { cells in
      let padded = cells.indices.map { column in
        let space = String(repeating: " ", count: widths[column] - cells[column].count)
        return column == 0 ? cells[column] + space : space + cells[column]
      }
      return padded.joined(separator: "  ") + "\n"
    }.joined()
  }
}
