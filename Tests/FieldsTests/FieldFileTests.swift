import Foundation
import HDF5
import MPI
import TestSupport
import Testing

@testable import Fields

@Suite(.serialized) struct FieldFileTests {
  @Test(.ranks(1...4), arguments: [5, 6, 7], [0, 3])
  func whatRanksWroteTogetherIsReadByOne(gridSize: Int, haloCount: Int) throws {
    try withWorld { world in
      let fixture = FieldFixture(gridSize: gridSize, haloCount: haloCount)
      let path = try temporaryDirectory("fields") + "/together.h5"
      let written = try fixture.write(to: path, on: world)
      try world.barrier()

      let file = try FieldFile.open(path)
      let whole = fixture.slab(0..<gridSize)
      #expect(file.metadata == written)
      #expect(file.metadata.description == fixture.description)
      #expect(try file.read(.density) == whole.density)
      #expect(try file.read(.logMass).bits == whole.logMass.bits)
      #expect(try file.read(.halo) == whole.halo)
      #expect(try file.read(.radius).bits == whole.radius.bits)
      let halos = try file.halos()
      #expect(halos.mass == fixture.halos.mass)
      #expect(halos.boundMass == fixture.halos.boundMass)
      #expect(halos.center == fixture.halos.center)
      #expect(halos.radius.bits == fixture.halos.radius.bits)
      #expect(halos.particleCount == fixture.halos.particleCount)
      #expect(halos.boundCount == fixture.halos.boundCount)
      try file.verifyChecksums()
      try file.close()
    }
  }

  /// One rank of its own writes what all ranks have written together.
  @Test(.ranks(1...4), arguments: [5, 8])
  func theDataHaveTheSameBytesForAnyNumberOfRanks(gridSize: Int) throws {
    try withWorld { world in
      let fixture = FieldFixture(gridSize: gridSize)
      let folder = try temporaryDirectory("fields-bytes")
      let together = try fixture.write(to: folder + "/together.h5", on: world)
      let alone = try world.split(color: world.rank, key: 0)
      let single = try fixture.write(to: folder + "/alone-\(world.rank).h5", on: alone)
      try world.barrier()
      let one = try HDF5File.open(folder + "/alone-\(world.rank).h5")
      let many = try HDF5File.open(folder + "/together.h5")
      for name in ["density", "label/logMass", "label/halo", "label/radius", "halo/center"] {
        let (sumOfOne, sumOfMany) = (
          try one.textAttribute("checksum", of: name), try many.textAttribute("checksum", of: name)
        )
        #expect(sumOfOne == sumOfMany, "\(name)")
      }
      #expect(together == single)
    }
  }

  @Test(.ranks(1...4)) func ranksReadTheirPlanesCollectively() throws {
    try withWorld { world in
      let fixture = FieldFixture(gridSize: 7)
      let path = try temporaryDirectory("fields") + "/planes.h5"
      try fixture.write(to: path, on: world)
      let mine = fixture.slab(of: world)
      let file = try FieldFile.open(path, on: world)
      let density = try file.read(.density, planes: mine.planes, .collective)
      let halo = try file.read(.halo, planes: mine.planes, .collective)
      try file.close()
      #expect(density == mine.density)
      #expect(halo == mine.halo)
    }
  }

  @Test func metadataHoldTheMomentsOfTheDensityAndTheLabeledSites() throws {
    try withWorld { world in
      let fixture = FieldFixture()
      let path = try temporaryDirectory("fields") + "/moments-\(worldRank).h5"
      let alone = try world.split(color: world.rank, key: 0)
      let metadata = try fixture.write(to: path, on: alone)
      let densities = fixture.slab(0..<6).density.map { Double($0) }
      let mean = densities.reduce(0, +) / 216
      let variance = densities.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 216
      #expect(abs(metadata.densityMoments.mean - mean) < 1e-14)
      #expect(abs(metadata.densityMoments.standardDeviation - variance.squareRoot()) < 1e-14)
      #expect(metadata.labeledCount == 108)
      #expect(metadata.haloCount == 3)
      #expect(metadata.siteCount == 216)
    }
  }

  @Test func theFingerprintChangesWithOneValueAndWithTheBox() throws {
    try withWorld { world in
      let path = try temporaryDirectory("fields") + "/fingerprint-\(worldRank).h5"
      let alone = try world.split(color: world.rank, key: 0)
      let fixture = FieldFixture()
      let first = try fixture.write(to: path, on: alone).fingerprint
      let again = try fixture.write(to: path, on: alone).fingerprint
      var otherBox = fixture
      otherBox.boxSize = 26
      let box = try otherBox.write(to: path, on: alone).fingerprint
      var slab = fixture.slab(0..<6)
      slab.radius[215] = 3
      let value = try FieldFile.write(
        slab, fixture.halos, fixture.description, creator: "test", to: path, on: alone
      ).fingerprint
      #expect(first == again)
      #expect(Set([first, box, value]).count == 3)
    }
  }

  @Test func everyDatasetSaysItsUnitAndMeaning() throws {
    try withWorld { world in
      let path = try temporaryDirectory("fields") + "/described-\(worldRank).h5"
      try FieldFixture().write(to: path, on: try world.split(color: world.rank, key: 0))
      let file = try HDF5File.open(path)
      var datasets: [String] = []
      for link in try file.children() {
        if link.kind == .dataset { datasets.append(link.name) }
        if link.kind == .group {
          datasets += try file.children(of: link.name).filter { $0.kind == .dataset }
            .map { "\(link.name)/\($0.name)" }
        }
      }
      #expect(datasets.count == 10)
      for name in datasets {
        #expect(try !file.textAttribute("unit", of: name).isEmpty)
        #expect(try !file.textAttribute("description", of: name).isEmpty)
        #expect(try file.textAttribute("checksum", of: name).count == 16)
      }
    }
  }
}
