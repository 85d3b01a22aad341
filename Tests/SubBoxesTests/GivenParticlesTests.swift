import Failures
import Foundation
import MPI
import TestSupport
import Testing

@testable import SubBoxes

/// Grids of more than 64 planes are read in several parts.
private let gridSizes = [68, 5, 12]

private var settings: SamplingSettings {
  var settings = SamplingSettings()
  (settings.minimumLogMass, settings.maximumLogMass) = (11, 13.5)
  return settings
}

extension CollectiveTests {
  /// Particles of a table in the place of drawn ones.
  @Suite struct GivenParticlesTests {
    /// Writes a table beside field files; collective.
    private func write(
      _ text: String, beside paths: [String], on world: borrowing Communicator
    ) throws -> String {
      let path = URL(filePath: paths[0]).deletingLastPathComponent().path + "/particles.csv"
      try world.barrier()
      if world.isRoot { try Data(text.utf8).write(to: URL(filePath: path)) }
      try world.barrier()
      return path
    }

    @Test(.ranks(1...4), arguments: [false, true])
    func theyAreTheParticlesOfTheirSitesInTheOrderOfSites(includesField: Bool) throws {
      try withWorld { world in
        try RandomFields.withFiles(of: gridSizes, on: world) { simulations, paths in
          var settings = settings
          settings.includesField = includesField
          let all = simulations.enumerated().map { number, simulation in
            includesField
              ? simulation.eligibleWithField(settings, simulation: number)
              : simulation.eligible(settings, simulation: number)
          }
          // The first and the last are among them, some in the second part of the largest grid.
          let some = all.flatMap { samples in
            samples.indices.filter { $0 % 41 == 0 || $0 == samples.count - 1 }.map { samples[$0] }
          }
          let lines = some.reversed().map { "\($0.logMass),\($0.site),simulation-\($0.simulation)" }
          let text = "# mine\nmass,site,simulation\n" + lines.joined(separator: "\r\n")
          let table = try write(text, beside: paths, on: world)
          let samples = try GivenParticles(contentsOf: table)
            .samples(from: paths, settings: settings, on: world)
          #expect(samples == some)
        }
      }
    }

    /// A line that is no particle of the second simulation of 5^3 sites: what is said of it.
    @Test(
      .ranks(1...3),
      arguments: [
        (
          "simulation-1,125", "line 4 names the site 125 of simulation-1, which has 5^3",
          "from 0 to 124"
        ),
        ("simulation-1,-1", "line 4 names the site -1", "from 0 to 124"),
        (
          "A,3", "line 4 names the simulation A, which is not predicted",
          "simulation-0, simulation-1"
        ),
        (
          "simulation-1,2.5", "line 4 has the site \"2.5\", which is no whole number",
          "predictions.h5"
        ),
        ("simulation-1", "line 4 has 1 fields, and the first line 2", "leave it out"),
        ("simulation-1,SITE", "line 4 names the site SITE of simulation-1, as line 2 does", "once"),
        (
          "simulation-1,FIELD",
          "line 4 names the site FIELD of simulation-1, whose particle is not in halos with 11.0 <= log10 M <= 13.5",
          "sampling.includesField"
        ),
      ])
    func aLineThatIsNoParticleToPredictIsRefused(
      line: String, reason: String, remedy: String
    ) throws {
      try withWorld { world in
        try RandomFields.withFiles(of: [6, 5], on: world) { simulations, paths in
          let inside = simulations[1].eligible(settings, simulation: 1).map(\.site)
          let outside = simulations[1].logMass.indices.first { !inside.contains(Int64($0)) }
          let (first, second, field) = (inside[0], inside[1], try #require(outside))
          func filled(_ text: String) -> String {
            text.replacing("SITE", with: "\(first)").replacing("FIELD", with: "\(field)")
          }
          let table = try write(
            "simulation,site\nsimulation-1,\(first)\nsimulation-1,\(second)\n\(filled(line))\n",
            beside: paths, on: world)
          let error = #expect(throws: (any Error).self) {
            try GivenParticles(contentsOf: table)
              .samples(from: paths, settings: settings, on: world)
          }
          let failure = error as? Failure ?? agreed(error)
          let isFromHere = (error as? AgreedFailure).map { $0.rank == world.rank } ?? true
          if isFromHere {
            #expect(failure?.exitCode == .badData)
            #expect(failure?.action.contains("particles.csv") == true)
            #expect(failure?.reason.hasPrefix(filled(reason)) == true, "\(failure?.reason ?? "")")
            #expect(failure?.remedy.contains(remedy) == true)
          }
        }
      }
    }

    @Test(arguments: ["", "site\n1\n", "simulation,site,site\nA,1,2\n", "simulation site\n"])
    func aTableWithoutItsColumnsOrRowsIsRefused(text: String) throws {
      try withScratchFolder { folder in
        let path = "\(folder)/table.txt"
        try Data(text.utf8).write(to: URL(filePath: path))
        let failure = #expect(throws: Failure.self) { try GivenParticles(contentsOf: path) }
        #expect(failure?.exitCode == .badData)
        #expect(failure?.remedy.contains("the columns simulation and site") == true)
      }
    }
  }
}
