import Statistics
import Testing

// Five numbers, out of order; the expected ones follow from the definitions in Hyndman & Fan 1996, doi:10.2307/2684934,
// with R 4.2's quantile(type: 1, 2, 7) for the same numbers where p n is not whole.
private let numbers = [50.0, 10, 40, 20, 30]

@Test(
  arguments: [
    (.hyndmanFan1FromAbove, 0.0, 10), (.hyndmanFan1FromAbove, 0.19, 10),
    // p n = 1: definition 1 itself takes x(1) = 10.
    (.hyndmanFan1FromAbove, 0.2, 20), (.hyndmanFan1FromAbove, 0.5, 30),
    (.hyndmanFan1FromAbove, 1, 50),
    (.hyndmanFan2, 0.0, 10), (.hyndmanFan2, 0.2, 15), (.hyndmanFan2, 0.3, 20),
    (.hyndmanFan2, 0.5, 30),
    (.hyndmanFan2, 1, 50),
    // Place p (n - 1): 0.8 lies 0.8 of the way from 10 to 20, 3.6 lies 0.6 of the way from 40 to 50.
    (.hyndmanFan7, 0.0, 10), (.hyndmanFan7, 0.2, 18), (.hyndmanFan7, 0.5, 30),
    (.hyndmanFan7, 0.9, 46),
    (.hyndmanFan7, 1, 50),
  ] as [(QuantileDefinition, Double, Double)])
func quantilesFollowTheirDefinition(
  definition: QuantileDefinition, fraction: Double, expected: Double
) throws {
  let quantile = try #require(Quantiles(numbers, by: definition)(fraction))
  #expect(abs(quantile - expected) < 1e-12)
}

@Test(
  arguments: [(.hyndmanFan1FromAbove, 3), (.hyndmanFan2, 2.5), (.hyndmanFan7, 2.5)]
    as [(QuantileDefinition, Double)])
func medianOfAnEvenCountTellsDefinitionsApart(definition: QuantileDefinition, median: Double) {
  #expect(Quantiles([4, 1, 3, 2], by: definition).median == median)
}

@Test(arguments: [QuantileDefinition.hyndmanFan1FromAbove, .hyndmanFan2, .hyndmanFan7])
func noNumbersHaveNoQuantileAndOneIsItsOwn(definition: QuantileDefinition) {
  let none = Quantiles([], by: definition)
  #expect(none(0.5) == nil && none.median == nil && none.middle == nil && none.range == nil)
  let one = Quantiles([7], by: definition)
  #expect([0, 0.3, 1].allSatisfy { one($0) == 7 })
}

@Test func fractionsOutsideAreTakenAsTheEnds() {
  let quantiles = Quantiles(numbers)
  #expect(quantiles(-0.1) == 10 && quantiles(1.1) == 50)
  #expect(quantiles.range == 10...50)
}

@Test func middleIntervalIsHalfAsWideAsFromThe16thToThe84thPercentile() throws {
  // 0, 1 ... 100: definition 7 takes the numbers 16, 50 and 84 themselves.
  let middle = try #require(Quantiles((0...100).map { Double($0) }).middle)
  #expect(middle == MiddleInterval(lower: 16, median: 50, upper: 84))
  #expect(middle.halfWidth == 34)
}
