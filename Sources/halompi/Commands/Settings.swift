internal import ArgumentParser
internal import Experiments
internal import Text

/// Prints the settings that an experiment file may hold.
struct Settings: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the settings of an experiment file with what they may be and their defaults.",
    discussion: """
      All of them, or those whose keys contain a text. What each means is in Documentation/settings.md.

        halompi settings
        halompi settings training.optimizer
      """)

  @Argument(help: "A part of the keys.")
  var part: String?

  func run() throws {
    try reportingFailures {
      var table = TextTable("setting", "default", "may be")
      for entry in try SettingsReference().entries
      where part.map({ entry.key.lowercased().contains($0.lowercased()) }) ?? true {
        table.add(
          entry.key, entry.defaultValue ?? "(required)", entry.mayBe.replacing("`", with: ""))
      }
      try Console.output.show(table, terminator: "")
    }
  }
}
