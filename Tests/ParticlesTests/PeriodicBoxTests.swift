import Particles
import Testing

@Suite struct PeriodicBoxTests {
  @Test(arguments: [0.0, 0.1, 12.5, 24.999, 25, -0.25, 26, -100])
  func aCoordinateComesBackModuloTheWidth(coordinate: Double) {
    let box = PeriodicBox(width: 25)
    let back = box.coordinate(box.position(coordinate))
    let difference = (back - coordinate) / 25
    #expect(abs(difference - difference.rounded()) * 25 <= box.unit)
    #expect(back >= 0 && back < 25)
  }

  @Test func separationsTakeTheShortWayAround() {
    let box = PeriodicBox(width: 10)
    let (a, b) = (box.position(9.5), box.position(0.5))
    #expect(abs(box.separation(from: a, to: b) - 1) < 1e-8)
    #expect(abs(box.separation(from: b, to: a) + 1) < 1e-8)
  }
}
