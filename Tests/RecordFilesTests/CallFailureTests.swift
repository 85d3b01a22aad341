import CParallelHDF5
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
      // Ranks cannot close what a failed writer leaves open, and MPICH has no more than 2,048 communicators, of which
      // every open file takes some: there, every third call fails.
      let step = MPIFamily.current == .mpich && world.size > 1 ? 3 : 1
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
        if world.size == 1 { closeAbandoned(path + ".partial") }
        number += step
      }
      #expect(number > 20, "the writer makes \(number) calls")
      #expect(silent.isEmpty, "calls whose failure was not told: \(silent)")
      let left = files.dropLast().flatMap(\.self)
      #expect(left.isEmpty || !world.isRoot, "\(left)")
      if world.size == 1 { #expect(descriptors(of: folder).isEmpty) }
      try world.barrier()
      if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
    }
  }

  /// Closes what a failed writer left open until the end of the process, which is that of other tests too.
  ///
  /// One rank waits for nobody, and the failure was none of the library's.
  private func closeAbandoned(_ path: String) {
    withLibrary {
      // H5F_OBJ_ALL as a file, H5F_OBJ_FILE, and all other types of objects; C's macros are not seen here.
      for file in identifiers(in: 0x1f, of: 0x1) where name(of: file) == path {
        for object in identifiers(in: file, of: 0x1e) { H5Idec_ref(object) }
        H5Fclose(file)
      }
    }
  }

  /// The open objects of some types (`H5F_OBJ_FILE` and so on) in a file.
  private func identifiers(in file: hid_t, of types: UInt32) -> [hid_t] {
    let count = max(0, H5Fget_obj_count(file, types))
    var identifiers = [hid_t](repeating: -1, count: count)
    let filled = H5Fget_obj_ids(file, types, count, &identifiers)
    return Array(identifiers.prefix(max(0, filled)))
  }

  private func name(of file: hid_t) -> String {
    let length = max(0, H5Fget_name(file, nil, 0))
    var name = [CChar](repeating: 0, count: length + 1)
    H5Fget_name(file, &name, name.count)
    return String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The files of a folder that this process has open.
  private func descriptors(of folder: String) -> [String] {
    let own = "/proc/self/fd"
    let numbers = (try? FileManager.default.contentsOfDirectory(atPath: own)) ?? []
    return numbers.compactMap { number in
      try? FileManager.default.destinationOfSymbolicLink(atPath: "\(own)/\(number)")
    }.filter { $0.hasPrefix(folder) }
  }
}
