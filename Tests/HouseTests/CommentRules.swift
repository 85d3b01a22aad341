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

/// Finds declarations for other targets of which nobody can know what they throw.
///
/// One type stands in the signature; several are listed in the comment. Decoding and encoding throw what the
/// standard library says.
enum ThrowingRules {
  static func saysWhatItThrows(_ file: TextFile) -> [Finding] {
    let lines = file.lines
    return lines.indices.compactMap { start -> Finding? in
      let line = lines[start]
      guard line.contains(#/^ *(?:@\w+ )*(?:package|public) .*\b(?:func|init|subscript)\b/#) else {
        return nil
      }
      var signature = ""
      for line in lines[start...].prefix(14) {
        signature += line + " "
        if line.contains("{") { break }
      }
      guard
        !signature.contains(
          #/init\(from \w+: any Decoder\)|encode\(to \w+: any Encoder\)|DecodingContainer/#)
      else { return nil }
      let outer = signature.replacing(
        #/:\s*(?:@\w+ )*\([^()]*\)\s*throws(?:\([\w.]+\))?\s*->/#, with: "")
      guard outer.contains(#/\)\s*throws\b(?!\()/#) else { return nil }
      let comment = lines[..<start].reversed().prefix {
        let text = $0.drop { $0 == " " }
        return text.hasPrefix("///") || text.hasPrefix("@")
      }
      guard !comment.contains(where: { $0.contains("Throws:") }) else { return nil }
      return Finding(
        path: file.path, line: start + 1,
        reason: "throws errors of any type, and the comment does not list them (- Throws:)")
    }
  }
}
