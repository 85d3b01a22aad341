import Foundation
import TestSupport
import Testing

extension Refusals {
  /// Files of other codes, as a user gives them: the universe of `Tests/References/snapshots`.
  @Suite struct FormatsTests {
    private func withFolder(_ body: (URL) throws -> Void) throws {
      try withScratchFolder { try body(URL(filePath: $0)) }
    }

    /// Positions of 32 bits, kpc/h, and Mpc without h are rounded to the same 32-bit integers.
    @Test func theInitialParticlesOfEveryFormatMakeTheSameUniverse() throws {
      try withFolder { folder in
        let sources = [
          "gadget4/ics.hdf5", "gadget2/ics", "binary/ics.gadget", "binary/ics-pynbody.gadget",
          "swift/twin_0000.hdf5",
        ]
        var finals: Set<Data> = []
        for (index, source) in sources.enumerated() {
          let end = try Job(
            [
              "simulate", "--from", ReferenceUniverse.path(source), "--output", "twin\(index)",
              "--set", "universe.mesh.steps.count=3",
            ], ranks: index % 2 + 1, in: folder
          ).wait()
          try #require(end.code == 0, "\(source): \(end.messages)")
          finals.insert(
            try Data(contentsOf: folder.appending(path: "twin\(index)/final.hdf5")))
        }
        #expect(finals.count == 1)
      }
    }

    private func experiment(_ lines: [String]) -> String {
      """
      name: twin
      simulations:
        - name: one
          role: training
          initial: \(ReferenceUniverse.path("swift/twin_0000.hdf5"))
          final: \(ReferenceUniverse.path("swift/twin_0001.hdf5"))

      """ + lines.map { "    \($0)\n" }.joined()
    }

    @Test func aSnapshotWithLabelsIsPreparedWithoutACatalogue() throws {
      try withFolder { folder in
        try experiment([]).write(
          to: folder.appending(path: "e.yaml"), atomically: true, encoding: .utf8)
        let end = try Job(["prepare", "e.yaml"], ranks: 3, in: folder).wait()
        #expect(end.code == 0, "\(end.messages)")
        #expect((end.output + end.messages).contains("3 with 132 particles"), "\(end)")
      }
    }

    /// What a user may get wrong about halos, with the exit code and what is said.
    @Test(arguments: [
      (["labels: {file: none.csv}"], 66, ["none.csv", "no such table", "labels.file"]),
      (["catalogue: none.hdf5"], 66, ["none.hdf5", "no such file", "Check the path"]),
      (["labels: {file: e.yaml}"], 65, ["e.yaml", "column id", "labels.id"]),
      (
        ["units: {length: 1, mass: 1.0e10, velocity: 1}"], 65,
        ["twin_0000.hdf5", "units of the experiment file", "times the mean matter density"]
      ),
      (["catalogue: a.hdf5", "labels: {file: b.csv}"], 65, ["a catalogue and labels"]),
    ])
    func whatIsWrongAboutHalosIsToldInOneSentence(
      lines: [String], code: Int, words: [String]
    ) throws {
      try withFolder { folder in
        try experiment(lines).write(
          to: folder.appending(path: "e.yaml"), atomically: true, encoding: .utf8)
        let end = try Job(["prepare", "e.yaml"], ranks: 2, in: folder).wait()
        #expect(Int(end.code) == code, "\(end.messages)")
        #expect(end.failures.count == 1, "\(end.messages)")
        for word in words { #expect(end.messages.contains(word), "\(word) in \(end.messages)") }
      }
    }

    @Test func inspectTellsOfASnapshotOrWhyItCannot() throws {
      try withFolder { folder in
        let whole = try Job(
          ["inspect", ReferenceUniverse.path("binary/snapshot_001")], ranks: 0, in: folder
        ).wait()
        #expect(whole.code == 0, "\(whole.messages)")
        #expect(whole.output.contains("particles: 216 = 6^3"), "\(whole.output)")
        let copy = folder.appending(path: "snapshot_001.0")
        try FileManager.default.copyItem(
          atPath: ReferenceUniverse.path("binary/snapshot_001.0"), toPath: copy.path)
        let alone = try Job(["inspect", copy.path], ranks: 0, in: folder).wait()
        #expect(alone.code == 66 && alone.failures.count == 1, "\(alone.messages)")
        #expect(alone.messages.contains("snapshot_001.1"), "\(alone.messages)")
        try FileDamage.truncate(copy.path)
        let cut = try Job(["inspect", copy.path], ranks: 0, in: folder).wait()
        #expect(cut.code == 65 && cut.failures.count == 1, "\(cut.messages)")
        #expect(cut.messages.contains("block VEL: it is cut off"), "\(cut.messages)")
        let tree = try Job(
          ["inspect", "--tree", ReferenceUniverse.path("gadget4/ics.hdf5")], ranks: 0, in: folder
        ).wait()
        #expect(tree.output.contains("ready: as `initial`"), "\(tree.output)")
        #expect(tree.output.contains("Coordinates: Double [216, 3]"), "\(tree.output)")
      }
    }
  }
}
