import Foundation
import TestSupport
import Testing

extension Refusals {
  /// What is wrong with a simulation is told by `prepare`: file, dataset, and what to do.
  @Suite struct BadSnapshotTests {
    /// A way to spoil simulation A, and what is said of it.
    struct Spoiling: CustomTestStringConvertible, Sendable {
      let testDescription: String
      var code: Int32 = 65
      let words: [String]
      let spoil: @Sendable (Workspace) throws -> Void
    }

    static let initial = "A/snapdir_000/snapshot_000.hdf5"
    static let final = "A/snapdir_001/snapshot_001.hdf5"
    static let catalogue = "A/groups_001/fof_subhalo_tab_001.hdf5"

    static let spoilings = [
      Spoiling(
        testDescription: "a snapshot is cut off",
        words: [initial, "truncated", "Copy the file again"]
      ) { try FileDamage.truncate($0.path(initial)) },
      Spoiling(
        testDescription: "a dataset is missing",
        words: [final, "PartType1/ParticleIDs", "no such dataset", "written completely"]
      ) { try FileDamage.rename("ParticleIDs", to: "ParticleXDs", in: $0.path(final)) },
      Spoiling(
        testDescription: "a position is NaN",
        words: [initial, "PartType1/Coordinates", "row 333 holds nan", "Copy the file again"]
      ) {
        try FileDamage.overwrite(
          "PartType1/Coordinates", at: 1000, with: .nan, in: $0.path(initial))
      },
      Spoiling(
        testDescription: "an ID occurs twice",
        words: [initial, "PartType1/ParticleIDs", "more than once", "Give"]
      ) { workspace in
        var simulation = Workspace.simulation("A")
        simulation.id = { UInt64($0 == 7 ? 9 : $0) + 1 }
        try workspace.write(simulation, "A")
      },
      Spoiling(
        testDescription: "the catalogue is another snapshot's",
        words: [catalogue, final, "do not lie around", "Give the catalogue of this snapshot"]
      ) { workspace in
        var simulation = Workspace.simulation("A")
        simulation.groups.reverse()
        try simulation.writeCatalogue(in: workspace.path("A"))
      },
      Spoiling(
        testDescription: "the header has another box size",
        words: [initial, "a box of 50", "times the mean matter density"]
      ) { try FileDamage.replace(25, by: 50, in: $0.path(initial)) },
      Spoiling(
        testDescription: "the final snapshot has another box",
        words: [final, "30", "25"]
      ) { workspace in
        var simulation = Workspace.simulation("A")
        simulation.boxSize = 30
        try simulation.writeFinal(in: workspace.path("A"))
        try simulation.writeCatalogue(in: workspace.path("A"))
      },
      Spoiling(
        testDescription: "a snapshot is missing", code: 66,
        words: [final, "no such file", "Check the path"]
      ) { try FileManager.default.removeItem(atPath: $0.path(final)) },
    ]

    @Test(arguments: spoilings)
    func aBadSimulationIsRefusedInOneSentence(spoiling: Spoiling) throws {
      let workspace = try Workspace.withSimulations()
      try spoiling.spoil(workspace)
      try workspace.expectFailure(
        of: "prepare", ranks: 3, code: spoiling.code, saying: spoiling.words)
      #expect(!FileManager.default.fileExists(atPath: workspace.field("A")))
    }
  }
}
