import Failures
import Foundation
import FourierTransforms
import HDF5
import MPI
import TestSupport
import Testing
import Threads

@testable import Fields

/// Filtered densities, and what follows from them.
@Suite(.serialized) struct FieldFilterTests {
  private static let filters = [
    FieldFilter(.topHat, radius: 6), FieldFilter(.gaussian, radius: 2.5),
    FieldFilter(.gaussian, radius: 2.5, pass: .high), FieldFilter(.sharpK, wavenumber: 0.4),
  ]

  /// All fields of a filter.
  private func everything(_ filter: FieldFilter) -> FilteredFields {
    var fields = FilteredFields(filter)
    (fields.density, fields.potential, fields.shear, fields.tides) = (true, true, true, true)
    return fields
  }

  /// Computed by numpy's FFT in double precision: `scripts/checks/tides.py` prints these lines, which are the density,
  /// the potential, a component of the tidal tensor and an eigenvalue of the shear at site 17 of 6^3.
  @Test(arguments: [
    ("topHatLow6", [1.104221957, 0.189292707, 0.003359142, 0.006286085]),
    ("gaussianLow2.5", [1.105657187, 0.197502208, 0.006899687, 0.009335579]),
    ("gaussianHigh2.5", [0.998346720, 0.055053129, 0.017698846, 0.018150562]),
    ("sharpKLow0.4", [1.096836797, 0.254899530, 0.001710680, 0.005250744]),
  ])
  func filteredFieldsAreThoseOfNumPy(name: String, expected: [Double]) throws {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      let filter = try #require(FieldFilter(named: name))
      var slab = FieldFixture().slab(0..<6)
      try everything(filter).compute(in: &slab, boxSize: 25, threads: 1, on: own)
      let fields = [GridField.density, .potential, GridField.tides[3], GridField.shear[0]]
      for (field, golden) in zip(fields, expected) {
        let value = try #require(slab.derived[field.filtered(by: filter)]?[17])
        #expect(abs(Double(value) - golden) < 2e-7, "\(field.dataset)")
      }
    }
  }

  /// Every mode of a filtered density has the power of the density times the square of the filter, worked out here with
  /// the windows by their definitions; modes that a sharp filter removes are gone.
  @Test(arguments: filters) func thePowerIsThatOfTheDensityTimesTheFilterSquared(
    filter: FieldFilter
  ) throws {
    func kept(_ k: Double) -> Double {
      let x = k * (filter.radius ?? 0)
      let low =
        switch filter.window {
        case .gaussian: exp(-x * x / 2)
        case .topHat: x == 0 ? 1 : 3 * (sin(x) / x - cos(x)) / (x * x)
        case .sharpK: k <= 0.4 ? 1.0 : 0.0
        }
      return filter.pass == .low ? low : 1 - low
    }
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      let n = 9
      var slab = FieldFixture(gridSize: n).slab(0..<n)
      try everything(filter).compute(in: &slab, boxSize: 25, threads: 1, on: own)
      let after = try #require(slab.derived[GridField.density.filtered(by: filter)])
      let (one, other) = (try power(slab.density, n, on: own), try power(after, n, on: own))
      let scale = one.map(\.power).max() ?? 0
      var removed = 0
      for (mode, filtered) in zip(one, other) {
        let share = kept(2 * .pi / 25 * Double(mode.squared).squareRoot())
        #expect(abs(filtered.power - share * share * mode.power) < 1e-6 * scale)
        if share == 0, mode.squared > 0 { removed += 1 }
      }
      #expect((removed > 100) == (filter.window == .sharpK))
    }
  }

  /// The power of each mode of a density but for the constant one, which the contrast has not.
  private func power(
    _ density: [Float], _ n: Int, on ranks: borrowing Communicator
  ) throws -> [(squared: Int, power: Double)] {
    let transform = try FourierTransform(width: n, threads: WorkerThreads(count: 1), on: ranks)
    var mesh = RealMesh(transform.decomposition)
    var modes = FourierMesh(transform.decomposition)
    for row in 0..<n * n {
      let cells = mesh.cells + row / n * mesh.planeStride + row % n * mesh.rowStride
      for z in 0..<n { cells[z] = density[row * n + z] - 1 }
    }
    try transform.forward(&mesh, into: &modes, on: ranks)
    // Collected by their wavenumbers: threads may visit them in any order.
    nonisolated(unsafe) var found: [Wavenumber: Double] = [:]
    modes.updateModes(threads: transform.threads) { wavenumber, mode in
      found[wavenumber] =
        Double(mode.real) * Double(mode.real) + Double(mode.imaginary) * Double(mode.imaginary)
      return mode
    }
    return found.sorted { ($0.key.x, $0.key.y, $0.key.z) < ($1.key.x, $1.key.y, $1.key.z) }
      .map { (squared: $0.key.squared, power: $0.value) }
  }

  /// What a low and a high pass keep is the whole field.
  @Test func lowAndHighPassMakeTheField() throws {
    try withWorld { world in
      let own = try world.split(color: world.rank, key: 0)
      let (low, high) = (Self.filters[1], Self.filters[2])
      var slab = FieldFixture().slab(0..<6)
      for filter in [low, high] {
        try everything(filter).compute(in: &slab, boxSize: 25, threads: 1, on: own)
      }
      let parts = [low, high].compactMap { slab.derived[GridField.density.filtered(by: $0)] }
      for site in slab.sites {
        #expect(abs(parts[0][site] + parts[1][site] - 1 - slab.density[site]) < 1e-6)
      }
    }
  }

  @Test(.ranks(1...4)) func aFileHoldsFilteredFieldsWithTheSameBitsOnAnyNumberOfRanks() throws {
    try withWorld { world in
      let fixture = FieldFixture(gridSize: 5)
      let folder = try temporaryDirectory("fields-filtered")
      let filter = Self.filters[1]
      func filtered(on ranks: borrowing Communicator, threads: Int) throws -> FieldSlab {
        var slab = fixture.slab(of: ranks)
        try everything(filter).compute(in: &slab, boxSize: 25, threads: threads, on: ranks)
        return slab
      }
      let slab = try filtered(on: world, threads: 1)
      let own = try world.split(color: world.rank, key: 0)
      let alone = try filtered(on: own, threads: 2)
      let without = try fixture.write(to: folder + "/without.h5", on: world)
      let with = try fixture.write(slab, to: folder + "/with.h5", on: world)
      try world.barrier()

      let file = try FieldFile.open(folder + "/with.h5")
      try file.verifyChecksums()
      #expect(file.metadata == with && with.filters == [filter])
      #expect(with.fingerprint == without.fingerprint && without.filters.isEmpty)
      #expect(slab.derivedInOrder.count == 11)
      for (field, values) in slab.derivedInOrder {
        let whole = try #require(alone.derived[field])
        #expect(values.bits == Array(whole[slab.sites]).bits)
        #expect(try file.read(field).bits == whole.bits)
        #expect((with.moments(of: field)?.standardDeviation ?? 0) > 1e-3)
      }
      let other = GridField.density.filtered(by: Self.filters[0])
      let error = #expect(throws: Failure.self) { try file.read(other) }
      #expect(error?.description.contains("Set fields.filter to that of the network") == true)
      try file.close()
    }
  }

  @Test func aFilterIsFoundByItsName() {
    for filter in Self.filters { #expect(FieldFilter(named: filter.name) == filter) }
    #expect(Self.filters[2].words == "Gaussian high pass of 2.5 Mpc/h")
    #expect(Self.filters[3].words == "sharp low pass of 0.4 h/Mpc")
    for name in [
      "gaussianLow", "gaussianLow2.50", "gaussianLow02", "gaussianLow-2", "gaussianLownan",
      "gaussianLow1e9", "gaussian2", "boxLow2", "",
    ] {
      #expect(FieldFilter(named: name) == nil, "\(name)")
    }
  }

  @Test func aFilterHasTheScaleOfItsWindow() {
    for filter in Self.filters { #expect(filter.problem == nil) }
    #expect(FieldFilter().problem?.reason.contains("needs a radius") == true)
    #expect(FieldFilter(.sharpK).problem?.reason.contains("needs a wavenumber") == true)
    #expect(FieldFilter(.sharpK, radius: 2).problem?.reason.contains("has no radius") == true)
    #expect(
      FieldFilter(.topHat, radius: 2, wavenumber: 1).problem?.reason.contains("has no wavenumber")
        == true)
  }
}
