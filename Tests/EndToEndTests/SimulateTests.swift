import Foundation
import HDF5
import LinearTheory
import TestSupport
import Testing

extension EndToEnd {
  /// Universes from seeds: the same bytes however they are made, and a use for them.
  @Suite struct SimulateTests {
    private static let experiment = """
      name: embedded
      universe:
        boxSize: 6
        gridSize: 16
        checkpointMinutes: 1.0e-6
        mesh: {steps: {count: 12}}
      simulations:
        - {name: one, role: training, seed: 1}
        - {name: pair, role: validation, seed: 1, isInverted: true}
      """

    private static let files =
      ["one", "pair"].flatMap { name in
        ["initial.hdf5", "final.hdf5", "catalogue.hdf5", "linear-density.h5"].map {
          "\(name)/\($0)"
        }
      }

    private func withFolder(_ body: (URL) throws -> Void) throws {
      let scratch = try ScratchFolder()
      let folder = scratch.url
      try Self.experiment.write(
        to: folder.appending(path: "e.yaml"), atomically: true, encoding: .utf8)
      // A spectrum that covers neither the box's wavenumbers nor those of sigma8.
      try "0.1 1000\n0.2 500\n0.3 200\n".write(
        to: folder.appending(path: "narrow.txt"), atomically: true, encoding: .utf8)
      try body(folder)
    }

    @discardableResult
    private func simulate(
      in folder: URL, ranks: Int, runs: String, _ options: [String] = []
    ) throws -> Job.End {
      try Job(["simulate", "e.yaml", "--runs", runs] + options, ranks: ranks, in: folder).wait()
    }

    private func bytes(of runs: String, in folder: URL) -> [Data?] {
      Self.files.map {
        FileManager.default.contents(
          atPath: folder.appending(path: "\(runs)/embedded/simulations/\($0)").path)
      }
    }

    @Test func filesDoNotDependOnRanksThreadsOrKills() throws {
      try withFolder { folder in
        let end = try simulate(in: folder, ranks: 1, runs: "alone")
        #expect(end.code == 0, "\(end.messages)")
        let expected = bytes(of: "alone", in: folder)
        #expect(!expected.contains(nil))
        #expect(Set(expected).count == expected.count)

        for ranks in 3...5 {
          try simulate(
            in: folder, ranks: ranks, runs: "on\(ranks)", ["--set", "universe.mesh.threads=2"])
          #expect(bytes(of: "on\(ranks)", in: folder) == expected, "\(ranks) ranks")
        }
        try simulate(
          in: folder, ranks: 3, runs: "apart", ["--set", "universe.ranksPerSimulation=1"])
        #expect(bytes(of: "apart", in: folder) == expected)

        // Killed as soon as there is a checkpoint, and resumed on another number of ranks.
        let checkpoint = folder.appending(path: "killed/embedded/simulations/one/checkpoint.h5")
          .path
        let job = try Job(["simulate", "e.yaml", "--runs", "killed"], ranks: 2, in: folder)
        while job.isRunning && !FileManager.default.fileExists(atPath: checkpoint) { usleep(1000) }
        job.send(SIGKILL, toRank: 1)
        #expect(try job.wait().code != 0)
        let resumed = try simulate(in: folder, ranks: 3, runs: "killed")
        #expect(resumed.messages.contains("going on from the checkpoint"), "\(resumed.messages)")
        #expect(bytes(of: "killed", in: folder) == expected)
      }
    }

    @Test(arguments: [(SIGUSR1, 1), (SIGTERM, 0)])
    func aSignalToOneRankStopsItResumably(signal: Int32, rank: Int) throws {
      try withFolder { folder in
        try simulate(in: folder, ranks: 1, runs: "alone")
        let job = try Job(["simulate", "e.yaml", "--runs", "runs"], ranks: 2, in: folder)
        // The initial conditions are made: the steps begin.
        let initial = folder.appending(path: "runs/embedded/simulations/one/initial.hdf5").path
        while job.isRunning && !FileManager.default.fileExists(atPath: initial) { usleep(1000) }
        job.send(signal, toRank: rank)
        let end = try job.wait()
        #expect(end.code == 75, "\(end.messages)")
        #expect(
          end.failures.count == 1 && end.messages.contains("stopped by a signal"), "\(end.messages)"
        )
        let resumed = try simulate(in: folder, ranks: 3, runs: "runs")
        #expect(resumed.code == 0, "\(resumed.messages)")
        #expect(resumed.messages.contains("going on from the checkpoint"), "\(resumed.messages)")
        #expect(bytes(of: "runs", in: folder) == bytes(of: "alone", in: folder))
      }
    }

    @Test func simulationsThatAreThereAreSkippedUnlessTheUniverseChanged() throws {
      try withFolder { folder in
        try simulate(in: folder, ranks: 2, runs: "runs")
        let again = try simulate(in: folder, ranks: 2, runs: "runs")
        #expect(again.code == 0 && again.messages.contains("2 simulations are complete already"))
        let changed = try simulate(
          in: folder, ranks: 2, runs: "runs", ["--set", "universe.cosmology.sigma8=0.9"])
        #expect(changed.code == 65)
        #expect(changed.failures.count == 1, "\(changed.messages)")
        #expect(changed.messages.contains("other settings of universe"))
      }
    }

    /// A table of the fit's own values makes the fit's universe, but for the interpolation.
    @Test func aTableOfTheSpectrumTakesTheFitsPlace() throws {
      try withFolder { folder in
        let spectrum = try LinearPowerSpectrum(CosmologicalParameters())
        let rows = try (0...600).map { row in
          let k = pow(10, -4 + Double(row) / 100)
          return "\(k) \(try spectrum.value(at: k))"
        }
        try "# k P(k), z = 0\n\(rows.joined(separator: "\n"))\n".write(
          to: folder.appending(path: "fit.txt"), atomically: true, encoding: .utf8)
        try simulate(in: folder, ranks: 1, runs: "fit")
        let end = try simulate(
          in: folder, ranks: 2, runs: "table", ["--set", "universe.spectrum=fit.txt"])
        #expect(end.code == 0, "\(end.messages)")
        let densities = try ["fit", "table"].map { runs in
          let file = try HDF5File.open(
            folder.appending(path: "\(runs)/embedded/simulations/one/linear-density.h5").path)
          let values = try file.dataset("density").read(as: Float.self)
          try file.close()
          return values
        }
        let (fit, table) = (densities[0], densities[1])
        let differences = zip(fit, table).map { abs($0 - $1) }
        let largest = try #require(fit.map(abs).max())
        #expect(fit.count == 4096)
        #expect(try #require(differences.max()) < 1e-4 * largest)
      }
    }

    @Test(arguments: [
      (["universe.gridSize=15"], "universe.gridSize"),
      (["universe.cosmology.omegaMatter=3"], "omegaMatter"),
      (["universe.mesh.meshRefinement=9"], "meshRefinement"),
      (["universe.spectrum=nowhere.txt"], "nowhere.txt"),
      (["simulations[1].isInverted=false"], "the seed of one"),
      (["universe.spectrum=narrow.txt"], "narrow.txt"),
      (["universe.mesh.spectrumRedshifts=[30]"], "spectrumRedshifts"),
      (["universe.halos.linkingLength=3"], "linkingLength"),
    ])
    func whatMakesNoSenseIsRefused(settings: [String], word: String) throws {
      try withFolder { folder in
        let end = try simulate(
          in: folder, ranks: 2, runs: "runs", settings.flatMap { ["--set", $0] })
        #expect([64, 65, 66].contains(end.code), "\(end.code): \(end.messages)")
        #expect(end.failures.count == 1 && end.messages.contains(word), "\(end.messages)")
      }
    }

    @Test func whereNothingCanBeWrittenNothingIsSimulated() throws {
      try withFolder { folder in
        let end = try simulate(in: folder, ranks: 2, runs: "/proc/nowhere")
        #expect(end.code == 74, "\(end.code): \(end.messages)")
        #expect(end.failures.count == 1 && end.messages.contains("/proc/nowhere"))
      }
    }

    /// A mesh of 4 cells has 4 planes.
    @Test func moreRanksThanPlanesAreRefused() throws {
      try withFolder { folder in
        let end = try simulate(
          in: folder, ranks: 5, runs: "runs",
          ["--set", "universe.gridSize=4", "--set", "universe.mesh.meshRefinement=1"])
        #expect(end.code == 65, "\(end.code): \(end.messages)")
        #expect(
          end.failures.count == 1 && end.messages.contains("a plane of its own"), "\(end.messages)")
        #expect(end.messages.contains("meshRefinement = 1 loses"), "\(end.messages)")
      }
    }

    /// Fields of a universe that the experiment does not describe any more would go unnoticed to the report.
    @Test(arguments: ["universe.gridSize=8", "simulations[0].seed=9", "universe.boxSize=7"])
    func fieldsAreNotPreparedFromOthersThanTheExperimentHas(setting: String) throws {
      let workspace = try WatchedStage.simulate.workspace()
      try workspace.run("simulate", ranks: 2)
      try workspace.expectFailure(
        of: "prepare", ["--set", setting], ranks: 2, code: 65,
        saying: ["runs/small/simulations/one", "settings.txt", "halompi simulate"])
      try workspace.run("prepare", ["--simulation", "one"], ranks: 2)
    }

    @Test func fieldsArePreparedFromThem() throws {
      try withFolder { folder in
        try simulate(in: folder, ranks: 2, runs: "runs")
        let end = try Job(["prepare", "e.yaml", "--runs", "runs"], ranks: 2, in: folder).wait()
        #expect(end.code == 0, "\(end.messages)")
        #expect(end.output.contains("4096 (16^3)"), "\(end.output)")
      }
    }
  }
}
