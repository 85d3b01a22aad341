import Foundation
import Networks
import RecordFiles
import SubBoxes
import TestSupport
import Testing

@testable import Training

struct PredictionTableTests {
  private let samples = (0..<3).map {
    Sample(
      simulation: 0, site: Int64(5 * $0), logMass: 12 + Float($0), radius: 0.5, halo: Int32(7 - $0))
  }

  private func withFile(_ body: (String) throws -> Void) throws {
    let folder = try temporaryDirectory("predictions-\(UInt64.random(in: 0 ... .max))")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try body("\(folder)/predictions.h5")
  }

  private var model: Model {
    let architecture = NetworkArchitecture(boxWidth: 3, convolutionChannels: [1], hiddenUnits: [])
    return Model(
      architecture: architecture, variant: .raw, inputName: "density",
      data: DataDescription(
        training: [], validation: [], voxelSize: 1, finalVoxelSize: nil, trainingSamples: 0,
        validationSamples: 0, standardization: .none, labels: LabelRange(minimum: 11, maximum: 14)),
      seed: 1, epoch: 0, step: 1, validationLoss: 1, settings: [],
      parameters: architecture.parameters.initialized(seed: 1))
  }

  @Test func aTableComesBackWithTheHalosOfItsParticles() throws {
    try withFile { path in
      let table = PredictionTable(
        simulations: ["five"], fingerprints: ["0123456789abcdef"], samples: samples,
        predictions: [12, 12.5, 13])
      try table.write(to: path, model: model)
      #expect(try PredictionTable(contentsOf: path) == table)
    }
  }

  /// Writes what a table of version 1 holds, as a file of some version.
  private func writeOldTable(to path: String, version: Int) throws {
    let columns = (
      simulation: samples.map(\.simulation), site: samples.map(\.site),
      logMass: samples.map(\.logMass), radius: samples.map(\.radius)
    )
    try RecordWriter.write(to: path, as: RecordFormat("halompi-predictions", version: version)) {
      try $0.addJSON("simulations", ["five"])
      try $0.add(Self.column("simulation"), columns.simulation, extents: [3])
      try $0.add(Self.column("site"), columns.site, extents: [3])
      try $0.add(Self.column("trueLogMass"), columns.logMass, extents: [3])
      try $0.add(Self.column("predictedLogMass"), columns.logMass, extents: [3])
      try $0.add(Self.column("radius"), columns.radius, extents: [3])
    }
  }

  private static func column<Element>(_ name: String) -> RecordDataset<Element> {
    RecordDataset(name, unit: "1", meaning: name)
  }

  @Test func aTableOfVersionOneIsReadWithoutHalos() throws {
    try withFile { path in
      try writeOldTable(to: path, version: 1)
      let table = try PredictionTable(contentsOf: path)
      #expect(table.samples.map(\.halo) == [-1, -1, -1])
      #expect(table.samples.map(\.site) == samples.map(\.site))
    }
  }

  @Test(arguments: [2, 3]) func aLaterTableWithoutHalosIsRefused(version: Int) throws {
    try withFile { path in
      try writeOldTable(to: path, version: version)
      #expect(throws: (any Error).self) { try PredictionTable(contentsOf: path) }
    }
  }
}
