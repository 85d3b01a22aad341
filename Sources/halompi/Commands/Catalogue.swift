internal import ArgumentParser
internal import Text
internal import Workshop

/// Makes a page of all experiments below a folder.
struct Catalogue: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a page of all experiments below a folder: settings, state, loss, information.",
    discussion: """
      Writes index.html into the folder: a row for each run directory below it, with its state, the best \
      validation loss, the information of its report, links to the report, and the settings that are not the same \
      in all. The page needs nothing else, and works without scripts; with them, every column sorts, and an \
      address such as index.html#loss or index.html#training.seed:descending begins sorted.

        halompi catalogue runs
        halompi catalogue results --output overview.html
      """)

  @Argument(help: "The folder of run directories, at any depth.", completion: .directory)
  var folder = "runs"

  @Option(
    help: ArgumentHelp("The file of the page (default: index.html there).", valueName: "file"))
  var output: String?

  func run() throws {
    try reportingFailures {
      let made = try CatalogueTask(folder, output: output).run()
      let count = made.experiments == 1 ? "1 experiment" : "\(made.experiments) experiments"
      try Console.output.show("\(count): \(Quoting.terminal(made.page))")
    }
  }
}
