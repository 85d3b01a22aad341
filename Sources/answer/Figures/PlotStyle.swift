internal import Text

/// The look of all figures: one palette, one set of line widths and fonts.
enum PlotStyle {
  /// Colors that people with any color vision tell apart: Okabe and Ito 2008, "Color Universal Design".
  enum Color: String {
    case black = "#000000"
    case orange = "#E69F00"
    case skyBlue = "#56B4E9"
    case green = "#009E73"
    case blue = "#0072B2"
    case vermilion = "#D55E00"
    case purple = "#CC79A7"
    case gray = "#7F7F7F"
  }

  /// The colors of models in their order.
  static let models: [Color] = [.blue, .vermilion, .green, .purple, .orange, .skyBlue]

  /// The color of a model.
  static func color(_ model: Int) -> String { models[model % models.count].rawValue }

  /// From white to dark blue, ever darker: for counts and densities.
  static let counts =
    "set palette defined (0 '#FFFFFF', 1 '#DCE9F5', 2 '#A9CCE6', 3 '#6BAAD3', 4 '#2F84BD', 5 '#0B5A94', 6 '#08306B')"

  /// From blue over white to red, for numbers about zero.
  static let aboutZero =
    "set palette defined (-3 '#053061', -2 '#2F79B5', -1 '#A7D0E4', 0 '#F7F7F7', 1 '#F5B799', 2 '#C6413E', 3 '#67001F')"

  /// Viridis (Smith and van der Walt 2015, in the public domain), for masses.
  static let masses =
    "set palette defined (0 '#440154', 1 '#472D7B', 2 '#3B528B', 3 '#2C728E', 4 '#21918C', 5 '#28AE80', 6 '#5EC962', 7 '#ADDC30', 8 '#FDE725')"

  /// The axes' names.
  ///
  /// A blank beside a change of font is lost in SVG, one that does not break is not.
  static let trueMass = "log_{10}({/:Italic M}_{true}\u{A0}/\u{A0}M_☉)"
  static let predictedMass = "log_{10}({/:Italic M}_{pred}\u{A0}/\u{A0}M_☉)"
  static let residual = "log_{10}({/:Italic M}_{pred}\u{A0}/\u{A0}{/:Italic M}_{true}) [dex]"
  static let information = "mutual information [nats]"

  /// The commands that every script begins with, after terminal and output.
  static let common = """
    set encoding utf8
    set datafile separator ','
    set border lw 0.8 lc rgb '#333333'
    set tics front nomirror out scale 0.6 tc rgb '#000000'
    set style fill solid noborder
    set key samplen 1.6 spacing 1.1 noautotitle
    set colorbox noborder
    set format x '%g'
    set format y '%g'
    """

  /// The left and right margin of one of several panels beside each other.
  ///
  /// - Parameters:
  ///   - index: The panel, from zero.
  ///   - count: The number of panels.
  ///   - left: The left edge of the first panel, as a fraction of the figure's width.
  ///   - right: The right edge of the last panel, as such a fraction.
  ///   - gap: The space between two panels, as such a fraction.
  /// - Returns: Commands that set both.
  static func panel(
    _ index: Int, of count: Int, left: Double, right: Double, gap: Double = 0.016
  ) -> String {
    let width = (right - left - gap * Double(count - 1)) / Double(count)
    let start = left + Double(index) * (width + gap)
    return "set lmargin at screen \(start); set rmargin at screen \(start + width)"
  }

  /// The part of a `plot` command that draws the intervals of ``intervalTable(_:_:quantity:)`` as bars.
  static func interval(color: String, shift: Double = 0) -> String {
    "using ($1 + \(shift)):2:(0):($4 - $2) with vectors nohead lw 1.5 lc rgb '\(color)'"
  }

  /// A number with three digits behind the point.
  static func threeDigits(_ value: Double) -> String {
    let thousandths = Int((abs(value) * 1000).rounded())
    let digits = "\(1000 + thousandths % 1000)".dropFirst()
    return "\(value < 0 && thousandths > 0 ? "-" : "")\(thousandths / 1000).\(digits)"
  }

  /// The file of a table as a part of a `plot` command, in quotes.
  static func table(_ name: String) -> String { Quoting.gnuplotFile("\(name).csv") }
}
