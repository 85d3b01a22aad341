internal import Failures
internal import Text

/// The manual page of the program, in the macros of man(7).
struct ManualPage {
  /// The text of the page.
  let text: String

  /// Writes the page of a program.
  init(of program: CommandInformation) {
    var page = Writer()
    page.line(".TH HALOMPI 1 \"\" \"halompi \(halompiVersion)\" \"halompi\"")
    page.section("NAME")
    page.text("halompi - \(program.abstract ?? "")")
    page.section("SYNOPSIS")
    page.line(".B halompi")
    page.line(".I command")
    page.line("[\\fIargument\\fR ...]")
    page.section("DESCRIPTION")
    page.discussion(program.discussion ?? "")
    page.section("COMMANDS")
    page.text("Every command also takes --help, which prints what follows.")
    for (words, command) in program.all().dropFirst() {
      page.line(".SS \"\(Writer.escaped(words.joined(separator: " ")))\"")
      page.text(command.abstract ?? "")
      for argument in command.arguments ?? []
      where argument.shouldDisplay && !argument.isOfEveryCommand {
        page.argument(argument)
      }
      if let discussion = command.discussion {
        page.line(".PP")
        page.discussion(discussion)
      }
    }
    page.section("EXIT STATUS")
    for code in JobExitCode.allCases {
      page.line(".TP")
      page.line(".B \(code.rawValue)")
      page.text(code.meaning)
    }
    page.section("SEE ALSO")
    page.text("mpirun(1), sbatch(1), and the folder Documentation of the sources.")
    text = page.result
  }

  private struct Writer {
    var result = ""

    mutating func line(_ line: String) { result += line + "\n" }

    mutating func section(_ name: String) { line(".SH \(name)") }

    /// Text that is filled.
    mutating func text(_ text: String) { line(Self.escaped(text)) }

    /// Paragraphs, which are filled, and examples, which are not.
    mutating func discussion(_ text: String) {
      var isExample = false
      for each in text.split(separator: "\n", omittingEmptySubsequences: false) {
        let isNext = each.hasPrefix("  ")
        if isNext != isExample, !each.isEmpty || isExample {
          line(isNext ? ".RS 4\n.nf" : ".fi\n.RE")
          isExample = isNext
        }
        if each.isEmpty {
          line(".PP")
        } else {
          self.text(isNext ? String(each.dropFirst(2)) : String(each))
        }
      }
      if isExample { line(".fi\n.RE") }
    }

    mutating func argument(_ argument: CommandInformation.Argument) {
      let value = argument.valueName.map { "\\fI\(Self.escaped($0))\\fR" } ?? ""
      let names = (argument.names ?? []).map { "\\fB\(Self.escaped($0.word))\\fR" }
      var head = names.joined(separator: ", ")
      if argument.kind != "flag" { head += (head.isEmpty ? "" : " ") + value }
      line(".TP")
      line(head)
      var words = argument.abstract ?? ""
      if let values = argument.allValues, !values.isEmpty {
        words += " (\(values.joined(separator: ", ")))"
      }
      if let value = argument.defaultValue { words += " (default: \(value))" }
      text(words.isEmpty ? "\(argument.valueName ?? "")." : words)
    }

    /// Text in which nothing is a command of the macros.
    static func escaped(_ text: String) -> String {
      let plain = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      return plain.hasPrefix(".") || plain.hasPrefix("'") ? "\\&\(plain)" : plain
    }
  }
}
