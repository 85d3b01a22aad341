import Failures
import Foundation
import HDF5
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
      architecture: architecture, boxes: BoxDescription(.raw), inputName: "density",
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

  /// Deviations by hand: of (11, 13) and (12, 12), with n - 1.
  @Test func theScatterOverOrientationsComesBack() throws {
    var found = OrientedPredictions(count: 2)
    found.add([11, 13, 12, 12])
    found.add([14, 15])
    #expect(found.means == [12, 12, 14.5])
    #expect(found.deviations == [Float(2.0.squareRoot()), 0, Float(0.5.squareRoot())])
    try withFile { path in
      let table = PredictionTable(
        simulations: ["five"], fingerprints: ["0123456789abcdef"], samples: samples,
        predictions: found.means,
        orientationScatter: OrientationScatter(count: found.count, deviations: found.deviations))
      try table.write(to: path, model: model)
      let read = try PredictionTable(contentsOf: path)
      #expect(read == table)
      #expect(abs((read.orientationScatter?.median ?? 0) - 0.5.squareRoot()) < 1e-7)
    }
  }

  @Test(arguments: [1, 3])
  func aTableOfVersionOneHasNoHalosAndALaterOneIsRefused(version: Int) throws {
    try withFile { path in
      let format = RecordFormat("halompi-predictions", version: version, remedy: "none")
      let columns = [
        ("trueLogMass", samples.map(\.logMass)), ("predictedLogMass", [12, 12.5, 13]),
        ("radius", samples.map(\.radius)),
      ]
      let simulation = RecordDataset<Int32>("simulation", unit: "1", meaning: "index")
      let site = RecordDataset<Int64>("site", unit: "1", meaning: "site")
      try RecordWriter.write(to: path, as: format) { file in
        try file.addJSON("simulations", ["five"])
        try file.add(simulation, samples.map(\.simulation), extents: [3])
        try file.add(site, samples.map(\.site), extents: [3])
        for (name, values) in columns {
          try file.add(
            RecordDataset<Float>(name, unit: "1", meaning: name), values, extents: [3])
        }
      }
      guard version == 1 else {
        #expect(throws: Failure.self) { try PredictionTable(contentsOf: path) }
        return
      }
      let table = try PredictionTable(contentsOf: path)
      #expect(table.fingerprints == nil)
      #expect(table.samples.map(\.halo) == [-1, -1, -1])
      #expect(table.samples.map(\.site) == samples.map(\.site))
    }
  }
}
