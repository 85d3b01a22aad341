import Testing

@testable import Hardware
@testable import Text

@Suite struct MeasurementTests {
  @Test(arguments: [
    ([3.0, 1.0, 2.0], 2.0), ([4.0, 1.0, 2.0, 10.0], 3.0), ([5.0], 5.0),
  ])
  func theMedianIsInTheMiddle(seconds: [Double], median: Double) {
    let measurement = Timing(seconds: seconds)
    #expect(measurement.median == median)
    #expect(measurement.minimum == seconds.min())
    #expect(measurement.maximum == seconds.max())
    #expect(measurement.divided(by: 2).median == median / 2)
  }

  @Test func warmUpsAreRunAndNotCounted() {
    var runs = 0
    let measurement = Timing(runs: 4, warmUps: 3) { runs += 1 }
    #expect(runs == 7)
    #expect(measurement.seconds.count == 4)
    #expect(measurement.minimum >= 0)
  }

  @Test func aTableAlignsNumbersOnTheRight() {
    var table = TextTable("layer", "ms")
    table.add("conv1 + conv2", "5.0")
    table.add("all", "123.4")
    #expect(
      table.description == """
        layer             ms
        conv1 + conv2    5.0
        all            123.4

        """)
  }

  /// Far below and above what any processor of these decades does.
  @Test func aMachineHasAPeakAndMemory() {
    let machine = Machine()
    #expect((0.1...10_000).contains(machine.peakGigaflops))
    #expect(machine.processorCount >= 1 && !machine.processor.isEmpty)
    #expect(Machine.peakMemory > 1 << 20)
  }
}
