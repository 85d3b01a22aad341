internal import ArgumentParser
internal import Information
internal import MPI
internal import Workshop

/// Estimates the mutual information of two columns of a table.
struct EstimateInformation: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "information",
    abstract: "Estimate the mutual information of two columns of a table.",
    discussion: """
      The table is CSV or TSV with a header. Two independent estimators are printed beside each \
      other, in nats: Gaussian mixtures with bootstrap errors, and nearest neighbours. Rows of one \
      group, such as the particles of one halo, are not independent: name the column of groups, \
      and whole groups are drawn too.

      Mixtures cannot describe a column that ends abruptly or has few distinct values: give the \
      range of such a column, and it gets a small noise and is stretched by the artanh.

      With --given, it also says what the second column tells of the first beyond a third one, \
      I(a; b | c) = I(a; b, c) - I(a; c), from mixtures of all three columns.

        halompi information predictions.csv --columns true,predicted --groups halo
        halompi information predictions.csv --columns true,predicted --edges true=11:13.4 --json
        halompi information table.tsv --columns a,b --bootstraps 100 --estimator gmm
        halompi information predictions.csv --columns true,raw --given averaged --groups halo

      The results are the same to the last bit for any number of threads.
      """)

  @Argument(
    help: "The table.", completion: .file(extensions: ["csv", "tsv", "txt"]))
  var table: String

  @Option(help: ArgumentHelp("The two columns.", valueName: "a,b"))
  var columns: ColumnPair

  @Option(
    help: ArgumentHelp(
      "A third column: what the second says beyond it is estimated too.", valueName: "name"))
  var given: String?

  @Option(help: ArgumentHelp("The column that says which rows belong together.", valueName: "name"))
  var groups: String?

  @Option(
    help: ArgumentHelp(
      "The range of a column that ends abruptly (repeatable).", valueName: "column=low:high"))
  var edges: [ColumnEdges] = []

  @Option(help: ArgumentHelp("How often rows are drawn anew; 0 for no errors.", valueName: "n"))
  var bootstraps = 50

  @Option(help: "The seed of all random numbers.")
  var seed: UInt64 = 0

  @Option(help: "Gaussian mixtures, nearest neighbours, or both.")
  var estimator = InformationTask.Estimators.both

  @Option(help: ArgumentHelp("How many threads compute (default: all cores).", valueName: "n"))
  var threads: Int?

  @Flag(help: "Print everything as JSON.")
  var json = false

  func validate() throws {
    try requireOption("bootstraps", bootstraps, in: 0...10_000)
    try requireOption("threads", threads, in: 1...1024)
  }

  func run() throws {
    try runJob { world in
      try world.agree {
        guard world.isRoot else { return }
        var task = InformationTask(file: table, columns: (columns.first, columns.second))
        task.given = given
        task.groups = groups
        task.estimators = estimator
        for edge in edges { task.edges[edge.column] = edge.range }
        task.settings.bootstraps = bootstraps
        task.settings.seed = seed
        if let threads { task.settings.threads = threads }
        let report = try task.run()
        guard json else { return try Console.output.show(report, terminator: "") }
        try Console.output.give(report.json, terminator: "")
      }
    }
  }
}

/// Two names, as in `a,b`.
struct ColumnPair: ExpressibleByArgument {
  let first: String
  let second: String

  init?(argument: String) {
    let names = argument.split(separator: ",", omittingEmptySubsequences: false)
    guard names.count == 2, !names[0].isEmpty, !names[1].isEmpty else { return nil }
    first = String(names[0])
    second = String(names[1])
  }
}

/// A name and a range, as in `true=11:13.4`.
struct ColumnEdges: ExpressibleByArgument {
  let column: String
  let range: ClosedRange<Double>

  init?(argument: String) {
    guard let equals = argument.lastIndex(of: "="), equals > argument.startIndex else { return nil }
    let ends = argument[argument.index(after: equals)...].split(separator: ":").map { Double($0) }
    guard ends.count == 2, let low = ends[0], let high = ends[1], low < high else { return nil }
    column = String(argument[..<equals])
    range = low...high
  }
}

extension InformationTask.Estimators: ExpressibleByArgument {}
