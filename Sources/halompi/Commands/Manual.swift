internal import ArgumentParser

/// Prints the manual page.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the manual page, of all commands with their options, for man(1).",
    discussion: """
      The same page is Documentation/halompi.1 in the sources.

        halompi manual > ~/.local/share/man/man1/halompi.1
        halompi manual | man -l -
      """)

  func run() throws {
    try reportingFailures {
      try Console.output.give(ManualPage(of: try .ofProgram()).text, terminator: "")
    }
  }
}

extension CommandInformation {
  /// The program and all of its commands.
  static func ofProgram() throws -> CommandInformation { try read(Halompi._dumpHelp()) }
}
