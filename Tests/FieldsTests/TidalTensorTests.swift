import Failures
import Foundation
import HDF5
import MPI
import Randomness
import TestSupport
import Testing

@testable import Fields

/// The tidal tensor of the density and the eigenvalues of its part without trace.
@Suite(.serialized) struct TidalTensorTests {
  /// A density without any symmetry, the same on every rank.
  private func density(_ gridSize: Int) -> [Float] {
    var stream = RandomStream(seed: 6, for: .test, index: UInt64(gridSize))
    return (0..<gridSize * gridSize * gridSize).map { _ in Float(0.75 + 0.5 * stream.uniform()) }
  }

  private func slab(
    _ density: [Float], _ gridSize: Int, of communicator: borrowing Communicator
  ) -> FieldSlab {
    let planes = PlaneDecomposition(gridSize: gridSize, ranks: communicator.size)
      .planes(of: communicator.rank)
    var slab = FieldSlab(gridSize: gridSize, planes: planes)
    slab.density = Array(density[slab.sites])
    return slab
  }

  /// Trace and density are 0.14 rms, and differ by roundings of the density, 6e-8.
  @Test(.ranks(1...4), arguments: [3, 6, 15])
  func theTraceIsTheContrastOnAnyNumberOfRanks(gridSize: Int) throws {
    try withWorld { world in
      let density = density(gridSize)
      let slab = slab(density, gridSize, of: world)
      let together = try TidalTensor(boxSize: 25, threads: 1).components(of: slab, on: world)
      let own = try world.split(color: world.rank, key: 0)
      let alone = try TidalTensor(boxSize: 25, threads: 2).components(
        of: self.slab(density, gridSize, of: own), on: own)
      let mean = density.reduce(0) { $0 + Double($1) } / Double(density.count)
      for (one, all) in zip(together, alone) { #expect(one.bits == Array(all[slab.sites]).bits) }
      let (shear, whole) = (TidalTensor.shear(of: together), TidalTensor.shear(of: alone))
      for (one, all) in zip(shear, whole) { #expect(one.bits == Array(all[slab.sites]).bits) }
      for index in slab.density.indices {
        let trace = together[0][index] + together[1][index] + together[2][index]
        #expect(abs(Double(trace) - (Double(slab.density[index]) - mean)) < 1e-6)
        #expect(abs(shear[0][index] + shear[1][index] + shear[2][index]) < 1e-6)
        #expect(shear[0][index] >= shear[1][index] && shear[1][index] >= shear[2][index])
      }
    }
  }

  /// Computed by numpy's FFT and LAPACK in double precision: `scripts/checks/tides.py` prints these lines, which
  /// are the grid size, the site, the components and the eigenvalues.
  @Test(arguments: [
    (
      5, 0,
      [
        -0.029627406, -0.043431416, -0.050753678, -0.033148055, 0.036676975, 0.019405222,
        0.045911452, 0.013851088, -0.059762540,
      ]
    ),
    (
      5, 17,
      [
        -0.007273577, -0.007069918, -0.005465099, 0.009209765, -0.018912377, -0.018712112,
        0.031757067, -0.009776182, -0.021980884,
      ]
    ),
    (
      5, 124,
      [
        -0.033710811, -0.016955806, -0.024561899, -0.036623597, 0.007012496, 0.001789140,
        0.037554620, 0.001379148, -0.038933768,
      ]
    ),
    (
      6, 0,
      [
        -0.055899369, -0.017889974, -0.049412380, 0.021889122, 0.000562037, -0.023548427,
        0.042310929, -0.010921869, -0.031389060,
      ]
    ),
    (
      6, 17,
      [
        -0.012278939, 0.001631391, -0.008550269, 0.024598533, -0.000643498, -0.000431496,
        0.026657022, -0.002166751, -0.024490271,
      ]
    ),
    (
      6, 215,
      [
        -0.034701808, -0.006339399, 0.015984016, -0.001026611, 0.024826217, -0.025369406,
        0.047308118, -0.008562321, -0.038745797,
      ]
    ),
  ])
  func componentsAndEigenvaluesAreThoseOfNumPy(
    gridSize: Int, site: Int, expected: [Double]
  ) throws {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      let slab = FieldFixture(gridSize: gridSize).slab(0..<gridSize)
      let components = try TidalTensor(boxSize: 25, threads: 1).components(of: slab, on: own)
      let found = (components + TidalTensor.shear(of: components)).map { Double($0[site]) }
      for (value, golden) in zip(found, expected) { #expect(abs(value - golden) < 1e-7) }
    }
  }

  /// A grid is turned by exchanging its axes and reversing some of them: the eigenvalues go with their sites, and the
  /// components change places and signs as those of a tensor do.
  @Test(arguments: [4, 5]) func theShearIsTheSameInAllOrientationsOfTheGrid(gridSize n: Int) throws
  {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      let density = density(n)
      let tensor = TidalTensor(boxSize: 25, threads: 1)
      let components = try tensor.components(of: slab(density, n, of: own), on: own)
      let shear = TidalTensor.shear(of: components)
      for axes in [[0, 1, 2], [1, 2, 0], [2, 0, 1], [0, 2, 1], [1, 0, 2], [2, 1, 0]] {
        for bits in 0..<8 {
          let signs = (0..<3).map { (bits >> $0) & 1 == 0 ? 1 : -1 }
          // The site that comes to lie at each site of the turned grid.
          let sources = density.indices.map { site in
            let place = [site / (n * n), site / n % n, site % n]
            let source = (0..<3).map { (signs[$0] * place[axes[$0]] + n) % n }
            return (source[0] * n + source[1]) * n + source[2]
          }
          let turned = try tensor.components(
            of: slab(sources.map { density[$0] }, n, of: own), on: own)
          for (one, other) in zip(TidalTensor.shear(of: turned), shear) {
            for (value, source) in zip(one, sources) { #expect(abs(value - other[source]) < 1e-6) }
          }
          for (number, pair) in GridField.tensorAxes.enumerated() {
            let (i, j) = (axes[pair.first], axes[pair.second])
            let sign = Float(signs[pair.first] * signs[pair.second])
            let place = GridField.tensorAxes.firstIndex(of: TensorAxes(i, j)) ?? 0
            for (value, source) in zip(turned[place], sources) {
              #expect(abs(value - sign * components[number][source]) < 1e-6)
            }
          }
        }
      }
    }
  }

  @Test func eigenvaluesOfSimpleTensors() {
    // Without shear; one axis apart from the others, both ways; off the diagonal alone.
    let tensors: [([Float], [Float])] = [
      ([0.5, 0.5, 0.5, 0, 0, 0], [0, 0, 0]), ([4, 1, 1, 0, 0, 0], [2, -1, -1]),
      ([1, 4, 4, 0, 0, 0], [1, 1, -2]), ([0, 0, 0, 1, 1, 1], [2, -1, -1]),
      ([0, 0, 0, 0, 3, 0], [3, 0, -3]),
    ]
    for (components, expected) in tensors {
      let found = TidalTensor.shear(of: components.map { [$0] }).map { $0[0] }
      for (value, golden) in zip(found, expected) { #expect(abs(value - golden) < 1e-6) }
    }
  }

  @Test(.ranks(1...4)) func aFileHoldsTheTidesIfItWasAskedForThem() throws {
    try withWorld { world in
      let fixture = FieldFixture(gridSize: 5)
      let folder = try temporaryDirectory("fields-tides")
      var slab = fixture.slab(of: world)
      let without = try fixture.write(to: folder + "/without.h5", on: world)
      let components = try TidalTensor(boxSize: 25, threads: 1).components(of: slab, on: world)
      slab.add(components, as: GridField.tides)
      slab.add(TidalTensor.shear(of: components), as: GridField.shear)
      let with = try fixture.write(slab, to: folder + "/with.h5", on: world)
      try world.barrier()

      let file = try FieldFile.open(folder + "/with.h5")
      try file.verifyChecksums()
      #expect(file.metadata == with && with.fingerprint == without.fingerprint)
      for (field, values) in slab.derivedInOrder {
        #expect(Array(try file.read(field)[slab.sites]).bits == values.bits)
        #expect((with.moments(of: field)?.standardDeviation ?? 0) > 1e-3)
        #expect(without.moments(of: field) == nil)
      }
      #expect(slab.derivedInOrder.map(\.field.attributePrefix).prefix(1) == ["shearMajor"])
      try file.close()

      let other = try FieldFile.open(folder + "/without.h5")
      for (field, setting) in [(GridField.shear[2], "shear"), (GridField.tides[0], "tides")] {
        let error = #expect(throws: Failure.self) { try other.read(field) }
        #expect(error?.description.contains("Set fields.\(setting) to true") == true)
      }
      try other.close()
    }
  }
}
