import Foundation
import SubBoxes
import TestSupport
import Testing

@testable import Training

/// What a job that did not finish has predicted is read as it was written, or not at all.
struct UnfinishedPredictionsTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func unfinished(model: String = "model") -> UnfinishedPredictions {
    let samples = (0..<6).map {
      Sample(simulation: 0, site: Int64(7 * $0), logMass: 13, radius: 0.5, halo: 1)
    }
    return UnfinishedPredictions(
      besides: scratch.url.appending(path: "predictions.h5").path, describing: [model], samples)
  }

  private func read(_ unfinished: UnfinishedPredictions) throws -> UnfinishedPredictions.Results {
    var results = UnfinishedPredictions.Results(count: 6, withDeviations: true)
    try unfinished.read(into: &results)
    return results
  }

  /// Two parts by one rank: places 1, 2 and 4, then 0.
  private func writeParts() throws -> URL {
    let unfinished = unfinished()
    var log = try unfinished.open(number: unfinished.nextNumber)
    try unfinished.append(
      [1, 2, 4], means: [13.1, 13.2, .pi], deviations: [0.1, 0.2, .ulpOfOne], to: &log)
    try unfinished.append([0], means: [12.5], deviations: [0.5], to: &log)
    return URL(filePath: "\(unfinished.folder)/000000000.jsonl")
  }

  @Test func partsAreReadToTheBit() throws {
    _ = try writeParts()
    let results = try read(unfinished())
    #expect(results.isKnown == [true, true, true, false, true, false])
    #expect(results.means == [12.5, 13.1, 13.2, 0, .pi, 0])
    #expect(results.deviations == [0.5, 0.1, 0.2, 0, .ulpOfOne, 0])
    #expect(unfinished().nextNumber == 1)
  }

  @Test func whatAnotherModelPredictedIsNotTaken() throws {
    _ = try writeParts()
    #expect(try !read(unfinished(model: "other")).isKnown.contains(true))
  }

  /// A rank that is killed, or a host that goes down, leaves a file that ends anywhere.
  @Test func everyBeginningOfAFileGivesWholePartsOnly() throws {
    let file = try writeParts()
    let whole = try Data(contentsOf: file)
    for length in 0...whole.count {
      try whole.prefix(length).write(to: file)
      let count = try read(unfinished()).isKnown.count { $0 }
      #expect([0, 3, 4].contains(count), "\(count) of \(length) bytes")
    }
  }

  @Test func aPartWithAWrongBitIsNotTaken() throws {
    let file = try writeParts()
    let whole = try Data(contentsOf: file)
    for bit in stride(from: 0, to: 8 * whole.count, by: 7) {
      var damaged = whole
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      try damaged.write(to: file)
      let results = try read(unfinished())
      for (place, mean) in [(0, Float(12.5)), (1, 13.1), (2, 13.2), (4, .pi)]
      where results.isKnown[place] {
        #expect(results.means[place] == mean, "bit \(bit)")
      }
    }
  }
}
