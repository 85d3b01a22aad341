internal import Foundation
internal import Text

/// A page of all experiments below a folder: one row each, with nothing that it loads from elsewhere.
///
/// Its only script sorts the rows, and is named by its checksum in the page's policy.
package struct CataloguePage: Sendable {
  /// A cell of the table.
  package enum Cell: Hashable, Sendable {
    /// Words.
    case text(String)

    /// Words in whose place among others a number stands.
    case ranked(String, Double)

    /// A number, and what else there is to say of it.
    case number(Double, digits: Int, note: String)

    /// Files beside the page, each with its name.
    case links([Link])

    /// Settings with their values.
    case settings([Setting])

    /// Words in whose place among others a number stands, and what is behind them.
    case explained(String, Double, reason: String)

    /// Nothing, for a reason.
    case missing(String)
  }

  /// A file that a cell leads to.
  package struct Link: Hashable, Sendable {
    let name: String
    let path: String

    /// Names a file by its path relative to the page.
    package init(_ name: String, path: String) {
      self.name = name
      self.path = path
    }
  }

  /// A setting with its value.
  package struct Setting: Hashable, Sendable {
    let key: String
    let value: String

    /// Names a setting.
    package init(_ key: String, _ value: String) {
      self.key = key
      self.value = value
    }
  }

  /// A column of the table.
  package struct Column: Hashable, Sendable {
    let key: String
    let title: String

    /// Names a column.
    ///
    /// - Parameters:
    ///   - key: The word after `#` in an address that sorts by the column.
    ///   - title: The heading.
    package init(_ key: String, _ title: String) {
      self.key = key
      self.title = title
    }
  }

  private let title: String
  private let creator: String
  private let columns: [Column]
  private let rows: [[Cell]]

  /// Makes a page.
  ///
  /// - Parameters:
  ///   - title: The name of the folder.
  ///   - creator: The program, with its version.
  ///   - columns: The columns.
  ///   - rows: The cells of each row, one for each column.
  package init(_ title: String, creator: String, columns: [Column], rows: [[Cell]]) {
    self.title = title
    self.creator = creator
    self.columns = columns
    self.rows = rows
  }

  /// The beginning of the line by which a page of this kind is known.
  package static let mark = "<meta name=\"generator\" content=\"halompi catalogue"

  /// The text of the file.
  package var html: String {
    let heads = columns.map {
      "<th scope=\"col\" class=\"text\" data-key=\"\(Quoting.html($0.key))\">"
        // A long key breaks behind its points.
        + Quoting.html($0.title).replacing(".", with: ".<wbr>") + "</th>"
    }.joined()
    let body = rows.map { row in
      "<tr>" + zip(row, columns).map { html(of: $0, in: $1) }.joined() + "</tr>"
    }.joined(separator: "\n")
    let count = rows.count == 1 ? "1 experiment" : "\(rows.count) experiments"
    let table =
      rows.isEmpty
      ? "<p class=\"missing\">There is no experiment here.</p>"
      : """
      <div class="table" tabindex="0"><table>
      <thead><tr>\(heads)</tr></thead>
      <tbody>
      \(body)
      </tbody>
      </table></div>
      """
    return """
      \(HTML.opening(policy: "script-src 'sha256-\(CatalogueScript.checksum)'"))
      \(Self.mark) of \(Quoting.html(creator))">
      <title>\(Quoting.html(title)): experiments</title>
      <style>
      \(PageStyle.css)
      \(Self.css)
      </style>
      </head>
      <body class="catalogue">
      <header>
      <p class="kind">Halo masses from initial conditions</p>
      <h1>\(Quoting.html(title))</h1>
      <p>\(count), each in a row, with the settings that are not the same in all.</p>
      </header>
      <main>
      \(table)
      </main>
      <footer><p>Made by \(Quoting.html(creator)) from the files below this page; <code>halompi catalogue</code> makes it \
      again.</p></footer>
      <script>\(CatalogueScript.text)</script>
      </body>
      </html>

      """
  }

  private func html(of cell: Cell, in column: Column) -> String {
    let label = " data-label=\"\(Quoting.html(column.title))\""
    func td(_ content: String) -> String {
      "<td class=\"text\"\(label)><div>\(content)</div></td>"
    }
    switch cell {
    case .text(let text): return td(Quoting.html(text))
    case .ranked(let text, let rank):
      return td("<data value=\"\(rank)\">\(Quoting.html(text))</data>")
    case .number(let value, let digits, let note):
      let shown = HTML.number(value, decimals(value, digits))
      return td(note.isEmpty ? shown : "\(shown) <small>\(Quoting.html(note))</small>")
    case .links(let links):
      return td(
        links.map { "<a href=\"\(Self.address(of: $0.path))\">\(Quoting.html($0.name))</a>" }
          .joined(separator: " "))
    case .settings(let settings):
      let list = settings.map {
        "<dt>\(Quoting.html($0.key))</dt><dd>\(Quoting.html($0.value))</dd>"
      }.joined()
      return td("<details><summary>\(settings.count) more</summary><dl>\(list)</dl></details>")
    case .explained(let text, let rank, let reason):
      return td(
        "<details><summary><data value=\"\(rank)\">\(Quoting.html(text))</data></summary>"
          + "\(Quoting.html(reason))</details>")
    case .missing(let reason):
      return "<td class=\"text\" data-missing title=\"\(Quoting.html(reason))\"\(label)>—</td>"
    }
  }

  /// The address of a file relative to the page: no part of a name is a scheme, a query or markup.
  static func address(of path: String) -> String {
    "./"
      + path.utf8.map { byte in
        let scalar = Unicode.Scalar(byte)
        if isLetterOrDigit(scalar) || "-_.~/".unicodeScalars.contains(scalar) {
          return String(scalar)
        }
        let digits = String(byte, radix: 16, uppercase: true)
        return "%" + (digits.utf8.count == 1 ? "0" : "") + digits
      }.joined()
  }

  /// The style that the page has beside that of reports; where it is narrow, a row is a card.
  private static let css = """
    body.catalogue { max-width: 100rem; } th, td { vertical-align: top; } small { color: var(--soft); font-size: 0.92em; }
    td.text { white-space: normal; overflow-wrap: break-word; min-width: 6rem; } td:first-child { min-width: 9rem; }
    summary { font-size: inherit; } td details { border: 0; padding: 0; }
    th button { all: unset; cursor: pointer; } th button:focus-visible { outline: 2px solid var(--link); }
    th[aria-sort="ascending"] button::after { content: " \\2191"; } th[aria-sort="descending"] button::after { content: " \\2193"; }
    .sorting { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; font: 0.85rem system-ui, sans-serif; } select { font: inherit; max-width: 14rem; }
    @media (max-width: 46rem) { thead { position: absolute; clip-path: inset(50%); height: 1px; overflow: hidden; }
      .table table, .table tbody, .table tr, .table td { display: block; width: auto; } .table { overflow-x: visible; }
      .table tr { padding: 0.6rem 0; border-bottom: 1px solid var(--line); }
      .table td { display: grid; grid-template-columns: 8.5rem minmax(0, 1fr); gap: 0.75rem; text-align: left; padding: 0.15rem 0.4rem; }
      .table td::before { content: attr(data-label); color: var(--soft); overflow-wrap: anywhere; }
      .table td:first-child { font-weight: 650; } }
    """
}
