internal import ArgumentParser
internal import Foundation

/// The description of a command and those below it, as the argument parser writes it for other tools
/// (`--experimental-dump-help`).
struct CommandInformation: Decodable {
  /// An argument, option or flag.
  struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      /// The name as it is typed.
      var word: String { kind == "long" ? "--\(name)" : "-\(name)" }
    }

    let kind: String
    let names: [Name]?
    let valueName: String?
    let abstract: String?
    let defaultValue: String?
    let allValues: [String]?
    let isOptional: Bool
    let isRepeating: Bool
    let shouldDisplay: Bool

    /// Whether it is one of those that the argument parser gives to every command.
    var isOfEveryCommand: Bool {
      (names ?? []).contains { ["--help", "--version"].contains($0.word) }
    }
  }

  let commandName: String
  let abstract: String?
  let discussion: String?
  let arguments: [Argument]?
  let subcommands: [CommandInformation]?

  /// Reads what a program says of itself and all of its commands.
  static func read(_ dump: String) throws -> CommandInformation {
    struct Tool: Decodable { let command: CommandInformation }
    return try JSONDecoder().decode(Tool.self, from: Data(dump.utf8)).command
  }

  /// This command and those below it, each with the words by which it is called; `help` is left out.
  func all(after words: [String] = []) -> [(words: [String], command: CommandInformation)] {
    let own = words + [commandName]
    let below = (subcommands ?? []).filter { $0.commandName != "help" }
    return [(own, self)] + below.flatMap { $0.all(after: own) }
  }

  /// The lines of the discussion that are examples: command lines, two blanks from the margin.
  var examples: [String] {
    (discussion ?? "").split(separator: "\n").filter { $0.hasPrefix("  ") }
      .map { $0.trimmingCharacters(in: .whitespaces) }
      .filter { $0.split(separator: " ").contains("halompi") }
  }
}
