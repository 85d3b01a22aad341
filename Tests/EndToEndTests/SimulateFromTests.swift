import Foundation
import HDF5
import TestSupport
import Testing

extension EndToEnd {
  /// `halompi simulate --from`: universes from the initial particles of a snapshot, here our own.
  @Suite struct SimulateFromTests {
    private static let experiment = """
      name: own
      universe:
        boxSize: 6
        gridSize: 16
        checkpointMinutes: 1.0e-6
        mesh: {steps: {count: 12}, spectrumRedshifts: [19, 0]}
      simulations:
        - {name: one, role: training, seed: 1}
      """

    /// The number of sites along an axis, and the width of the box [Mpc/h].
    private static let (side, boxSize) = (16, 6.0)

    private static let settings = [
      "--set", "universe.mesh.steps.count=12", "--set", "universe.checkpointMinutes=1.0e-6",
    ]

    /// A folder with the simulation that the others take their phases from.
    private func withSource(
      _ options: [String] = [], _ body: (URL) throws -> Void
    ) throws {
      let scratch = try ScratchFolder()
      let folder = scratch.url
      try Self.experiment.write(
        to: folder.appending(path: "e.yaml"), atomically: true, encoding: .utf8)
      let end = try Job(["simulate", "e.yaml"] + options, ranks: 2, in: folder).wait()
      #expect(end.code == 0, "\(end.messages)")
      try body(folder)
    }

    private static let source = "runs/own/simulations/one"

    @discardableResult
    private func simulate(
      from snapshot: String = "\(source)/initial.hdf5", to output: String, ranks: Int,
      _ options: [String] = settings, in folder: URL
    ) throws -> Job.End {
      try Job(
        ["simulate", "--from", snapshot, "--output", output] + options, ranks: ranks, in: folder
      ).wait()
    }

    /// The final positions in cells of the lattice, by ID.
    private func cells(_ output: String, in folder: URL) throws -> [UInt64: [Double]] {
      let file = try HDF5File.open(folder.appending(path: "\(output)/final.hdf5").path)
      let ids = try file.dataset("PartType1/ParticleIDs").read(as: UInt64.self)
      let positions = try file.dataset("PartType1/Coordinates").read(as: Double.self)
      try file.close()
      let cell = Self.boxSize / Double(Self.side)
      return Dictionary(
        uniqueKeysWithValues: ids.enumerated().map { row, id in
          (id, positions[3 * row..<3 * row + 3].map { $0 / cell })
        })
    }

    /// The rms distance of particles, by the short way around [cells].
    private func distance(_ pairs: [([Double], [Double])]) -> Double {
      let side = Double(Self.side)
      let squares = pairs.flatMap { first, second in
        zip(first, second).map { pair in
          let way = pair.0 - pair.1
          return pow(way - side * (way / side).rounded(), 2)
        }
      }
      return (squares.reduce(0, +) / Double(pairs.count)).squareRoot()
    }

    /// The phases of a seed, recovered from its particles at z = 99, make the universe of the seed.
    ///
    /// The rounding of velocities and displacements to single precision, 1e-7, grows in halos by orders of
    /// magnitude. The control is the pair of the universe, whose particles are cells away.
    @Test func theUniverseOfASeedComesBackFromItsInitialParticles() throws {
      try withSource { folder in
        let end = try simulate(to: "twin", ranks: 3, in: folder)
        #expect(end.code == 0, "\(end.messages)")
        #expect(end.messages.contains("displaced to first order"), "\(end.messages)")
        let expected = try cells(Self.source, in: folder)
        let found = try cells("twin", in: folder)
        #expect(found.count == expected.count)
        #expect(distance(expected.map { ($1, found[$0] ?? [.nan, .nan, .nan]) }) < 0.02)

        let pair = try Job(
          [
            "simulate", "e.yaml", "--runs", "inverted", "--set", "simulations[0].isInverted=true",
          ], ranks: 1, in: folder
        ).wait()
        #expect(pair.code == 0, "\(pair.messages)")
        let other = try cells("inverted/own/simulations/one", in: folder)
        #expect(distance(expected.map { ($1, other[$0] ?? [.nan, .nan, .nan]) }) > 0.5)

        // The spectra that were asked for, and those of the default.
        let spectra = [
          "\(Self.source)/power-spectrum-z19.000.csv", "twin/power-spectrum-z0.000.csv",
        ]
        for spectrum in spectra {
          let text = try String(contentsOf: folder.appending(path: spectrum), encoding: .utf8)
          // The shells of a mesh of 32 cells to its Nyquist wavenumber, and two lines of heading.
          #expect(text.split(separator: "\n").count == 18)
        }
      }
    }

    @Test func filesDoNotDependOnRanksOrKills() throws {
      try withSource { folder in
        func bytes(_ output: String) -> [Data?] {
          ["final.hdf5", "catalogue.hdf5", "linear-density.h5", "power-spectrum-z0.000.csv"].map {
            FileManager.default.contents(atPath: folder.appending(path: "\(output)/\($0)").path)
          }
        }
        try simulate(to: "alone", ranks: 1, in: folder)
        let expected = bytes("alone")
        #expect(!expected.contains(nil))
        let end = try simulate(
          to: "together", ranks: 3, Self.settings + ["--set", "universe.mesh.threads=2"], in: folder
        )
        #expect(end.code == 0 && bytes("together") == expected, "\(end.messages)")

        let checkpoint = folder.appending(path: "killed/checkpoint.h5").path
        let job = try Job(
          ["simulate", "--from", "\(Self.source)/initial.hdf5", "--output", "killed"]
            + Self.settings, ranks: 2, in: folder)
        while job.isRunning && !FileManager.default.fileExists(atPath: checkpoint) { usleep(1000) }
        job.send(SIGKILL, toRank: 1)
        #expect(try job.wait().code != 0)
        let resumed = try simulate(to: "killed", ranks: 3, in: folder)
        #expect(resumed.messages.contains("going on from the checkpoint"), "\(resumed.messages)")
        #expect(bytes("killed") == expected)
        let again = try simulate(to: "killed", ranks: 2, in: folder)
        #expect(again.code == 0 && again.messages.contains("complete already"), "\(again.messages)")
      }
    }

    /// The same particles with IDs from 0, z slowest, and the lattice in the middle of cells.
    @Test func idsAndLatticeAreThoseOfTheSnapshot() throws {
      try withSource { folder in
        try renumber("\(Self.source)/initial.hdf5", to: "other.hdf5", in: folder)
        try simulate(to: "twin", ranks: 1, in: folder)
        let end = try simulate(from: "other.hdf5", to: "other", ranks: 2, in: folder)
        #expect(end.code == 0, "\(end.messages)")
        let expected = try cells("twin", in: folder)
        let found = try cells("other", in: folder)
        #expect(found.count == expected.count)
        // Half a cell is a whole number of the units of positions, so nothing is rounded otherwise.
        let pairs = expected.map { id, place in
          (place.map { $0 + 0.5 }, found[renumbered(id)] ?? [.nan, .nan, .nan])
        }
        #expect(distance(pairs) < 1e-7)
      }
    }

    /// In a box of 25 Mpc/h, which has waves below 1 h/Mpc.
    @Test func theSameUniverseIsFoundEqualAndAnotherIsNot() throws {
      try withSource(["--set", "universe.boxSize=25"]) { folder in
        try simulate(to: "twin", ranks: 1, in: folder)
        func check(_ made: String) throws -> Job.End {
          try Job(
            [
              "check", "universe", "--reference", "\(Self.source)/final.hdf5",
              "\(Self.source)/catalogue.hdf5", "--made", "\(made)/final.hdf5",
              "\(made)/catalogue.hdf5", "--tables", "tables", "--power-tolerance", "0.02",
            ], ranks: 1, in: folder
          ).wait()
        }
        let same = try check("twin")
        #expect(same.code == 0, "\(same.messages)")
        let table = try String(
          contentsOf: folder.appending(path: "tables/halos.csv"), encoding: .utf8)
        #expect(table.hasPrefix("least,most,"))

        try simulate(
          to: "coarse", ranks: 1, Self.settings + ["--set", "universe.mesh.factors=standard"],
          in: folder)
        let different = try check("coarse")
        #expect(different.code == 1, "\(different.output)")
        #expect(different.messages.contains("tolerance"), "\(different.messages)")
      }
    }

    @Test func whatCannotBeTakenOverIsRefused() throws {
      try withSource { folder in
        let initial = "\(Self.source)/initial.hdf5"
        let final = "\(Self.source)/final.hdf5"
        // Its displacements have a curl, and come from no linear modes.
        var swirling = SyntheticSimulation()
        swirling.phase = 0.1
        let curl = try swirling.writeInitial(in: folder.path)
        func refused(_ arguments: [String], _ code: Int32, _ words: String) throws {
          let end = try Job(["simulate"] + arguments, ranks: 2, in: folder).wait()
          #expect(end.code == code && end.messages.contains(words), "\(end.code): \(end.messages)")
        }
        try refused(["--from", "nowhere.hdf5", "--output", "o"], 66, "nowhere.hdf5")
        try refused(["--from", initial], 64, "--output")
        try refused(["--from", final, "--output", "o"], 65, "cubic grid")
        try refused(["--from", curl, "--output", "o"], 65, "linear modes")
        try refused(["--from", "e.yaml", "--output", "o"], 65, "e.yaml")
        try refused(
          [
            "--from", initial, "--output", "o", "--set", "universe.cosmology.omegaMatter=0.3",
            "--set", "universe.cosmology.omegaLambda=0.7",
          ], 65, "cosmology.omegaMatter is set to 0.3")
        try refused(
          ["--from", initial, "--output", "o", "--set", "universe.boxSize=7"], 65, "boxSize")
        try refused(["--from", initial, "--output", "/proc/nowhere"], 74, "/proc/nowhere")
      }
    }

    /// The ID from 0 with z slowest of one from 1 with x slowest.
    private func renumbered(_ id: UInt64) -> UInt64 {
      let (side, site) = (UInt64(Self.side), id - 1)
      return (site % side * side + site / side % side) * side + site / (side * side)
    }

    /// Writes a snapshot again with other IDs, and half a cell away.
    private func renumber(_ path: String, to other: String, in folder: URL) throws {
      let source = try HDF5File.open(folder.appending(path: path).path)
      let file = try HDF5File.create(folder.appending(path: other).path)
      try file.createGroup("Header")
      try file.createGroup("PartType1")
      for name in ["NumPart_ThisFile", "NumPart_Total"] {
        try file.setAttribute(
          name, to: try source.attribute(name, of: "Header", as: UInt64.self), of: "Header")
      }
      for name in ["MassTable", "Time", "Redshift", "BoxSize", "Omega0", "OmegaLambda"] {
        let values = try source.attribute(name, of: "Header", as: Double.self)
        if values.count == 1 {
          try file.setAttribute(name, to: values[0], of: "Header")
        } else {
          try file.setAttribute(name, to: values, of: "Header")
        }
      }
      let hubble = try source.attribute("HubbleParam", of: "Header", as: Double.self)[0]
      try file.setAttribute("HubbleParam", to: hubble, of: "Header")
      let count = Self.side * Self.side * Self.side
      let ids = try source.dataset("PartType1/ParticleIDs").read(as: UInt64.self)
      try file.createDataset("PartType1/ParticleIDs", extents: [count], of: UInt64.self)
        .write(ids.map { renumbered($0) })
      let positions = try source.dataset("PartType1/Coordinates").read(as: Double.self)
      let half = Self.boxSize / Double(2 * Self.side)
      try file.createDataset("PartType1/Coordinates", extents: [count, 3], of: Double.self)
        .write(positions.map { ($0 + half).truncatingRemainder(dividingBy: Self.boxSize) })
      let velocities = try source.dataset("PartType1/Velocities").read(as: Float.self)
      try file.createDataset("PartType1/Velocities", extents: [count, 3], of: Float.self)
        .write(velocities)
      try file.close()
      try source.close()
    }
  }
}
