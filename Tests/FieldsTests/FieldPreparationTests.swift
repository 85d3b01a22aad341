import Failures
import Foundation
import HDF5
import MPI
import Snapshots
import TestSupport
import Testing

@testable import Fields

@Suite(.serialized) struct FieldPreparationTests {
  /// Writes the inputs by one rank, and settings for them.
  private func settings(
    _ simulation: SyntheticSimulation, _ name: String, label: HaloLabel = .fof,
    on world: borrowing Communicator
  ) throws -> FieldPreparation {
    let folder = try temporaryDirectory("preparation-\(name)")
    if world.isRoot {
      try simulation.writeInitial(in: folder)
      try simulation.writeFinal(in: folder)
      try simulation.writeCatalogue(in: folder)
    }
    try world.barrier()
    return FieldPreparation(
      name: name, initialSnapshot: folder + "/snapdir_000", finalSnapshot: folder + "/snapdir_001",
      halos: .catalogue(folder + "/groups_001"), output: folder + "/fields.h5", label: label)
  }

  /// Expects the labels that the simulation's rows imply, at every site.
  private func expectLabels(
    _ path: String, _ simulation: SyntheticSimulation, _ label: HaloLabel
  ) throws {
    let file = try FieldFile.open(path)
    let (halo, radius, logMass) = (
      try file.read(.halo), try file.read(.radius), try file.read(.logMass)
    )
    try file.verifyChecksums()
    var wrong = 0
    for (row, site) in simulation.finalOrder.enumerated() {
      guard let (group, place) = simulation.group(ofRow: row),
        label == .fof || simulation.isBound(row: row)
      else {
        if halo[site] != -1 || !radius[site].isNaN || !logMass[site].isNaN { wrong += 1 }
        continue
      }
      let members =
        label == .fof
        ? simulation.groups[group].length : simulation.groups[group].subhalos.reduce(0, +)
      let mass = log10(Double(members) * simulation.particleMass)
      let hasRadius = !simulation.groups[group].subhalos.isEmpty
      let isRadius =
        hasRadius
        ? abs(Double(radius[site]) - simulation.relativeRadius(place)) < 1e-4
        : radius[site].isNaN
      if halo[site] != Int32(group) || !isRadius || abs(Double(logMass[site]) - mass) > 1e-5 {
        wrong += 1
      }
    }
    #expect(wrong == 0)
    try file.close()
  }

  /// Densities of the initial positions in the order of sites.
  private func densities(
    _ simulation: SyntheticSimulation, on world: borrowing Communicator
  ) throws -> [Float] {
    let alone = try world.split(color: world.rank, key: 0)
    let positions = (0..<simulation.count).flatMap { site in
      simulation.initialPosition(site).map { Double(Float($0)) }
    }
    return try DensityEstimate().densities(
      at: positions, boxSize: simulation.boxSize, on: alone)
  }

  @Test(.ranks(1...4), arguments: HaloLabel.allCases)
  func aFieldFileHasTheDensityAndTheHaloOfEverySite(label: HaloLabel) throws {
    try withWorld { world in
      var simulation = SyntheticSimulation()
      simulation.fileCount = 3
      simulation.catalogueFileCount = 2
      let settings = try settings(simulation, "sites-\(label)", label: label, on: world)
      let summary = try settings.run(on: world)
      try world.barrier()
      try expectLabels(settings.output, simulation, label)
      let density = try densities(simulation, on: world)
      let file = try FieldFile.open(settings.output)
      let stored = try file.read(.density)
      #expect(zip(stored, density).allSatisfy { abs($0 - $1) < 1e-5 })
      let halos = try file.halos()
      #expect(halos.particleCount == [60, 40, 32])
      #expect(halos.boundCount == [50, 33, 0])
      #expect(summary.metadata == file.metadata)
      #expect(
        summary.siteOrigin
          == .ids(
            LagrangianLattice(gridSize: 8, firstID: 1, axisOrder: .xyz, placement: .corner)))
      #expect(summary.siteResidual < 1e-4)
      #expect(summary.verifiedSiteFraction == 1)
      #expect(summary.groupedCount == 132)
      #expect(summary.metadata.labeledCount == (label == .fof ? 132 : 83))
      #expect(summary.largestCount == 60)
    }
  }

  /// The same file from one rank and from all, from IDs and from positions.
  @Test(.ranks(1...4), arguments: [true, false])
  func theFingerprintDoesNotDependOnRanksOrThreads(idsNameSites: Bool) throws {
    try withWorld { world in
      var simulation = SyntheticSimulation()
      if !idsNameSites { simulation.id = { UInt64(3 + 7 * $0) } }
      var settings = try settings(simulation, "ranks-\(idsNameSites)", on: world)
      let together = try settings.run(on: world)
      settings.output += ".alone-\(world.rank)"
      settings.threads = 2
      let alone = try world.split(color: world.rank, key: 0)
      let single = try settings.run(on: alone)
      try world.barrier()
      try expectLabels(settings.output, simulation, .fof)
      #expect(together.metadata == single.metadata)
      #expect(together.siteOrigin == single.siteOrigin)
      if !idsNameSites { #expect(together.siteOrigin == .positions(moved: 0)) }
    }
  }

  /// The particle of site 77 seems to come from 0.1 cells before site 78, whose own particle is
  /// nearer; only site 77 is left over.
  @Test(.ranks(1...4)) func theSecondParticleAtASiteTakesTheOneLeftOver() throws {
    try withWorld { world in
      var simulation = SyntheticSimulation()
      simulation.id = { UInt64(3 + 7 * $0) }
      simulation.misledSite = 77
      let settings = try settings(simulation, "collision", on: world)
      let summary = try settings.run(on: world)
      try world.barrier()
      try expectLabels(settings.output, simulation, .fof)
      #expect(summary.siteOrigin == .positions(moved: 1))
    }
  }

  @Test(.ranks(1...4)) func aCatalogueWithoutHalosIsValid() throws {
    try withWorld { world in
      var simulation = SyntheticSimulation()
      simulation.hasHalos = false
      let settings = try settings(simulation, "empty", on: world)
      let summary = try settings.run(on: world)
      #expect(summary.metadata.haloCount == 0)
      #expect(summary.metadata.labeledCount == 0)
      #expect(summary.largestMass == 0)
    }
  }

  @Test(
    .ranks(1...4),
    arguments: [
      ("glass", Problem.noLattice), ("moved halos", .mismatch),
      ("twin IDs", .wrongIDs), ("foreign IDs", .wrongIDs), ("another box", .mismatch),
      ("no subhaloes", .missingContent),
    ])
  func whatCannotBePreparedIsRefusedOnAllRanks(
    what: String, problem: Problem
  ) throws {
    try withWorld { world in
      var simulation = SyntheticSimulation()
      var final = simulation
      switch what {
      case "glass": simulation.isGlass = true
      case "moved halos": final.finalShift = 9
      case "twin IDs": simulation.id = { $0 == 100 ? 18 : UInt64($0 + 1) }
      case "foreign IDs": final.id = { $0 == 100 ? 5000 : UInt64($0 + 1) }
      case "another box": final.boxSize = 26
      default: final.hasSubhalos = false
      }
      var settings = try settings(
        final, "refused-" + what.replacing(" ", with: "-"),
        label: what == "no subhaloes" ? .bound : .fof, on: world)
      let folder = try temporaryDirectory("refused-" + what.replacing(" ", with: "-"))
      if world.isRoot { try simulation.writeInitial(in: folder) }
      try world.barrier()
      settings.initialSnapshot = folder + "/snapdir_000"
      var problems: [Problem?] = []
      var failed: Int64 = 0
      do {
        _ = try settings.run(on: world)
      } catch let error as AgreedFailure {
        failed = 1
        if let error = error.underlying as? Failure { problems.append(error.problem) }
      }
      let failures = try world.allReduce(failed, .sum)
      let reporting = try world.allReduce(Int64(problems.count), .sum)
      #expect(Int(failures) == world.size)
      #expect(reporting == 1)
      #expect(problems.allSatisfy { $0 == problem })
      #expect(!FileManager.default.fileExists(atPath: settings.output))
    }
  }
}
