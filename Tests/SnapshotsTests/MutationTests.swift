import Failures
import Foundation
import TestSupport
import Testing

@testable import Snapshots

/// Files with changes drawn from fixed seeds are read as the intact ones, or refused in one sentence; soon,
/// without a trap, and with little memory.
@Suite(.serialized) struct MutationTests {
  /// What a file comes to.
  private enum Outcome {
    case read(Snapshot, SnapshotParticles)
    case refused(Failure)
  }

  private func outcome(of path: String) -> Outcome {
    do throws(Failure) {
      let snapshot = try Snapshot.open(path)
      let rows = 0..<snapshot.particleCount
      let particles = try snapshot.particles(in: rows, velocities: true)
      if snapshot.hasHaloLabels { _ = try snapshot.haloLabels(in: rows) }
      return .read(snapshot, particles)
    } catch {
      return .refused(error)
    }
  }

  /// What must hold of whatever is read: every number can be worked with.
  private func check(_ outcome: Outcome, _ file: String, _ seed: UInt64) {
    switch outcome {
    case .refused(let error):
      let text = error.description
      #expect(!text.contains("\n") && text.contains("/"), "seed \(seed) of \(file): \(text)")
    case .read(let snapshot, let particles):
      #expect(snapshot.particleCount == 216, "seed \(seed) of \(file)")
      #expect(
        particles.positions.allSatisfy { (0..<snapshot.boxSize).contains($0) }
          && particles.velocities.allSatisfy(\.isFinite), "seed \(seed) of \(file)")
      let filling = snapshot.cosmology.particleMass(count: 216, boxSize: snapshot.boxSize)
      #expect(abs(snapshot.particleMass / filling - 1) < 0.02, "seed \(seed) of \(file)")
    }
  }

  private func timed(_ file: String, _ seed: UInt64, _ body: () throws -> Void) rethrows {
    let time = try ContinuousClock().measure(body)
    #expect(time < .seconds(30), "seed \(seed) of \(file) took \(time)")
  }

  /// The peak of the memory of this process [bytes].
  private var peak: Int {
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return 1024 * usage.ru_maxrss
  }

  @Test(arguments: [
    "binary/ics.gadget", "binary/snapshot_001.0", "binary/snapshot_001.1",
    "binary/ics-pynbody.gadget",
  ])
  func bytesOfRecords(file: String) throws {
    let before = peak
    let name = file.split(separator: "/").last.map(String.init) ?? file
    try withScratchFolder { folder in
      try FileManager.default.copyItem(
        atPath: ReferenceUniverse.path("binary"), toPath: folder + "/files")
      let intact = try Data(contentsOf: URL(filePath: ReferenceUniverse.path(file)))
      let path = folder + "/files/" + name
      for seed in 0..<UInt64(mutationCount(120)) {
        try mutated(intact, seed: seed).write(to: URL(filePath: path))
        timed(file, seed) {
          check(
            outcome(of: path.replacing("snapshot_001.1", with: "snapshot_001.0")), file, seed)
        }
      }
      #expect(try FileManager.default.contentsOfDirectory(atPath: folder + "/files").count == 4)
    }
    #expect(peak - before < 1 << 30)
  }

  static let trees = [
    "gadget4/ics.hdf5", "gadget2/snapshot_001.0.hdf5", "swift/twin_0001.hdf5",
    "arepo/snapdir_099/snap_099.0.hdf5",
  ]

  /// A changed attribute leaves the particles as they are, or the file is refused.
  @Test(arguments: trees) func attributesByName(file: String) throws {
    let before = peak
    let intact = try HDF5Content(of: ReferenceUniverse.path(file))
    try withScratchFolder { folder in
      let path = folder + "/mutated.hdf5"
      try intact.write(to: path)
      guard case .read(_, let particles) = outcome(of: path) else {
        Issue.record("\(file) written again is refused: \(outcome(of: path))")
        return
      }
      for seed in 0..<UInt64(mutationCount(60)) {
        var content = intact
        let attribute = content.mutateAttribute(seed: seed)
        try content.write(to: path)
        timed(file, seed) {
          let outcome = outcome(of: path)
          check(outcome, file, seed)
          if case .read(_, let other) = outcome {
            #expect(
              other.ids == particles.ids && other.positions == particles.positions,
              "seed \(seed) of \(file), \(attribute ?? "none")")
          }
        }
      }
    }
    #expect(peak - before < 1 << 30)
  }

  @Test(arguments: trees) func extentsAndTypesOfDatasets(file: String) throws {
    let intact = try HDF5Content(of: ReferenceUniverse.path(file))
    try withScratchFolder { folder in
      let path = folder + "/mutated.hdf5"
      for seed in 0..<UInt64(mutationCount(40)) {
        var content = intact
        _ = content.mutateDataset(seed: seed)
        try content.write(to: path)
        timed(file, seed) { check(outcome(of: path), file, seed) }
      }
    }
  }
}
