import Foundation
import TestSupport
import Testing

@testable import Snapshots

@Suite(.serialized) struct LagrangianLatticeTests {
  private func particles(
    _ simulation: SyntheticSimulation, _ name: String
  ) throws -> (Snapshot, SnapshotParticles) {
    let rank = worldRank
    let snapshot = try Snapshot.open(
      simulation.writeInitial(in: temporaryDirectory("lattice-\(name)-\(rank)")))
    return (snapshot, try snapshot.particles(in: 0..<snapshot.particleCount, velocities: true))
  }

  /// What each code does is in Documentation/your-simulations.md; all others are possible too.
  @Test(
    arguments: LagrangianLattice.AxisOrder.allCases, LagrangianLattice.Placement.allCases)
  func everyConventionIsFoundFromTheParticles(
    order: LagrangianLattice.AxisOrder, placement: LagrangianLattice.Placement
  ) throws {
    for firstID in [UInt64(0), 1] {
      var simulation = SyntheticSimulation()
      simulation.lattice = order
      simulation.placement = placement
      simulation.firstID = firstID
      let (snapshot, particles) = try particles(simulation, "\(order)-\(placement)")
      var residuals = LatticeResiduals(gridSize: 8, firstID: firstID)
      residuals.add(particles, DisplacementUndoing(snapshot, gridSize: 8))
      let found = try #require(residuals.verified(residuals.sums, count: 512))
      #expect(
        found.lattice
          == LagrangianLattice(
            gridSize: 8, firstID: firstID, axisOrder: order, placement: placement))
      #expect(found.residual < 1e-4)
      let sites = particles.ids.map { found.lattice.site(ofID: $0) }
      #expect(sites == simulation.initialOrder)
      #expect(found.lattice.site(ofID: firstID + 512) == nil)
    }
  }

  @Test func shuffledIDsFitNoConvention() throws {
    var simulation = SyntheticSimulation()
    simulation.id = { UInt64(($0 * 37) % 512 + 1) }
    let (snapshot, particles) = try particles(simulation, "shuffled")
    var residuals = LatticeResiduals(gridSize: 8, firstID: 1)
    residuals.add(particles, DisplacementUndoing(snapshot, gridSize: 8))
    #expect(residuals.verified(residuals.sums, count: 512) == nil)
  }

  @Test(arguments: LagrangianLattice.Placement.allCases)
  func undonePositionsAloneGiveTheSites(placement: LagrangianLattice.Placement) throws {
    var simulation = SyntheticSimulation()
    simulation.placement = placement
    let (snapshot, particles) = try particles(simulation, "nearest-\(placement)")
    let undoing = DisplacementUndoing(snapshot, gridSize: 8)
    var phase = LatticePhase()
    for index in 0..<512 { phase.add(undoing.origin(particles, index)) }
    let offset = LatticePhase.offset(phase.sums)
    let sites = (0..<512).map {
      NearestSite(to: undoing.origin(particles, $0), gridSize: 8, offset: offset).site
    }
    let misplaced = zip(sites, simulation.initialOrder).count { $0 != $1 }
    #expect(misplaced == 0)
    let distance = offset - (placement == .corner ? 0 : 0.5)
    #expect((distance * distance).sum() < 1e-6)
  }

  @Test func theSecondAtASiteTakesTheNearestFreeOne() {
    // Two particles came second; the lower ID chooses first, and both are nearest to site 0.
    let origins = [SIMD3(7.9, 0.1, 0), SIMD3(0.4, 0, 0)]
    let sites = assignLeftOverSites(
      ids: [5, 9], origins: origins, free: [3 * 64, 0], gridSize: 8)
    #expect(sites == [0, 192])
    let others = assignLeftOverSites(
      ids: [9, 5], origins: origins, free: [3 * 64, 0], gridSize: 8)
    #expect(others == [192, 0])
  }
}
