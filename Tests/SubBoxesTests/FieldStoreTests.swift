import Failures
import Fields
import MPI
import Randomness
import TestSupport
import Testing

@testable import SubBoxes

private let paperStandardization = Standardization(mean: 1.0041, standardDeviation: 0.0509)

private func settings(_ mode: StreamSettings.Mode, budget: Int = 64) -> StreamSettings {
  var settings = StreamSettings()
  settings.mode = mode
  settings.memoryBudget = budget
  return settings
}

extension FieldStore {
  /// The box around a site of a simulation.
  func box(around site: Int64, of simulation: Int, width: Int) throws -> [Float] {
    let cutter = SubBoxCutter(
      boxWidth: width, gridSize: simulations[simulation].gridSize,
      standardization: paperStandardization)
    var box = [Float](repeating: .nan, count: cutter.voxelCount)
    try box.withUnsafeMutableBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return }
      try cut(0, around: Int(site), of: simulation, with: cutter, into: start)
    }
    return box
  }
}

/// The number of chunks that are read for small boxes around sites of a field of 68.
private func chunksRead(from path: String, capacity: Int, around sites: [Int]) throws -> Int {
  let cache = ChunkCache(of: .density, in: [try SharedFieldFile(path)], bytes: capacity << 20)
  #expect(cache.capacity == capacity)
  let cutter = SubBoxCutter(boxWidth: 3, gridSize: 68, standardization: paperStandardization)
  let box = UnsafeMutablePointer<Float>.allocate(capacity: cutter.voxelCount)
  defer { box.deallocate() }
  for site in sites { try cache.cut(around: site, of: 0, with: cutter, into: box) }
  return cache.readCount
}

extension CollectiveTests {
  @Suite struct FieldStoreTests {
    /// A field of 68 has chunks of 64 and of 4; a budget of 1 MiB holds one chunk.
    @Test(.ranks(1...4)) func residentAndStreamedFieldsGiveTheSameBitsAsTheDefinition() throws {
      try withWorld { world in
        try RandomFields.withFiles(of: [68, 12], on: world) { simulations, paths in
          let resident = try FieldStore(of: paths, settings: settings(.resident), on: world)
          let streamed = try FieldStore(
            of: paths, settings: settings(.stream, budget: 1), on: world)
          #expect(resident.mode == .resident)
          #expect(streamed.mode == .stream)
          #expect(resident.bytes == (68 * 68 * 68 + 12 * 12 * 12) * 4)
          #expect(streamed.bytes == 64 * 64 * 64 * 4)
          var stream = RandomStream(seed: 4, for: .test, index: UInt64(world.rank))
          for trial in 0..<12 {
            let simulation = trial % 2
            let size = UInt64(simulations[simulation].gridSize)
            let site = Int64(stream.next() % (size * size * size))
            let expected = simulations[simulation].box(
              around: site, width: 15, paperStandardization)
            #expect(try resident.box(around: site, of: simulation, width: 15) == expected)
            #expect(try streamed.box(around: site, of: simulation, width: 15) == expected)
          }
          try resident.free()
          try streamed.free()
        }
      }
    }

    @Test(.ranks(2...4), arguments: [StreamSettings.Mode.resident, .stream])
    func aStoreMayBelongToTheWorkersAlone(mode: StreamSettings.Mode) throws {
      try withWorld { world in
        try RandomFields.withFiles(of: [12], on: world) { simulations, paths in
          let team = try world.split(color: world.isRoot ? 0 : 1, key: world.rank)
          guard !world.isRoot else { return }
          let store = try FieldStore(of: paths, settings: settings(mode), on: team)
          let expected = simulations[0].box(around: 100, width: 15, paperStandardization)
          #expect(try store.box(around: 100, of: 0, width: 15) == expected)
        }
      }
    }

    @Test(.ranks(1...4)) func aChunkIsReadOnceAsLongAsItIsInTheCache() throws {
      try withWorld { world in
        try RandomFields.withFiles(of: [68], on: world) { (_, paths) throws in
          let path = paths[0]
          let (low, high) = ((10 * 68 + 10) * 68 + 10, (10 * 68 + 10) * 68 + 66)
          #expect(
            try chunksRead(from: path, capacity: 2, around: [low, low, high, low, high]) == 2)
          #expect(
            try chunksRead(from: path, capacity: 1, around: [low, low, high, low, high]) == 4)
          // The corner of the periodic box is in all eight chunks.
          #expect(try chunksRead(from: path, capacity: 8, around: [0, low, 0]) == 8)
          // With room for two, the chunk used longer ago makes room for a third.
          let third = (66 * 68 + 10) * 68 + 10
          #expect(
            try chunksRead(from: path, capacity: 2, around: [low, high, low, third, low]) == 3)
        }
      }
    }

    @Test(.ranks(1...4)) func fieldsThatDoNotFitTheBudgetAreStreamedOrRefused() throws {
      try withWorld { world in
        try RandomFields.withFiles(of: [68], on: world) { _, paths in
          let fitting = try FieldStore(of: paths, settings: settings(.auto, budget: 2), on: world)
          let large = try FieldStore(of: paths, settings: settings(.auto, budget: 1), on: world)
          #expect(fitting.mode == .resident)
          #expect(large.mode == .stream)
          // 68^3 voxels of 4 bytes are 1.2 MiB.
          #expect(large.reason.contains("take 2 MiB, and 1 MiB are allowed"))
          let error = #expect(throws: AgreedFailure.self) {
            try FieldStore(of: paths, settings: settings(.resident, budget: 1), on: world)
          }
          #expect(error?.rank == 0)
          if world.isRoot { #expect(agreed(error)?.exitCode == .badData) }
        }
      }
    }
  }
}

@Suite struct PlaneSlabsTests {
  @Test(arguments: [1, 12, 64, 70, 256, 1024], 1...5)
  func everyPlaneIsReadByOneRank(gridSize: Int, ranks: Int) {
    let slabs = PlaneSlabs(gridSizes: [gridSize, 3])
    let planes = slabs.slabs.flatMap { slab in slab.planes.map { [slab.simulation, $0] } }
    #expect(planes == (0..<gridSize).map { [0, $0] } + (0..<3).map { [1, $0] })
    let shares = (0..<ranks).flatMap { slabs.share(of: $0, among: ranks) }
    #expect(shares.count == slabs.slabs.count)
    #expect(Set(shares) == Set(slabs.slabs))
    #expect(slabs.slabs.allSatisfy { $0.planes.count * gridSize * gridSize * 4 <= 64 << 20 })
  }
}
