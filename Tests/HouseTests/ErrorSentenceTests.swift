import Testing

/// Every error says what to try.
struct ErrorSentenceTests {
  /// The names of the types that are errors.
  private func errorTypes(in files: [TextFile]) -> Set<Substring> {
    let declaration = /(?:struct|enum|extension) ([\w.]+): [^{\n]*\b(?:Error|JobFailure)\b/
    return Set(files.flatMap { $0.text.matches(of: declaration).map { $0.output.1 } })
  }

  /// Where the description of an error has a case without a remedy.
  ///
  /// A remedy follows a semicolon, is a second sentence or a question, or is a value of that name; "must be" and
  /// "may be" tell it as well, and an error inside another has its own.
  private func findings(in file: TextFile, errors: Set<Substring>) -> [Finding] {
    let lines = file.lines
    return lines.indices.compactMap { start -> Finding? in
      guard lines[start].contains("var description: String {") else { return nil }
      let indent = lines[start].prefix { $0 == " " }.count
      let scope = lines[..<start].last {
        $0.contains(/^ *(?:public |package |private |fileprivate )?(?:struct|enum|extension)\b/)
          && $0.prefix { $0 == " " }.count < indent
      }
      guard let type = scope?.firstMatch(of: /(?:struct|enum|extension) ([\w.]+)/)?.output.1,
        errors.contains(type)
      else { return nil }
      let margin = String(repeating: " ", count: indent) + "}"
      let end =
        lines[start].hasSuffix("}")
        ? start : lines[start...].firstIndex { $0.hasPrefix(margin) } ?? start
      // The cases and returns of the property itself, not those of a value within.
      let deepest = indent + 2
      var parts: [String] = [""]
      for line in lines[start...end] {
        let code = line.drop { $0 == " " }
        let isCase = code.hasPrefix("case ") || code.hasPrefix("return ")
        if isCase, line.count - code.count <= deepest { parts.append("") }
        parts[parts.count - 1] += "\(line)\n"
      }
      let poor = parts.dropFirst(parts.count > 1 ? 1 : 0).first { part in
        part.contains("\"")
          && !part.contains(
            /;|remedy|hint|m(?:ust|ay) be|\?"|\. ["\s+]*[A-Z]|\\\((?:error|\$0)\)/)
      }
      return poor.map {
        Finding(
          path: file.path, line: start + 1,
          reason: "an error without a remedy: \($0.prefix(120)): say what to try")
      }
    }
  }

  @Test func everyErrorSaysWhatToTry() throws {
    let files = try Repository.files(in: ["Sources"], ["swift"])
    let errors = errorTypes(in: files)
    #expect(errors.count > 10, "the errors were not found")
    let findings = files.flatMap { self.findings(in: $0, errors: errors) }
    #expect(findings.isEmpty, "\(report(findings))")
  }

  /// The types of errors that are declared, but for the two that serve all.
  private func ownTypes(in files: [TextFile]) -> Set<String> {
    let declaration = /(?:struct|enum|class) (\w+): [^{\n]*\b(?:Error|JobFailure)\b/
    let types = files.flatMap { $0.text.matches(of: declaration).map { String($0.output.1) } }
    return Set(types).subtracting(["Failure", "SettingOutOfRange"])
  }

  @Test func everyOtherTypeOfErrorHasAReason() throws {
    let page = try Repository.file("Documentation/architecture.md").text
    let listed = ArchitectureTests.rows(of: "Errors", in: page).flatMap {
      ArchitectureTests.code(in: $0.first ?? "")
    }
    #expect(Set(listed) == ownTypes(in: try Repository.files(in: ["Sources"], ["swift"])))
  }

  @Test func aTypeOfErrorIsFound() {
    let text = "package struct Failure: JobFailure {\n}\nenum Broken: Error, Hashable {\n}\n"
    #expect(ownTypes(in: [TextFile(path: "Sources/A/A.swift", text: text)]) == ["Broken"])
  }

  /// A `Failure` is made with a remedy, which is not empty.
  @Test func everyFailureSaysWhatToTry() throws {
    let files = try Repository.files(in: ["Sources"], ["swift"])
    let failures = files.reduce(0) { $0 + $1.text.matches(of: /\bFailure\(/).count }
    #expect(failures > 40, "the failures were not found")
    let poor = files.filter { $0.text.contains(/remedy:\s*""(?!")/) }
    #expect(poor.isEmpty, "\(poor.map(\.path))")
  }

  @Test(arguments: [
    ("\"cannot read \\(path)\"", 1), ("\"cannot read \\(path); give another\"", 0),
    ("\"cannot read \\(path). Give another\"", 0), ("\"\\(path): \\(reason). \\(remedy)\"", 0),
    ("switch self {\n    case .a: \"it broke; mend it\"\n    case .b: \"it broke\"\n    }", 1),
  ])
  func anErrorWithoutARemedyIsFound(body: String, count: Int) {
    let text = """
      struct Broken: Error {
        var description: String {
          \(body)
        }
      }
      """
    let file = TextFile(path: "Sources/A/Broken.swift", text: text)
    #expect(findings(in: file, errors: errorTypes(in: [file])).count == count)
  }
}
