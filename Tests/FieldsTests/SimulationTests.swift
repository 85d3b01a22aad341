import Failures
import Foundation
import MPI
import Snapshots
import TestSupport
import Testing

@testable import Fields

/// A GADGET-4 simulation of 64^3 particles that lies beside the repository of its developers.
///
/// Expected numbers are those of its README (`data/A_1001`), counted by other programs.
enum SharedSimulation {
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/data/A_1001").standardizedFileURL.path

  static let isPresent = FileManager.default.fileExists(atPath: folder)

  static func preparation(_ output: String, label: HaloLabel, initial: String) -> FieldPreparation {
    FieldPreparation(
      name: "A_1001", initialSnapshot: "\(folder)/\(initial).hdf5",
      finalSnapshot: folder + "/snapshot_z0.hdf5",
      halos: .catalogue(folder + "/fof_subhalo_tab_z0.hdf5"),
      output: output, label: label)
  }
}

@Suite(
  .serialized, .enabled(if: SharedSimulation.isPresent, "needs ../shared/data"),
  .enabled(if: isThorough, "needs an optimized build"))
struct SimulationTests {
  @Test(.ranks(1...4), arguments: HaloLabel.allCases)
  func theFieldsOfARealSimulationHaveItsCountsAndPynbodysDensities(label: HaloLabel) throws {
    try withWorld { world in
      let path = try temporaryDirectory("simulation") + "/A_1001-\(label).h5"
      let summary = try SharedSimulation.preparation(path, label: label, initial: "snapshot_z99")
        .run(on: world)
      try world.barrier()
      let metadata = summary.metadata
      #expect(metadata.gridSize == 64)
      #expect(metadata.boxSize == 25)
      #expect(metadata.haloCount == 425)
      #expect(summary.groupedCount == 104_323)
      #expect(summary.largestCount == 16_958)
      // 0.46143267 x 10^10 Msun/h
      #expect(abs(metadata.particleMass * 0.701 - 4.6143267e9) < 1e3)
      #expect(
        summary.siteOrigin
          == .ids(
            LagrangianLattice(gridSize: 64, firstID: 1, axisOrder: .xyz, placement: .corner)))
      #expect(summary.siteResidual < 0.01)
      if label == .fof {
        #expect(metadata.labeledCount == 104_323)
        // 7.8250e13 Msun/h
        #expect(abs(summary.largestMass * 0.701 / 7.8250e13 - 1) < 1e-4)
      }
      // pynbody 2.8.0, all particles: `PynbodyDensities`.
      #expect(abs(metadata.densityMoments.mean - 1.0027642802) < 1e-8)
      #expect(abs(metadata.densityMoments.standardDeviation - 0.0395475498) < 1e-8)
      let file = try FieldFile.open(path)
      let density = try file.read(.density)
      let worst = PynbodyDensities.simulation.indices.map {
        abs(Double(density[1310 * $0]) / PynbodyDensities.simulation[$0] - 1)
      }.max()
      #expect(try #require(worst) < 1e-6)
    }
  }

  /// Rows in the order of IDs and rows in Peano-Hilbert order are the same particles.
  @Test(.ranks(1...4)) func theOrderOfRowsDoesNotMatter() throws {
    try withWorld { world in
      let folder = try temporaryDirectory("simulation")
      let sorted = try SharedSimulation.preparation(
        folder + "/sorted.h5", label: .fof, initial: "ics_z99"
      ).run(on: world)
      let alone = try world.split(color: world.rank, key: 0)
      let shuffled = try SharedSimulation.preparation(
        folder + "/shuffled-\(world.rank).h5", label: .fof, initial: "snapshot_z99"
      ).run(on: alone)
      #expect(sorted.metadata.fingerprint == shuffled.metadata.fingerprint)
    }
  }

  @Test(.ranks(1...1)) func theCatalogueOfAnotherSimulationIsRefused() throws {
    try withWorld { world in
      var preparation = SharedSimulation.preparation(
        try temporaryDirectory("simulation") + "/mixed.h5", label: .fof, initial: "ics_z99")
      preparation.halos = .catalogue(
        preparation.finalSnapshot.replacing("A_1001/snapshot", with: "A_1002/fof_subhalo_tab"))
      var problem: Problem?
      do {
        _ = try preparation.run(on: world)
      } catch let error as AgreedFailure {
        problem = (error.underlying as? Failure)?.problem
      }
      #expect(problem == .mismatch)
    }
  }
}
