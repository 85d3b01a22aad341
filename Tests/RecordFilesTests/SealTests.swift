import Failures
import Foundation
import HDF5
import MPI
import ParticleMesh
import TestSupport
import Testing

@testable import ParticleMesh
@testable import RecordFiles
@testable import Simulations

/// Files that end in a checksum of their bytes.
@Suite(.serialized) struct SealTests {
  /// Reads a file of 4^3 sites as a job does.
  private func read(
    _ writer: Writer, _ path: String, on world: borrowing Communicator
  ) throws {
    if writer == .linearDensity {
      let geometry = try LinearDensityFile.geometry(of: path, on: world)
      #expect(geometry == (4, 25))
    } else {
      let state = try SimulationCheckpoint.read(path, of: 64, steps: 5, on: world)
      #expect(state?.completedSteps == 3)
    }
  }

  @Test(.ranks(1...1), arguments: [Writer.linearDensity, .simulationCheckpoint])
  func anyChangedByteIsRefusedWithTheNameOfTheFile(writer: Writer) throws {
    let folder = try temporaryDirectory("sealed-\(writer)")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.h5"
    try withWorld { world in
      try writer.write(to: path, on: world)
      try read(writer, path, on: world)
      let intact = try Data(contentsOf: URL(filePath: path))
      for place in stride(from: 0, to: intact.count, by: 41) {
        var damaged = intact
        damaged[place] ^= 4
        try damaged.write(to: URL(filePath: path))
        let failure = #expect(throws: AgreedFailure.self, "byte \(place) of \(intact.count)") {
          try read(writer, path, on: world)
        }
        let error = failure?.underlying.map { "\($0)" } ?? ""
        #expect(error.contains(path), "\(error)")
      }
    }
  }

  @Test(.ranks(1...1), arguments: [Writer.linearDensity, .simulationCheckpoint])
  func anyShorterFileIsRefusedWithTheNameOfTheFile(writer: Writer) throws {
    let folder = try temporaryDirectory("cut-off-\(writer)")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/a.h5"
    try withWorld { world in
      try writer.write(to: path, on: world)
      let intact = try Data(contentsOf: URL(filePath: path))
      for length in [0, 7, 31, 32, 100, intact.count / 2, intact.count - 32, intact.count - 1] {
        try intact.prefix(length).write(to: URL(filePath: path))
        let failure = #expect(throws: AgreedFailure.self, "\(length) of \(intact.count) bytes") {
          try read(writer, path, on: world)
        }
        let error = failure?.underlying.map { "\($0)" } ?? ""
        #expect(error.contains(path), "\(error)")
      }
    }
  }

  @Test(.ranks(1...3), arguments: [Writer.linearDensity, .simulationCheckpoint])
  func anyNumberOfRanksVerifiesWhatWasWrittenByAll(writer: Writer) throws {
    let folder = try temporaryDirectory("together-\(writer)")
    try withWorld { world in
      let path = folder + "/a.h5"
      try writer.write(to: path, on: world)
      try read(writer, path, on: world)
      try world.barrier()
      if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
    }
  }

  /// Checkpoints of the program before had no version, densities no checksum.
  @Test(.ranks(1...1)) func filesOfTheProgramBeforeAreReadOrRefusedInASentence() throws {
    let folder = try temporaryDirectory("version-1")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try withWorld { world in
      let density = folder + "/density.h5"
      try writeUnsealed("halompi-linear-density", to: density)
      try read(.linearDensity, density, on: world)
      let checkpoint = folder + "/checkpoint.h5"
      try writeUnsealed("halompi-simulation-checkpoint", to: checkpoint)
      let failure = #expect(throws: AgreedFailure.self) {
        try read(.simulationCheckpoint, checkpoint, on: world)
      }
      let error = try #require(failure?.underlying as? RecordFileError)
      #expect(error.exitCode == .badData)
      #expect(
        error.description
          == "cannot read \(checkpoint): its version is 1, and this program reads 2; "
          + "restore the file from a copy, or remove it to begin the evolution anew")
      // One is not taken for the other.
      let other = #expect(throws: AgreedFailure.self) {
        try read(.linearDensity, checkpoint, on: world)
      }
      let words = other?.underlying.map { "\($0)" } ?? ""
      #expect(words.contains("it is halompi-simulation-checkpoint"))
    }
  }

  private func writeUnsealed(_ format: String, to path: String) throws {
    let file = try HDF5File.create(path)
    try file.setAttribute("format", to: format)
    try file.setAttribute("version", to: Int32(1))
    try file.setAttribute("boxSize", to: 25.0)
    try file.createDataset("density", extents: [4, 4, 4], of: Float.self).write(
      [Float](repeating: 0, count: 64))
    try file.close()
  }
}
