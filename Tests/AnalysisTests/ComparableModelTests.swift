import Analysis
import Testing

/// Which models can be compared.
struct ComparableModelTests {
  private func models(_ change: @escaping @Sendable (Int, inout [Float]) -> Void)
    -> ComparableModels
  {
    var mock = MockModels()
    mock.count = 50
    mock.change = change
    return ComparableModels(of: mock.predictions, window: 11...13.4)
  }

  @Test func modelsWithPredictionsAreAllCompared() {
    let all = models { _, _ in }
    #expect(all.models.map(\.name) == ["averaged-seed1", "raw-seed2", "raw-seed1"])
    #expect(all.gaps.isEmpty)
  }

  @Test func oneWithoutAnyIsLeftOutAndNamed() {
    let others = models { number, predictions in
      if number == 1 { predictions = predictions.map { _ in .nan } }
    }
    #expect(others.models.map(\.name) == ["averaged-seed1", "raw-seed1"])
    #expect(others.gaps.map(\.subject) == ["the model raw-seed2"])
    #expect(others.gaps[0].reason.contains("none of its 50 predictions is a finite number"))
  }

  @Test func oneWithPredictionsElsewhereAloneIsLeftOutToo() {
    var mock = MockModels()
    mock.count = 50
    var all = mock.predictions
    // Its only finite prediction is for a particle above the range.
    all[0].prediction = all[0].prediction.indices.map { $0 == 0 ? 12 : .nan }
    all[0].truth[0] = 15
    let others = ComparableModels(of: all, window: 11...13.4)
    #expect(others.models.count == 2)
    #expect(others.gaps[0].reason.contains("no prediction for particles of the compared masses"))
  }

  @Test func ifNoneHasAnyTheReportSaysSo() {
    let none = models { _, predictions in predictions = predictions.map { _ in .infinity } }
    #expect(none.models.count == 3 && none.gaps.isEmpty)
  }
}
