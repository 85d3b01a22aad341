import Foundation

/// Rules that hold for each file by itself.
///
/// Each takes a file and returns where it is broken.
enum SourceRules {
  /// The most lines that a file may have.
  static let lineLimit = 400

  static func isShort(_ file: TextFile) -> [Finding] {
    let count = file.lines.count - (file.text.hasSuffix("\n") ? 1 : 0)
    guard count > lineLimit else { return [] }
    return [
      Finding(
        path: file.path, line: count,
        reason: "\(count) lines, more than \(lineLimit): split it by concern")
    ]
  }

  /// Only the command line speaks to the user, and in one place, where a full disk and a closed terminal are survived;
  /// the targets below it return values and throw errors.
  static func doesNotPrint(_ file: TextFile) -> [Finding] {
    guard file.target != nil, !file.path.hasPrefix("Sources/halompi/Console/") else { return [] }
    let hints = ["print", "Print(", "dump(", "NSLog", "puts(", "standard"]
    guard mentions(file, hints) else { return [] }
    return findings(
      in: code(of: file),
      /(?:^|[^\w.])(?:print|debugPrint|dump|NSLog|printf|fprintf|puts|fputs)\(|(?:\bFileHandle|[=(,:]\s*)\.standard(?:Error|Output)\b/,
      file
    ) { "prints (\($0)): return a value, throw an error, or in halompi speak by Console" }
  }

  /// The C libraries, each with the one target that calls it.
  nonisolated(unsafe) static let wrappers: [(target: String, call: Regex<Substring>)] = [
    ("MPI", /\b(?:MPI_[A-Z]\w*|cmpi_\w+)\s*\(/),
    ("HDF5", /\b(?:H5[A-Z]{1,2}[a-z]\w*|ch5_\w+)\s*\(/),
    ("Networks", /\b(?:cblas|openblas)_\w+\s*\(/),
    ("FourierTransforms", /\bfftwf?_\w+\s*\(/),
  ]

  static func callsCOnlyInWrappers(_ file: TextFile) -> [Finding] {
    guard let target = file.target, file.path.hasSuffix(".swift") else { return [] }
    guard mentions(file, ["MPI_", "cmpi_", "H5", "ch5_", "blas_", "fftw"]) else { return [] }
    let code = code(of: file)
    return wrappers.filter { $0.target != target }.flatMap { wrapper in
      findings(in: code, wrapper.call, file) {
        "\($0.dropLast()) is called outside the target \(wrapper.target)"
      }
    }
  }

  // Written in two parts, or this file would break its own rule.
  private static let unfinishedWords = [
    "to" + "do", "fix" + "me", "xx" + "x", "ha" + "ck", "place" + "holder", "not imple" + "mented",
    "unimple" + "mented",
  ]

  static func isFinished(_ file: TextFile) -> [Finding] {
    let text = file.text.lowercased()
    guard unfinishedWords.contains(where: { text.contains($0) }),
      let pattern = try? Regex<Substring>("\\b(?:\(unfinishedWords.joined(separator: "|")))\\b")
    else { return [] }
    return findings(in: file.lines.map { String($0) }, pattern.ignoresCase(), file) {
      "\"\($0)\": finish it, or say in a decision why not"
    }
  }

  /// Paths of one machine mean nothing on another.
  static func namesNoMachine(_ file: TextFile) -> [Finding] {
    let folders = ["/home", "/root", "/work", "/tmp", "/opt", "/scratch", "/Users", "/mnt"]
    guard mentions(file, folders) else { return [] }
    return findings(
      in: file.lines.map { String($0) },
      /(?:^|[^\w.)}\/\-])\/(?:home|root|work|tmp|opt|scratch|Users|mnt)\b/, file
    ) { "an absolute path (\($0)): take it from a setting or the environment" }
  }

  /// Tests have their files in the folder of their process (`Tests/TestSupport`), which goes with it.
  static func takesScratchFolders(_ file: TextFile) -> [Finding] {
    let hints = ["temporaryDirectory", "NSTemporaryDirectory", "mkdtemp", "mkstemp", "Replacement"]
    guard mentions(file, hints) else { return [] }
    return findings(
      in: code(of: file),
      /\.temporary[D]irectory\b|\b(?:NSTemporary[D]irectory|mk[ds]temp)\b|\.item[R]eplacementDirectory\b/,
      file
    ) { "a temporary folder (\($0)) that nobody removes: take a ScratchFolder" }
  }

  /// Tests start processes after MPI, whose daemon would keep pipes open that were made before it.
  static func takesChildProcesses(_ file: TextFile) -> [Finding] {
    guard mentions(file, ["Process()"]) else { return [] }
    return findings(in: code(of: file), /(?:^|[^\w.])Process\(\)/, file) {
      "\($0.drop { $0 != "P" }): take a childProcess()"
    }
  }

  // MARK: - Reading

  /// Whether a file has any of some strings: most have none, and matching patterns takes long.
  private static func mentions(_ file: TextFile, _ hints: [String]) -> Bool {
    hints.contains { file.text.contains($0) }
  }

  private static func findings(
    in lines: [String], _ pattern: Regex<Substring>, _ file: TextFile,
    _ reason: (Substring) -> String
  ) -> [Finding] {
    // By default "a.b" is one word, as in the Unicode standard.
    let pattern = pattern.wordBoundaryKind(.simple)
    return lines.enumerated().compactMap { index, line in
      line.firstMatch(of: pattern).map {
        Finding(path: file.path, line: index + 1, reason: reason($0.output))
      }
    }
  }

  /// Imports that do not say who may see what they bring.
  static func saysWhoSeesAnImport(_ file: TextFile) -> [Finding] {
    file.lines.enumerated().filter { $0.element.hasPrefix("import ") }.map {
      Finding(
        path: file.path, line: $0.offset + 1,
        reason: "an import without `internal`, `package` or `public`")
    }
  }

  /// The lines of a program without comments and without the content of strings.
  static func code(of file: TextFile) -> [String] {
    var isInText = false
    return file.lines.map { line in
      if line.contains("\"\"\"") {
        isInText.toggle()
        return ""
      }
      return isInText ? "" : code(of: line)
    }
  }

  private static func code(of line: Substring) -> String {
    var result = ""
    var isInString = false
    var before: Character = " "
    for character in line {
      if character == "\"", before != "\\" { isInString.toggle() }
      if !isInString, character == "/", before == "/" { return String(result.dropLast()) }
      if !isInString { result.append(character) }
      before = before == "\\" && character == "\\" ? " " : character
    }
    return result
  }
}
