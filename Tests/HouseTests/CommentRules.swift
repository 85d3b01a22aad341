import Foundation

/// What comments name exists: types and functions in code marks, and files.
struct CommentRules {
  /// Words of other programs, standards and formats that comments name in code marks.
  static let namesOfOthers: Set<String> = [
    "CAMB", "EX_DATAERR", "EX_IOERR", "EX_NOINPUT", "EX_SOFTWARE", "EX_TEMPFAIL", "EX_USAGE",
    "GraphProto", "ModelProto", "NodeProto", "START", "Summary", "TensorProto", "DataType",
    "ValueInfoProto", "file_version", "int64", "session_log", "simple_value", "to_3d_grid",
    "uint64",
    "umask", "wall_time", "oob_tcp_keepalive_time", "io_header", "GADGET2_HEADER",
  ]

  /// Files of other programs, and those that are made and not kept.
  static let filesOfOthers: Set<String> = ["sysexits.h", "experiment.yaml", "crc32c.h"]

  private let words: Set<String>
  private let files: Set<String>

  /// Collects the words of the code, and the names of all files.
  init(code: [TextFile], paths: [String]) {
    words = Set(
      code.flatMap { file in
        file.lines.flatMap { line in
          Self.split(line).code.split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(
            String.init)
        }
      })
    files = Set(paths.compactMap { $0.split(separator: "/").last.map(String.init) })
      .union(paths)
  }

  /// A line up to its comment, and the comment.
  private static func split(_ line: Substring) -> (code: Substring, comment: Substring) {
    guard let start = line.firstRange(of: "//")?.lowerBound,
      line[..<start].count(where: { $0 == "\"" }).isMultiple(of: 2)
    else { return (line, "") }
    return (line[..<start], line[start...])
  }

  // Made once: making a pattern takes longer than matching it.
  nonisolated(unsafe) private static let marked = /`{1,2}([A-Za-z_][\w.\/]*)(?:\([^`]*\))?`{1,2}/
  nonisolated(unsafe) private static let fileName =
    /(?:^|[\s(`])((?:[\w+.\-]+\/)*[\w+\-]+\.(?:swift|c|h|inc|md|yaml|py))\b/

  /// Comments that name what is not there.
  func findings(in file: TextFile) -> [Finding] {
    file.lines.enumerated().flatMap { index, line in
      let comment = Self.split(line).comment
      guard !comment.isEmpty else { return [Finding]() }
      let symbols = comment.matches(of: Self.marked).map { String($0.output.1) }
        .filter { name in
          let last =
            name.split { ".".contains($0) || "/".contains($0) }.last.map(String.init) ?? name
          return !words.contains(last) && !Self.namesOfOthers.contains(last)
            && !files.contains(name)
        }
      let names = comment.matches(of: Self.fileName).map { String($0.output.1) }
        .filter { name in
          let last = name.split(separator: "/").last.map(String.init) ?? name
          return !files.contains(last) && !Self.filesOfOthers.contains(last)
        }
      return (symbols + names).map {
        Finding(path: file.path, line: index + 1, reason: "\($0) is named and does not exist")
      }
    }
  }
}
