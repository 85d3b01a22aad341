import Foundation
import MPI
import TestSupport
import Testing

@testable import HDF5

/// A call of the library that fails on one rank, for each call that a writer makes.
@Suite(.serialized) struct CallFailureTests {
  /// The other ranks make every call, or they would wait in one for ever.
  @Test(.ranks(1...3), arguments: Writer.allCases)
  func aCallThatFailsOnTheLastRankIsTheEndOnAllAndLeavesNoFile(writer: Writer) throws {
    let folder = try temporaryDirectory("call-failures-\(writer)")
    try withWorld { world in
      let path = folder + "/a.h5"
      let isFailing = world.rank == world.size - 1
      var number = 0
      var files: [[String]] = []
      var silent: [Int] = []
      while true {
        let (error, calls) = PlannedFailure.inCall(isFailing ? number : .max) {
          try writer.write(to: path, on: world)
        }
        // What was made, before the root removes it for the next call.
        files.append(try FileManager.default.contentsOfDirectory(atPath: folder))
        let isReached = try world.broadcast([Int32(calls > number ? 1 : 0)], from: world.size - 1)
        if isReached[0] == 0 {
          #expect(error == nil)
          break
        }
        if (error as? AgreedFailure)?.rank != world.size - 1 { silent.append(number) }
        number += 1
      }
      #expect(number > 20, "the writer makes \(number) calls")
      #expect(silent.isEmpty, "calls whose failure was not told: \(silent)")
      let left = files.dropLast().flatMap(\.self)
      #expect(left.isEmpty || !world.isRoot, "\(left)")
      try world.barrier()
      if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
    }
  }
}
