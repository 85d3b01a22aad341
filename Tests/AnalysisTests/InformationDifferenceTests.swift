import Testing

@testable import Analysis

@Suite struct InformationDifferenceTests {
  private func summary(particles: [Double?], halos: [Double?]) -> Outcome<InformationSummary> {
    .known(
      InformationSummary(
        count: 100, value: 1, deviation: .known(0.1), haloDeviation: .known(0.1), fullSample: 1,
        gaussian: 1, nearestNeighbours: .known(1), equivalentScatter: .known(1), components: 2,
        particleBootstraps: particles, haloBootstraps: halos, warnings: []))
  }

  @Test func drawsInWhichAFitFailedAreLeftOutAndCounted() throws {
    let first = summary(particles: [1, nil, 3, 4], halos: [5, 6, 9, nil])
    let second = summary(particles: [0, 1, 1, nil], halos: [4, 4, 6, 7])
    let difference = try #require(InformationDifference.of(first, minus: second).value)
    // Left are 1 - 0 and 3 - 1 over particles; 1, 2 and 3 over halos, with a deviation of one.
    #expect(difference.value == 1.5)
    #expect(difference.deviation == 1)
    #expect(difference.isOverHalos)
    #expect(difference.lostBootstraps == 3)
  }

  @Test func withoutHalfOfTheDrawsThereIsNoDifference() {
    let complete = summary(particles: [1, 2, 3, 4], halos: [1, 2, 3, 4])
    let few = summary(particles: [1, nil, nil, nil], halos: [1, 2, 3, 4])
    #expect(InformationDifference.of(complete, minus: few).reason?.contains("particles") == true)
    let fewHalos = summary(particles: [1, 2, 3, 4], halos: [nil, nil, nil, 1])
    #expect(InformationDifference.of(fewHalos, minus: complete).reason?.contains("halos") == true)
    let none = summary(particles: [], halos: [])
    #expect(
      InformationDifference.of(none, minus: none).reason == "no bootstraps were asked for")
  }
}
