import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What befalls a rank of any stage, at a random call of MPI: the job ends in time, one message tells of it, and the
  /// same command goes on, on another number of ranks, to the bytes of a job that nothing happened to.
  @Suite struct FaultMatrixTests {
    /// The watchdog's time W [seconds]; `HALOMPI_TEST_WATCHDOG` is that for a machine that is busy with other things.
    static let watchdog =
      ProcessInfo.processInfo.environment["HALOMPI_TEST_WATCHDOG"].flatMap(Double.init) ?? 3

    /// The calls that every rank makes before it is watched: it is left to the launcher until then.
    static let callsBeforeWatch = 8

    /// What there is time for between a fault and the end of the job beside the watchdog: work that stands still is left
    /// fifteen seconds, the lowest rank speaks first, and `mpirun` takes some seconds to end the others [seconds].
    static let secondsToEnd = 10 * watchdog

    /// After how long `mpirun` ends a job that hangs [seconds].
    private static let timeout = 30 * Int(watchdog)

    private static let library = Result { try compiledCheck("fault_at_call") }

    // MARK: Ranks

    @Test(arguments: WatchedStage.allCases, [RankFault.throws, .stop, .kill])
    func theFaultOfARankEndsTheJobAndTheSameCommandGoesOn(
      stage: WatchedStage, fault: RankFault
    ) throws {
      var chance = Chance(for: "\(fault) in \(stage)")
      let reference = try stage.reference()
      let workspace = try stage.workspace()
      let victim = reference.victim
      let call = chance.integer(in: Self.callsBeforeWatch...reference.calls - 3)
      let delay = fault == .throws ? 0 : chance.integer(in: 0...2000)
      let end = try workspace.start(
        stage.command, stage.options + ["--set", "training.watchdogSeconds=\(Self.watchdog)"],
        ranks: 3,
        launcher: try Self.launcher(
          fault.rawValue, victim, call: call, delay: delay, file: workspace.path("fault"))
      ).wait()
      let moment =
        try? FileManager.default.attributesOfItem(atPath: workspace.path("fault"))[
          .modificationDate] as? Date
      let seconds = moment.map { Date().timeIntervalSince($0) } ?? 0
      let hasBefallen = moment != nil
      let story =
        "\(stage), \(fault) of rank \(victim) at call \(call) of \(reference.calls) + \(delay) us: "
        + (hasBefallen ? "" : "never; ") + "ended after \(seconds) s with exit code \(end.code)"
      print(story)
      // The dispatcher of an ablation makes as many calls as it waits.
      try #require(hasBefallen || end.code == 0, "\(story): \(end.messages)")
      if hasBefallen { expect(fault, of: victim, end, after: seconds, story) }
      try workspace.run(stage.command, stage.options, ranks: [1, 2, 4][chance.integer(in: 0...2)])
      try reference.expectSameFiles(in: workspace, story)
    }

    /// What the job must have said, when and with which code.
    private func expect(
      _ fault: RankFault, of victim: Int, _ end: Job.End, after seconds: Double, _ story: String
    ) {
      let host = FaultTests.host
      switch fault {
      case .throws:
        #expect(seconds < Self.secondsToEnd, "\(story)")
        #expect(end.code == 70, "\(story): \(end.messages)")
        #expect(end.failures.count == 1, "\(story): \(end.messages)")
        for part in ["[rank \(victim) of 3, \(host)] ", "MPI_", " failed: "] {
          #expect(end.failures.first?.contains(part) == true, "\(story): \(end.messages)")
        }
      case .stop:
        // A training names rank 0 last, and another watchdog guards it.
        let stated = victim == 0 ? 3.5 * Self.watchdog + 10 : 2 * Self.watchdog
        #expect(seconds < stated + Self.secondsToEnd, "\(story)")
        #expect(end.code == 75, "\(story): \(end.messages)")
        #expect(end.failures.count == 1, "\(story): \(end.messages)")
        for part in ["rank \(victim) on \(host) has not been heard of for ", "last seen "] {
          #expect(end.failures.first?.contains(part) == true, "\(story): \(end.messages)")
        }
        let silence = end.failures.first?.firstMatch(of: #/heard of for (\d+) s/#)?.1
        #expect(silence.flatMap { Double($0) } ?? .infinity <= stated, "\(story): \(end.messages)")
      case .kill:
        #expect(seconds < Self.secondsToEnd, "\(story)")
        // The launcher tells; on a very busy machine the watch may be faster.
        let isWatched =
          end.failures.first?.contains("rank \(victim) on \(host) has not been") == true
        let (code, words) = Job.end(of: victim, by: SIGKILL)
        #expect(end.code == code || isWatched, "\(story): \(end.messages)")
        #expect(end.failures.count == (isWatched ? 1 : 0), "\(story): \(end.messages)")
        for part in isWatched ? [] : words {
          #expect((end.messages + end.output).contains(part), "\(story): \(end.messages)")
        }
      }
    }

    // MARK: File systems

    @Test(
      .enabled(if: MountSpace.isPossible, "needs root, and mounts in a namespace of its own"),
      arguments: WatchedStage.allCases, [true, false])
    func aFileSystemThatFillsUpOrTurnsReadOnlyEndsTheJobAndTheSameCommandGoesOn(
      stage: WatchedStage, isFull: Bool
    ) throws {
      let fault = isFull ? "full" : "read-only"
      var chance = Chance(for: "\(fault) in \(stage)")
      let reference = try stage.reference()
      let workspace = try stage.workspace()
      let runs = workspace.path("runs")
      try FileManager.default.createDirectory(atPath: runs, withIntermediateDirectories: true)
      let copy = workspace.path("start")
      let space = try MountSpace(
        isFull
          ? "cp -a '\(runs)' '\(copy)' && mount -t tmpfs -o size=24m none '\(runs)' "
            + "&& cp -a '\(copy)/.' '\(runs)'" : "true")
      let call = chance.integer(in: Self.callsBeforeWatch...reference.calls - 3)
      let file = workspace.path("fault")
      let job = try workspace.start(
        stage.command, stage.options + ["--set", "training.watchdogSeconds=\(Self.watchdog)"],
        ranks: 3,
        launcher: space.words(in: workspace.folder)
          + Self.launcher("pause", reference.victim, call: call, file: file))
      while job.isRunning, !FileManager.default.fileExists(atPath: file) { usleep(500) }
      let moment = ContinuousClock.now
      if isFull {
        try fill(space.path(of: "\(runs)/filler"))
      } else {
        try space.makeReadOnly(runs, in: workspace.folder)
      }
      try? FileManager.default.removeItem(atPath: file)
      let end = try job.wait()
      let seconds = moment.duration(to: .now) / .seconds(1)
      let story =
        "\(stage), \(fault) at call \(call) of \(reference.calls) of rank \(reference.victim): ended after "
        + "\(seconds) s with exit code \(end.code)"
      print(story)
      #expect(seconds < Self.secondsToEnd, "\(story)")
      // A job that has nothing more to write ends well.
      if end.code != 0 {
        #expect(end.code == 74, "\(story): \(end.messages)")
        #expect(end.failures.count == 1, "\(story): \(end.messages)")
        var words = [isFull ? "No space left on device" : "is read-only"]
        // Of runs that can put nothing on record.
        if stage == .ablate { words.append("file system is full") }
        #expect(
          words.contains(where: end.messages.localizedCaseInsensitiveContains),
          "\(story): \(end.messages)")
      }
      let root = isFull ? space.path(of: "") : ""
      if isFull { try FileManager.default.removeItem(atPath: "\(root)\(runs)/filler") }
      let ranks = [1, 2, 4][chance.integer(in: 0...2)]
      let last = try workspace.start(
        stage.command, stage.options, ranks: ranks,
        launcher: (isFull ? space.words(in: workspace.folder) : [])
          + Job.launcher(ranks: ranks, seconds: Self.timeout)
      ).wait()
      #expect(last.code == 0, "\(story): \(last.messages)")
      try reference.expectSameFiles(in: workspace, below: root, story)
    }

    /// What starts three ranks, one of which something befalls.
    static func launcher(
      _ kind: String, _ rank: Int, call: Int, delay: Int = 0, file: String
    ) throws -> [String] {
      try Job.launcher(
        ranks: 3, seconds: timeout,
        with: variables(kind, rank, call: call, delay: delay, file: file))
    }

    /// The variables of ranks one of which something befalls.
    static func variables(
      _ kind: String, _ rank: Int, call: Int, delay: Int = 0, file: String
    ) throws -> [String: String] {
      try [
        "LD_PRELOAD": library.get(), "HALOMPI_FAULT_KIND": kind,
        "HALOMPI_FAULT_RANK": "\(rank)",
        "HALOMPI_FAULT_CALL": "\(call)", "HALOMPI_FAULT_DELAY": "\(delay)",
        "HALOMPI_FAULT_FILE": file,
      ]
    }
  }
}

/// What befalls a rank.
enum RankFault: String, Sendable {
  case `throws` = "throw"
  case stop
  case kill
}

/// A stage as the matrix runs it.
enum WatchedStage: String, CaseIterable, Sendable {
  case simulate, prepare, predict, analyze, ablate

  private static let universe = """
    name: small
    universe:
      boxSize: 6
      gridSize: 16
      checkpointMinutes: 1.0e-6
      mesh: {steps: {count: 12}}
    simulations:
      - {name: one, role: training, seed: 1}
      - {name: pair, role: validation, seed: 1, isInverted: true}
    """

  /// A folder with all that the stage needs, and nothing of what it makes.
  func workspace() throws -> Workspace {
    switch self {
    case .simulate: try .with(experiment: Self.universe)
    case .prepare: try .withSimulations()
    case .predict: try .withModel()
    case .analyze: try .withPredictions()
    case .ablate: try .withFields()
    }
  }

  /// The command.
  var command: String { rawValue }

  /// Its options, which make its work small, and long enough for something to befall it.
  var options: [String] {
    switch self {
    case .simulate, .prepare: []
    case .predict: ["--set", "prediction.symmetries=rotations"]
    case .analyze: Workspace.analysisOptions
    case .ablate:
      ["training.epochs=1", "ablation.seeds=[1]", "ablation.ranksPerRun=1"].flatMap {
        ["--set", $0]
      }
    }
  }

  /// The results, as beginnings and ends of their paths below the run directory.
  private var results: [(beginning: String, end: String)] {
    switch self {
    case .simulate: [("simulations/", ".hdf5"), ("simulations/", "density.h5")]
    case .prepare: [("fields/", ".h5")]
    case .predict: [("predictions/", ".h5")]
    case .analyze: [("report/", ".json"), ("report/", ".csv"), ("report/", ".md")]
    case .ablate:
      [("training/", "/model.h5"), ("training/", "/metrics.jsonl"), ("predictions/", ".h5")]
    }
  }

  /// The results in a workspace, where the files of its folder are seen below `root`.
  func files(of workspace: Workspace, below root: String = "") -> [String: Data] {
    let folder = root + workspace.path("runs/small")
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
    let chosen = names.filter { name in
      // Times are in the records of how and of what results were made.
      !name.hasSuffix("provenance.json") && !name.hasSuffix("made-of.json")
        && results.contains { name.hasPrefix($0.beginning) && name.hasSuffix($0.end) }
    }
    return Dictionary(
      uniqueKeysWithValues: chosen.map {
        ($0, FileManager.default.contents(atPath: "\(folder)/\($0)") ?? Data())
      })
  }

  /// A job that nothing happened to.
  struct Reference {
    let stage: WatchedStage
    /// The rank that something will befall, drawn anew for each start of the tests.
    let victim: Int
    /// The calls of MPI that this rank made.
    let calls: Int
    let files: [String: Data]

    /// The results must be those of this job.
    func expectSameFiles(
      in workspace: Workspace, below root: String = "", _ story: String,
      at location: SourceLocation = #_sourceLocation
    ) throws {
      let found = stage.files(of: workspace, below: root)
      #expect(found.keys.sorted() == files.keys.sorted(), "\(story)", sourceLocation: location)
      var files = files
      if stage == .prepare {
        // Field files tell the paths of their sources: a job that finishes makes them anew from the same.
        try workspace.run(stage.command, ranks: 2)
        files = stage.files(of: workspace)
      }
      for (name, data) in files {
        #expect(found[name] == data, "\(name): \(story)", sourceLocation: location)
      }
    }
  }

  /// Runs the stage, undisturbed, on three ranks; the first time.
  ///
  /// - Parameter victims: The ranks of which one is drawn.
  /// - Returns: The job.
  /// - Throws: What keeps it from its end.
  func reference(victims: ClosedRange<Int> = 0...2) throws -> Reference {
    if let made = Self.references[self], victims.contains(made.victim) { return made }
    let made = try makeReference(victims)
    Self.references[self] = made
    return made
  }

  // The tests of the suite run one after the other.
  nonisolated(unsafe) private static var references: [WatchedStage: Reference] = [:]

  private func makeReference(_ victims: ClosedRange<Int>) throws -> Reference {
    var chance = Chance(for: "rank of \(self)")
    let victim = chance.integer(in: victims)
    let workspace = try workspace()
    let file = workspace.path("calls")
    let end = try workspace.start(
      command, options, ranks: 3,
      launcher: try EndToEnd.FaultMatrixTests.launcher("count", victim, call: 0, file: file)
    ).wait()
    try #require(end.code == 0, "\(self): \(end.messages)")
    let text = try String(contentsOfFile: file, encoding: .utf8)
    let files = files(of: workspace)
    try #require(!files.isEmpty, "\(self)")
    return Reference(
      stage: self, victim: victim,
      calls: try #require(Int(text.trimmingCharacters(in: .newlines))), files: files)
  }
}
