import Analysis
import Testing

struct HaloNumberTests {
  private func model(_ simulations: [String], _ rows: [(Int32, Int64, Int32)]) -> ModelPredictions {
    ModelPredictions(
      variant: "raw", seed: 1, file: "predictions.h5", checksum: "0", simulations: simulations,
      simulation: rows.map(\.0), site: rows.map(\.1), truth: rows.map { _ in 12 },
      prediction: rows.map { _ in 12 }, radius: rows.map { _ in 0.5 }, halo: rows.map(\.2),
      network: .unknown("it is not needed"), history: .unknown("it is not needed"))
  }

  /// Particles in the order of simulation and site: A 3, A 8, B 2, B 4, B 9.
  @Test func halosOfDifferentSimulationsHaveDifferentNumbersInTheOrderOfTheTables() {
    let model = model(
      ["B", "A"], [(0, 9, 0), (1, 3, 5), (0, 2, 5), (1, 8, 1), (0, 4, 5)])
    let halos = CommonParticles(of: [model], window: 11...13).halos
    #expect(halos == .known([5, 1, 11, 11, 6]))
  }

  @Test func anyModelMayTellTheHaloOfAParticleAndOneMust() {
    let rows: [(Int32, Int64, Int32)] = [(0, 1, 4), (0, 2, 0)]
    let old = model(["A"], rows.map { ($0.0, $0.1, -1) })
    #expect(
      CommonParticles(of: [old, model(["A"], rows)], window: 11...13).halos == .known([4, 0]))
    #expect(CommonParticles(of: [old], window: 11...13).halos.reason?.contains("version") == true)
  }
}
