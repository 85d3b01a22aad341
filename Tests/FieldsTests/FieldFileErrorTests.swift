import Failures
import Foundation
import HDF5
import MPI
import TestSupport
import Testing

@testable import Fields

@Suite(.serialized) struct FieldFileErrorTests {
  private func path(_ name: String) throws -> String {
    try temporaryDirectory("field-errors") + "/\(name)-\(worldRank).h5"
  }

  private func opening(_ path: String) -> Failure? {
    do throws(Failure) {
      _ = try FieldFile.open(path)
      return nil
    } catch {
      return error
    }
  }

  @Test func aMissingFileIsNamed() throws {
    let error = opening("/nonexistent/fields.h5")
    #expect(error?.problem == .missingFile)
    #expect(error?.description.contains("/nonexistent/fields.h5") == true)
  }

  @Test func anotherHDF5FileIsRefused() throws {
    let path = try path("other")
    let file = try HDF5File.create(path)
    try file.createGroup("Header")
    try file.close()
    #expect(opening(path)?.problem == .wrongFormat)
  }

  @Test func aFileCutOffIsRefused() throws {
    try withWorld { world in
      let path = try path("cut")
      try FieldFixture().write(to: path, on: try world.split(color: world.rank, key: 0))
      let data = try Data(contentsOf: URL(filePath: path))
      try data.prefix(data.count / 2).write(to: URL(filePath: path))
      #expect(opening(path)?.problem == .io)
    }
  }

  @Test func nanIsRefusedOnWritingAndNamesItsSite() throws {
    try withWorld { world in
      let path = try path("nan")
      let fixture = FieldFixture()
      var slab = fixture.slab(0..<6)
      slab.density[6 * 6 * 4 + 6 * 3 + 2] = .nan
      let alone = try world.split(color: world.rank, key: 0)
      var text = ""
      do {
        try FieldFile.write(
          slab, fixture.halos, fixture.description, creator: "test", to: path, on: alone)
      } catch {
        text = "\(error)"
      }
      #expect(text.contains("density at site 164 [4, 3, 2] is nan"))
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }

  /// The bytes of the density at site 164 are replaced in the file, as a failing disk would.
  @Test(arguments: [Float(1.5), .nan])
  func changedDataAreFoundByTheChecksumOrOnReading(_ replacement: Float) throws {
    try withWorld { world in
      let path = try path("damaged")
      let fixture = FieldFixture()
      try fixture.write(to: path, on: try world.split(color: world.rank, key: 0))
      var data = try Data(contentsOf: URL(filePath: path))
      let bytes =
        withUnsafeBytes(of: fixture.density(163)) { Data($0) }
        + withUnsafeBytes(of: fixture.density(164)) { Data($0) }
      let place = try #require(data.range(of: bytes))
      data.replaceSubrange(
        place.lowerBound + 4..<place.upperBound, with: withUnsafeBytes(of: replacement) { Data($0) }
      )
      try data.write(to: URL(filePath: path))

      let file = try FieldFile.open(path)
      var found: [Problem?] = []
      do throws(Failure) { try file.verifyChecksums() } catch { found.append(error.problem) }
      do throws(Failure) {
        _ = try file.read(.density, Hyperslab(offset: [4, 2, 1], count: [2, 2, 3]))
      } catch {
        found.append(error.problem)
        #expect(error.description.contains("site 164 [4, 3, 2]"))
      }
      #expect(found == (replacement.isNaN ? [.damaged, .invalidValue] : [.damaged]))
    }
  }

  @Test(.ranks(2...4)) func theErrorOfOneRankIsThrownOnAll() throws {
    try withWorld { world in
      let path = try temporaryDirectory("field-errors") + "/agreed.h5"
      let fixture = FieldFixture()
      var slab = fixture.slab(of: world)
      if world.rank == 1 { slab.density[0] = .infinity }
      var failed: Int64 = 0
      do {
        try FieldFile.write(
          slab, fixture.halos, fixture.description, creator: "test", to: path, on: world)
      } catch let error as AgreedFailure {
        failed = error.rank == 1 ? 1 : 0
      }
      let failures = try world.allReduce(failed, .sum)
      #expect(Int(failures) == world.size)
      #expect(!FileManager.default.fileExists(atPath: path))
    }
  }
}
