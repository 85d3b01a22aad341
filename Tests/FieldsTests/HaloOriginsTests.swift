import Failures
import MPI
import Snapshots
import TestSupport
import Testing

@testable import Fields

/// Halos of another simulation than that of the initial density.
@Suite(.serialized) struct HaloOriginsTests {
  private static let grid = 16

  /// The planes of a rank, in which sites belong to halos of 40 in their order, up to a number of halos.
  private func slab(
    halos: Int, on world: borrowing Communicator, isDense: (Int) -> Bool
  ) -> FieldSlab {
    let planes = PlaneDecomposition(gridSize: Self.grid, ranks: world.size)
    var slab = FieldSlab(gridSize: Self.grid, planes: planes.planes(of: world.rank))
    for (place, site) in planes.sites(of: world.rank).enumerated() {
      let halo = site / 40
      slab.halo[place] = halo < halos ? Int32(halo) : -1
      slab.density[place] = halo < halos ? (isDense(halo) ? 1.1 : 0.9) : 1
    }
    return slab
  }

  private func failure(
    halos: Int, on world: borrowing Communicator, isDense: (Int) -> Bool
  ) -> (any Error)? {
    let slab = slab(halos: halos, on: world, isDense: isDense)
    do {
      try HaloOrigins(counts: [Int](repeating: 40, count: halos))
        .check(slab, initial: "a/ics", final: "b/snap", on: world)
      return nil
    } catch {
      return error
    }
  }

  @Test(.ranks(1...4)) func halosFromDenseRegionsAreThoseOfTheSimulation() throws {
    try withWorld { world in
      #expect(failure(halos: 40, on: world) { _ in true } == nil)
      // One in ten may be an exception.
      #expect(failure(halos: 40, on: world) { $0 % 10 > 0 } == nil)
    }
  }

  @Test(.ranks(1...4)) func halosFromAnywhereAreRefusedOnAllRanks() throws {
    try withWorld { world in
      let agreed = failure(halos: 40, on: world) { $0 % 2 == 0 } as? AgreedFailure
      #expect(agreed != nil)
      // The first rank tells the reason for all.
      guard world.isRoot else { return }
      let failure = try #require(agreed?.underlying as? Failure)
      #expect(failure.problem == .mismatch)
      #expect(failure.description.contains("b/snap: of its 40 largest halos, 20 come from"))
      #expect(failure.description.contains("a/ics"))
    }
  }

  @Test(.ranks(1...4)) func ofFewHalosNothingIsSaid() throws {
    try withWorld { world in
      #expect(failure(halos: 19, on: world) { $0 % 2 == 0 } == nil)
    }
  }
}
