internal import Analysis
package import DurableFiles
internal import Foundation
internal import Text

/// Draws figures with gnuplot, in the one place where a program is started.
///
/// Beside each picture (`.svg` and `.pdf`) stay the script (`.gp`) and its tables (`.csv`): `gnuplot name.gp` draws it
/// again, and `gnuplot -e "format='pdf'" name.gp` as PDF.
package struct Gnuplot: Sendable {
  /// The result of drawing a figure.
  package enum Drawing: Hashable, Sendable {
    /// It was drawn: the text of the SVG.
    case svg(String)

    /// It was not, for this reason.
    case missing(String)
  }

  /// The program, or `nil` if it is not there.
  package let program: String?

  /// Finds gnuplot in the folders of `PATH`.
  ///
  /// - Parameter path: The folders, parted by colons; without it, those of the environment.
  package init(searching path: String? = nil) {
    let path = path ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
    program = path.split(separator: ":").lazy.map { "\($0)/gnuplot" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }

  /// Writes the script and the tables of a figure into a folder, and draws it if gnuplot is there.
  ///
  /// A figure without data leaves no files, and removes those that an earlier call left.
  ///
  /// - Parameters:
  ///   - figure: The figure.
  ///   - folder: The folder for its files, made if it is missing.
  /// - Returns: The picture, or the reason why there is none.
  /// - Throws: `FileError` if a file cannot be written.
  package func draw(_ figure: Figure, in folder: String) throws(FileError) -> Drawing {
    let stem = "\(folder)/\(figure.name)"
    for suffix in ["svg", "pdf", "gp"] {
      try? FileManager.default.removeItem(atPath: "\(stem).\(suffix)")
    }
    guard case .known(let plot) = figure.plot else {
      return .missing(figure.plot.reason ?? "there are no data")
    }
    try DurableFile.createDirectory(folder)
    for table in plot.tables {
      try DurableFile.write(Data(table.text.utf8), to: "\(folder)/\(table.name).csv")
    }
    try DurableFile.write(Data(script(of: figure, plot).utf8), to: "\(stem).gp")
    guard let program else {
      return .missing(
        "gnuplot is not installed (Debian: apt install gnuplot-nox); the script \(figure.name).gp "
          + "and its tables are there")
    }
    for format in ["svg", "pdf"] {
      if let problem = run(program, "\(figure.name).gp", format, in: folder) {
        return .missing("gnuplot could not draw \(figure.name).\(format): \(problem)")
      }
    }
    // Voxels are squares, which viewers else blur.
    let svg = String(decoding: try DurableFile.read("\(stem).svg"), as: UTF8.self)
      .replacing("<image ", with: "<image style='image-rendering:pixelated' ")
    try DurableFile.write(Data(svg.utf8), to: "\(stem).svg")
    return .svg(svg)
  }

  /// The whole script of a plot.
  func script(of figure: Figure, _ plot: Plot) -> String {
    let (width, height) = (plot.width.centimeters, plot.height)
    // An SVG has 60 pixels a centimetre: 15 pixels are 7 points on paper.
    return """
      # \(Quoting.comment(figure.title)). Drawn by halompi; again by: gnuplot \(Quoting.comment(figure.name)).gp (or with -e "format='pdf'").
      if (!exists('format')) format = 'svg'
      if (format eq 'pdf') {
        set terminal pdfcairo size \(width)cm,\(height)cm enhanced font 'sans-serif,8' linewidth 1 dashlength 0.6
      } else {
        set terminal svg size \(Int(width * 60)),\(Int(height * 60)) enhanced font 'sans-serif,15' linewidth 1.4 dashlength 0.8 background '#ffffff'
      }
      set output \(Quoting.gnuplotFile("\(figure.name).")).format
      \(PlotStyle.common)
      \(plot.commands)
      set output

      """
  }

  /// Runs gnuplot, and returns what is wrong if something is.
  private func run(
    _ program: String, _ script: String, _ format: String, in folder: String
  ) -> String? {
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = ["-e", "format='\(format)'", script]
    process.currentDirectoryURL = URL(filePath: folder)
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    let messages = Pipe()
    process.standardError = messages
    do {
      try process.run()
    } catch {
      return "\(program) cannot be started: \(error)"
    }
    let said = messages.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus != 0 else { return nil }
    let words = String(decoding: said, as: UTF8.self).split(whereSeparator: \.isNewline)
    return words.suffix(3).joined(separator: " ")
  }
}
