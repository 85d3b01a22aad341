import Foundation
import MPI
import TestSupport
import Testing

@testable import HDF5

/// Files on a communicator.
///
/// Nothing is expected before the last collective call of a test, or the other ranks would wait.
@Suite(.serialized) struct RankTests {
  private let extents = [7, 5, 6]

  /// Uneven blocks along the slowest axis, read back as uneven blocks along the fastest.
  @Test(.ranks(1...4), arguments: [false, true], [1 << 30, 8 * 30, 8 * 9])
  func blocksWrittenTogetherAreReadOnAnotherLayout(chunked: Bool, bytesPerCall: Int) throws {
    try withWorld { world in
      let path = try temporaryDirectory("blocks") + "/a.h5"
      let all = numbers(7 * 5 * 6)
      let file = try HDF5File.create(path, on: world)
      var written = try file.createDataset(
        "values", extents: extents, of: Int64.self, chunk: chunked ? [3, 3, 4] : nil)
      written.bytesPerCall = bytesPerCall
      let rows = block(of: 7, on: world)
      try written.write(
        Array(all[rows.lowerBound * 30..<rows.upperBound * 30]),
        to: Hyperslab(offset: [rows.lowerBound, 0, 0], count: [rows.count, 5, 6]), .collective)
      try file.setAttribute("unit", to: "none", of: "values")
      try file.close()

      let reopened = try HDF5File.open(path, on: world)
      var dataset = try reopened.dataset("values")
      dataset.bytesPerCall = bytesPerCall
      let columns = block(of: 6, on: world)
      let slab = Hyperslab(offset: [0, 0, columns.lowerBound], count: [7, 5, columns.count])
      let together = try dataset.read(slab, as: Int64.self, .collective)
      let converted = try dataset.read(slab, as: Double.self, .collective)
      let alone = try dataset.read(slab, as: Int64.self)
      let unit = try reopened.textAttribute("unit", of: "values")
      try reopened.close()

      let expected = all.indices.filter { columns.contains($0 % 6) }.map { all[$0] }
      #expect(together == expected)
      #expect(converted == expected.map(Double.init))
      #expect(alone == expected)
      #expect(unit == "none")
    }
  }

  @Test(.ranks(1...4)) func ranksWithoutElementsTakePart() throws {
    try withWorld { world in
      let path = try temporaryDirectory("empty") + "/a.h5"
      let file = try HDF5File.create(path, on: world)
      let dataset = try file.createDataset("values", extents: [4], of: Float.self)
      let isLast = world.rank == world.size - 1
      let slab = Hyperslab(offset: [0], count: [isLast ? 4 : 0])
      try dataset.write(isLast ? [1, 2, 3, 4] as [Float] : [], to: slab, .collective)
      let read = try dataset.read(slab, as: Float.self, .collective)
      try file.close()
      #expect(read == (isLast ? [1, 2, 3, 4] : []))
    }
  }

  @Test(.ranks(2...4)) func anErrorOfOneRankLeavesTheOthersToTheirTransfer() throws {
    try withWorld { world in
      let path = try temporaryDirectory("wrong") + "/a.h5"
      let file = try HDF5File.create(path, on: world)
      var dataset = try file.createDataset("values", extents: [8, 2], of: Float.self)
      dataset.bytesPerCall = 16
      let row = Hyperslab(offset: [world.rank == 0 ? 8 : world.rank, 0], count: [1, 2])
      let values = [Float(world.rank), Float(world.rank)]
      let failure = error { () throws(HDF5Error) in
        try dataset.write(values, to: row, .collective)
      }
      let read = try dataset.read(
        Hyperslab(offset: [world.size - 1, 0], count: [1, 2]), as: Float.self, .collective)
      try file.close()
      #expect((failure != nil) == (world.rank == 0))
      #expect(read == [Float(world.size - 1), Float(world.size - 1)])
    }
  }

  @Test(.ranks(2...4)) func aNumberOutOfRangeOnOneRankIsItsErrorAlone() throws {
    try withWorld { world in
      let path = try temporaryDirectory("range") + "/a.h5"
      let file = try HDF5File.create(path, on: world)
      let dataset = try file.createDataset("values", extents: [world.size], of: Int64.self)
      let mine = Hyperslab(offset: [world.rank], count: [1])
      try dataset.write([world.rank == 1 ? Int64.max : 5], to: mine, .collective)
      var read: [Int32] = []
      let failure = error { () throws(HDF5Error) in
        read = try dataset.read(mine, as: Int32.self, .collective)
      }
      try file.close()
      #expect((failure != nil) == (world.rank == 1))
      #expect(read == (world.rank == 1 ? [] : [5]))
    }
  }

  @Test(.ranks(1...4)) func aFileMadeTogetherHasTheBytesOfOneMadeAlone() throws {
    try withWorld { world in
      let folder = try temporaryDirectory("bytes")
      try write(HDF5File.create(folder + "/together.h5", on: world), rows: block(of: 7, on: world))
      if world.isRoot { try write(HDF5File.create(folder + "/alone.h5"), rows: 0..<7) }
      try world.barrier()
      let together = try Data(contentsOf: URL(filePath: folder + "/together.h5"))
      let alone = try Data(contentsOf: URL(filePath: folder + "/alone.h5"))
      #expect(together == alone)
    }
  }

  private func write(_ file: consuming HDF5File, rows: Range<Int>) throws {
    let all = numbers(7 * 5 * 6)
    let slab = Hyperslab(offset: [rows.lowerBound, 0, 0], count: [rows.count, 5, 6])
    for (name, chunk) in [("fields/plain", nil), ("fields/chunked", [3, 3, 4])] {
      let dataset = try file.createDataset(name, extents: extents, of: Int64.self, chunk: chunk)
      try dataset.write(
        Array(all[rows.lowerBound * 30..<rows.upperBound * 30]), to: slab, .collective)
      try file.setAttribute("unit", to: "none", of: name)
    }
    try file.close()
  }

  /// This rank's range of an axis, of uneven lengths: the k-th rank's weight is k + 1.
  private func block(of length: Int, on world: borrowing Communicator) -> Range<Int> {
    func start(_ rank: Int) -> Int {
      length * rank * (rank + 1) / (world.size * (world.size + 1))
    }
    return start(world.rank)..<start(world.rank + 1)
  }
}
