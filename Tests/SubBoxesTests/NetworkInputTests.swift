import Fields
import Foundation
import MPI
import TestSupport
import Testing

@testable import SubBoxes

@Suite struct NetworkInputTests {
  @Test func anInputIsFoundByTheNameThatFilesHave() {
    for name in NetworkInput.Name.allCases {
      let input = NetworkInput(named: name.rawValue, finalVoxelSize: 0.03)
      #expect(input == NetworkInput(name, finalVoxelSize: 0.03))
    }
    let several = NetworkInput(named: "density-shear", finalVoxelSize: nil)
    #expect(several == NetworkInput([.density, .shear], finalVoxelSize: .nan))
    #expect(several?.name == "density-shear" && several?.channelCount == 4)
    #expect(several?.words == "initial density and tidal shear")
    #expect(
      several?.channelNames == ["density", "shear/major", "shear/intermediate", "shear/minor"])
    for unknown in ["vorticity", "density-", "density-density", "density-finalDensity", ""] {
      #expect(NetworkInput(named: unknown, finalVoxelSize: 0.03) == nil, "\(unknown)")
    }
    #expect(NetworkInput(named: "finalDensity", finalVoxelSize: nil) == nil, "without its voxels")
    let filtered = NetworkInput(named: "density-shear-gaussianLow2.5", finalVoxelSize: nil)
    #expect(
      filtered
        == NetworkInput(
          [.density, .shear], filter: FieldFilter(.gaussian, radius: 2.5), finalVoxelSize: .nan))
    #expect(filtered?.name == "density-shear-gaussianLow2.5")
    #expect(
      filtered?.words == "initial density and tidal shear, Gaussian low pass of 2.5 Mpc/h")
    #expect(filtered?.channelNames.first == "filtered/gaussianLow2.5/density")
    #expect(NetworkInput(named: "finalDensity-sharpKLow1", finalVoxelSize: 0.03) == nil)
    #expect(NetworkInput(named: "gaussianLow2.5", finalVoxelSize: nil) == nil, "of nothing")
    #expect(NetworkInput(named: "density", finalVoxelSize: nil) == .density)
  }

  /// A channel of its own is written as models of version 1 have it: an object, and not a list.
  @Test func theScaleOfOneChannelIsAnObjectAndThatOfSeveralAList() throws {
    let (one, other) = (
      Standardization(mean: 1, standardDeviation: 2), Standardization(mean: 0, standardDeviation: 4)
    )
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    for (scales, text) in [
      ([one], "{\"mean\":1,\"standardDeviation\":2}"),
      (
        [one, other],
        "[{\"mean\":1,\"standardDeviation\":2},{\"mean\":0,\"standardDeviation\":4}]"
      ),
    ] {
      let standardization = InputStandardization(scales)
      let data = try encoder.encode(standardization)
      #expect(String(decoding: data, as: UTF8.self) == text)
      #expect(try JSONDecoder().decode(InputStandardization.self, from: data) == standardization)
    }
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(InputStandardization.self, from: Data("[]".utf8))
    }
  }
}

extension CollectiveTests {
  @Suite struct SeveralChannelsTests {
    private static let both = NetworkInput([.density, .potential], finalVoxelSize: .nan)
    private static let potential = NetworkInput(.potential, finalVoxelSize: .nan)

    /// The box of an input, and its scales.
    private func box(
      _ input: NetworkInput, _ boxes: BoxDescription, _ mode: StreamSettings.Mode, of path: String,
      on world: borrowing Communicator
    ) throws -> (voxels: [UInt32], scales: [Standardization]) {
      var settings = StreamSettings()
      settings.mode = mode
      let store = try input.open([path], settings: settings, on: world)
      let sample = Sample(simulation: 0, site: 77, logMass: 12, radius: 0, halo: 0)
      let standardization = try store.standardization(
        ofFirst: 1, samples: [sample], boxWidth: 5, on: world)
      let maker = BoxMaker(
        source: store, boxes: boxes, boxWidth: 5, standardization: standardization)
      var box = [Float](repeating: .nan, count: maker.voxelCount)
      try box.withUnsafeMutableBufferPointer {
        try maker.write(OrientedSample(sample), into: $0.baseAddress.unsafelyUnwrapped)
      }
      try store.free()
      return (box.map(\.bitPattern), standardization.channels)
    }

    /// All channels have the shells of the density, in whatever order they are.
    @Test(.ranks(1...3)) func ellipsoidsAreThoseOfTheDensity() throws {
      try withWorld { world in
        let folder = try temporaryDirectory("ellipsoids")
        let simulation = RandomFields(gridSize: 12, index: 1)
        let path = "\(folder)/fields.h5"
        try simulation.write(
          to: path, potential: simulation.density.reversed().map { 3 * $0 }, on: world)
        let boxes = BoxDescription(.ellipsoidal)
        let density = try box(.density, boxes, .resident, of: path, on: world).voxels
        let both = try box(Self.both, boxes, .resident, of: path, on: world).voxels
        let turned = try box(
          NetworkInput([.potential, .density], finalVoxelSize: .nan), boxes, .resident, of: path,
          on: world
        ).voxels
        let spheres = try box(Self.both, BoxDescription(.averaged), .resident, of: path, on: world)
        try world.barrier()
        if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
        try world.barrier()
        #expect(Array(both[..<125]) == density)
        #expect(Array(turned[125...] + turned[..<125]) == both)
        #expect(both != spheres.voxels)
      }
    }

    /// Ellipsoids of the potential are those of the density, which its own boxes do not have.
    @Test(
      .ranks(1...3), arguments: [BoxKind.raw, .averaged, .shuffled],
      [StreamSettings.Mode.resident, .stream])
    func aBoxOfTwoChannelsHasTheBitsOfTheirOwnBoxes(
      kind: BoxKind, mode: StreamSettings.Mode
    ) throws {
      var mask = RadiusMask()
      mask.outer = 2.5
      let boxes = BoxDescription(kind, mask: mask)
      try withWorld { world in
        let folder = try temporaryDirectory("channels")
        let simulation = RandomFields(gridSize: 12, index: 1)
        let path = "\(folder)/fields.h5"
        try simulation.write(
          to: path, potential: simulation.density.reversed().map { 3 * $0 }, on: world)
        let density = try box(.density, boxes, mode, of: path, on: world)
        let potential = try box(Self.potential, boxes, mode, of: path, on: world)
        let both = try box(Self.both, boxes, mode, of: path, on: world)
        try world.barrier()
        if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
        try world.barrier()
        #expect(density.voxels != potential.voxels)
        #expect(both.voxels == density.voxels + potential.voxels)
        #expect(both.scales == density.scales + potential.scales)
      }
    }
  }
}
