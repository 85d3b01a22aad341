package import Analysis
internal import Foundation
internal import Heartbeat
internal import Text

/// A report as one page of HTML: text, tables and figures, with nothing that it loads from elsewhere.
///
/// Every number is one of ``Report``: the page carries it whole in a `data` element and shows it rounded.
package struct ReportPage: Sendable {
  /// A figure with the result of drawing it.
  package struct Picture: Sendable {
    /// The figure.
    package var figure: Figure

    /// The picture, or the reason why there is none.
    package var drawing: Gnuplot.Drawing

    /// Puts both together.
    package init(_ figure: Figure, _ drawing: Gnuplot.Drawing) {
      self.figure = figure
      self.drawing = drawing
    }
  }

  /// One start of a job that made something of what is reported.
  package struct Run: Hashable, Sendable {
    /// The name of its product, such as `training/raw-seed1`.
    package var name: String

    /// Facts in words, each with its name.
    package var facts: [Fact]

    /// A fact with its name.
    package struct Fact: Hashable, Sendable {
      /// The name.
      package var name: String

      /// The fact in words.
      package var text: String

      /// Names a fact.
      package init(_ name: String, _ text: String) {
        self.name = name
        self.text = text
      }
    }

    /// Makes a run.
    package init(name: String, facts: [Fact]) {
      self.name = name
      self.facts = facts
    }
  }

  private let report: Report
  private let pictures: [Picture]
  private let runs: [Run]

  /// Makes the page of a report.
  ///
  /// - Parameters:
  ///   - report: All numbers.
  ///   - pictures: The figures in the order in which they are read.
  ///   - runs: The runs, in their order.
  package init(_ report: Report, pictures: [Picture], runs: [Run]) {
    self.report = report
    self.pictures = pictures
    self.runs = runs
  }

  /// The text of the file.
  package var html: String {
    let sections = [
      ("question", "The question", question), ("answer", "The answer", answer),
      ("data", "The data", data), ("tables", "Tables", tables), ("figures", "Figures", figures),
      ("runs", "What was run", provenance), ("warnings", "What to look at again", warnings),
      ("missing", "What is missing", missing),
    ]
    let contents = sections.map { "<a href=\"#\($0.0)\">\($0.1)</a>" }.joined(separator: "\n")
    let body = sections.map {
      "<section id=\"\($0.0)\">\n<h2>\($0.1)</h2>\n\($0.2)\n</section>"
    }.joined(separator: "\n")
    let title = Quoting.html(report.experiment)
    return """
      \(HTML.opening(policy: "img-src data:"))
      <meta name="generator" content="\(Quoting.html(report.creator))">
      <title>\(title): halo masses from initial conditions</title>
      <style>
      \(PageStyle.css)
      </style>
      </head>
      <body>
      <header>
      <p class="kind">Halo masses from initial conditions</p>
      <h1>\(title)</h1>
      <nav>
      \(contents)
      </nav>
      </header>
      <main>
      \(body)
      </main>
      <footer><p>Made by \(Quoting.html(report.creator)). All numbers are in report.json, the tables in CSV files, \
      and each figure with its script and data in the folder figures, beside this page.</p></footer>
      </body>
      </html>

      """
  }

  // MARK: - Sections

  private var question: String {
    """
    <p>Every particle of a simulation starts at a site of the initial grid and ends in a halo. A network that sees the initial \
    density around the site predicts the mass of that halo. One network sees the density as it is (<em>raw</em>); another \
    sees only its means over spherical shells (<em>averaged</em>). If the first says more about the mass than the second, \
    the shape of the initial field around a particle, beyond its spherical average, matters for the halo that it ends in.</p>
    <p>How much a prediction says is its mutual information with the true mass, on simulations that no network was trained \
    on. The question and the method are those of Lucie-Smith, Peiris, Pontzen, Nord and Thiyagalingam, \
    Phys. Rev. D 109, 063524 (2024), doi:10.1103/PhysRevD.109.063524.</p>
    """
  }

  private var answer: String {
    var items = report.variants.compactMap { variant -> String? in
      guard let seed = variant.seeds.first else { return nil }
      let name = "<strong>\(Quoting.html(variant.name))</strong>"
      switch seed.information {
      case .unknown(let reason):
        return "<li>\(name): no mutual information, because \(Quoting.html(reason)).</li>"
      case .known(let information):
        let error = information.standardError
        let noise = information.equivalentScatter.value.map {
          "; as much as the true mass with Gaussian noise of \(number($0, 2)) dex leaves"
        }
        return "<li>\(name): \(number(information.value, 3))"
          + (error.map { " ± \(number($0, 3))" } ?? "") + " nats\(noise ?? "").</li>"
      }
    }
    items += report.differences.map { difference in
      let names = Quoting.html("\(difference.first) − \(difference.second)")
      switch difference.overall {
      case .unknown(let reason):
        return "<li>\(names): unknown, because \(Quoting.html(reason)).</li>"
      case .known(let value):
        let ratio = value.ratio.value.map { ", a ratio of \(number($0, 2))" } ?? ""
        let level =
          value.significance.value.map { " (\(number($0, 1)) standard deviations)" } ?? ""
        return "<li>\(names), for the same particles: \(number(value.value, 3)) ± "
          + "\(number(value.deviation, 3)) nats\(level)\(ratio).</li>"
      }
    }
    items += report.joint.flatMap(items(of:)) + report.twins.map(item(of:))
    return items.isEmpty
      ? "<p class=\"missing\">No model was compared.</p>"
      : "<p>Mutual information with the true mass:</p>\n<ul class=\"answer\">\n"
        + items.joined(separator: "\n") + "\n</ul>"
  }

  private var data: String {
    let particles = report.particles
    let halos =
      switch particles.halos {
      case .known(let count): " in \(whole(count)) halos"
      case .unknown(let reason): " (their halos are unknown: \(Quoting.html(reason)))"
      }
    func list(_ names: [String]) -> String {
      names.isEmpty ? "no simulation" : names.map(Quoting.html).joined(separator: ", ")
    }
    let network = report.variants.lazy.flatMap(\.seeds).compactMap(\.network.value).first
    let training = network.map {
      """
      <p>Networks learnt from particles of \(list($0.trainingSimulations)); the epoch whose weights were kept is the best one for \
      particles of \(list($0.validationSimulations)).</p>

      """
    }
    return (training ?? "") + """
      <p>Compared are the \(whole(particles.count)) particles\(halos) of \(list(particles.simulations)) that every model \
      predicted, with true masses of \(number(report.settings.minimumLogMass, 1)) ≤ log<sub>10</sub> M/M<sub>☉</sub> \
      ≤ \(number(report.settings.maximumLogMass, 1)). Masses are in M<sub>☉</sub>, without h. A residual is log<sub>10</sub> of \
      the predicted over the true mass; the scatter is half of the range from the 16th to the 84th percentile of the \
      residuals, the bias their median.</p>
      """
  }

  private var tables: String {
    report.tables.map { table in
      let html = PageTable(table).html
      // The shares above barriers are one row for each mass: for those who want them.
      return table.name == "crossings" && !table.rows.isEmpty
        ? "<details><summary>\(Quoting.html(table.title))</summary>\n\(html)\n</details>" : html
    }.joined(separator: "\n")
  }

  private var figures: String {
    let parts = pictures.enumerated().map { index, picture -> String in
      Heartbeat.beat()
      let figure = picture.figure
      let caption =
        "<figcaption><strong>\(Quoting.html(figure.title)).</strong> \(Quoting.html(figure.caption))"
      switch picture.drawing {
      case .svg(let text):
        let files =
          " <span class=\"files\">figures/\(Quoting.html(figure.name)).pdf</span></figcaption>"
        guard let svg = InlineSVG(text, name: "f\(index + 1)", title: figure.title) else {
          return missingFigure(caption, "gnuplot wrote no picture")
        }
        let width = figure.plot.value?.width == .page ? "page" : "column"
        return """
          <figure class="\(width)">
          <div class="picture" tabindex="0">\(svg.element)</div>
          \(caption)\(files)
          </figure>
          """
      case .missing(let reason):
        return missingFigure(caption, reason)
      }
    }
    return parts.isEmpty
      ? "<p class=\"missing\">There are no figures.</p>"
      : "<div class=\"figures\">\n\(parts.joined(separator: "\n"))\n</div>"
  }

  private func missingFigure(_ caption: String, _ reason: String) -> String {
    "<figure class=\"column\">\n<p class=\"missing\">No figure: \(Quoting.html(reason)).</p>\n"
      + "\(caption)</figcaption>\n</figure>"
  }

  private var provenance: String {
    guard !runs.isEmpty else { return "<p class=\"missing\">No job left a record of itself.</p>" }
    return runs.map { run in
      let facts = run.facts.map {
        "<dt>\(Quoting.html($0.name))</dt><dd>\(Quoting.html($0.text))</dd>"
      }
      return "<details><summary>\(Quoting.html(run.name))</summary>\n<dl>\n"
        + facts.joined(separator: "\n") + "\n</dl>\n</details>"
    }.joined(separator: "\n")
  }

  private var warnings: String {
    guard !report.warnings.isEmpty else { return "<p>Nothing.</p>" }
    let items = report.warnings.map {
      "<li><strong>\(Quoting.html($0.subjects.joined(separator: "; ")))</strong>: \(Quoting.html($0.text)).</li>"
    }
    return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
  }

  private var missing: String {
    var gaps = report.gaps
    for picture in pictures {
      guard case .missing(let reason) = picture.drawing, picture.figure.plot.value != nil else {
        continue
      }
      gaps.append(
        Gap(
          subject: "the figure \(picture.figure.name)", reason: reason,
          remedy: "install gnuplot and give halompi analyze again"))
    }
    guard !gaps.isEmpty else { return "<p>Nothing.</p>" }
    let items = gaps.map {
      "<li><strong>\(Quoting.html($0.subject))</strong>: \(Quoting.html($0.reason)). "
        + "<span class=\"remedy\">\(Quoting.html($0.remedy))</span></li>"
    }
    return "<ul>\n\(items.joined(separator: "\n"))\n</ul>"
  }

  // MARK: - Numbers

  func number(_ value: Double, _ digits: Int) -> String {
    HTML.number(value, String(format: "%.\(digits)f", value))
  }

  private func whole(_ count: Int) -> String { PageTable.whole(count) }
}
