package import Analysis
internal import Text

/// A figure: what it shows, and how gnuplot draws it from tables of numbers.
///
/// A pure value. All numbers are computed before; the script only draws them, so that tests compare tables
/// and not pictures. ``Gnuplot`` makes files of it.
package struct Figure: Hashable, Sendable {
  /// The beginning of the names of its files: letters, digits and hyphens.
  package var name: String

  /// The title in a report.
  package var title: String

  /// The caption, which says what is seen, with definitions and units: plain text.
  package var caption: String

  /// The plot, or the reason why there is nothing to draw.
  package var plot: Outcome<Plot>
}

/// A script for gnuplot, the tables that it reads, and the size of the paper.
package struct Plot: Hashable, Sendable {
  /// The width of a figure in a journal of two columns.
  package enum Width: Hashable, Sendable {
    /// One column, 8.6 cm.
    case column

    /// The whole page, 17.8 cm.
    case page

    /// The width [cm].
    var centimeters: Double { self == .column ? 8.6 : 17.8 }
  }

  /// The width.
  package var width: Width

  /// The height [cm].
  package var height: Double

  /// The tables, whose names are those of the files in ``commands`` without `.csv`.
  package var tables: [PlotTable]

  /// The commands for gnuplot, after terminal, output and style are set.
  package var commands: String

  /// Makes a plot.
  package init(width: Width, height: Double, tables: [PlotTable], commands: String) {
    self.width = width
    self.height = height
    self.tables = tables
    self.commands = commands
  }
}

/// Numbers in columns, with names and units in the first line.
package struct PlotTable: Hashable, Sendable {
  /// The name of the file without `.csv`.
  package var name: String

  /// The names of the columns, with their units.
  package var columns: [String]

  /// Rows in blocks, which a blank line parts: the lines of a contour, the columns of an image.
  package var blocks: [[[Double?]]]

  /// Makes a table of blocks.
  package init(name: String, columns: [String], blocks: [[[Double?]]]) {
    precondition(
      blocks.allSatisfy { $0.allSatisfy { $0.count == columns.count } }, "a row is not whole")
    self.name = name
    self.columns = columns
    self.blocks = blocks
  }

  /// Makes a table of one block.
  package init(name: String, columns: [String], rows: [[Double?]]) {
    self.init(name: name, columns: columns, blocks: [rows])
  }

  /// The text of the file; a number that is missing is an empty field, one that is not finite `NaN`.
  package var text: String {
    let heading = columns.map(Quoting.csv).joined(separator: ",")
    let body = blocks.map { rows in
      rows.map { row in
        row.map { $0.map { $0.isFinite ? "\($0)" : "NaN" } ?? "" }.joined(separator: ",") + "\n"
      }.joined()
    }
    return heading + "\n" + body.joined(separator: "\n")
  }
}
