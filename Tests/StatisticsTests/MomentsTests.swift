import Statistics
import Testing

@Test func standardDeviationIsThatOfASample() {
  // Squared differences from the mean 5: 9, 1, 1, 1, 0, 0, 4, 16; their sum over n - 1 is 32 / 7.
  let numbers = [2.0, 4, 4, 4, 5, 5, 7, 9]
  #expect(mean(numbers) == 5)
  #expect(standardDeviation(numbers) == (32.0 / 7).squareRoot())
}

@Test(
  arguments: [
    // Differences from the means: (-1, 0, 1) and (-1, 1, 0), so 1 / sqrt(2 2).
    ([1, 2, 3], [1, 3, 2], 0.5), ([1, 2, 3], [2, 4, 6], 1), ([1, 2, 3], [3, 2, 1], -1),
  ] as [([Double], [Double], Double)])
func correlationIsPearsons(first: [Double], second: [Double], expected: Double) {
  #expect(abs(pearsonCorrelation(first, second) - expected) < 1e-15)
  #expect(pearsonCorrelation(first, second) == pearsonCorrelation(second, first))
}

@Test func correlationWithAConstantIsNotANumber() {
  #expect(pearsonCorrelation([1, 1, 1], [1, 2, 3]).isNaN)
  #expect(pearsonCorrelation([], []).isNaN)
}
