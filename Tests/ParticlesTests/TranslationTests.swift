import Particles
import Testing

@Suite struct TranslationTests {
  @Test func particlesThatGoThereAndBackHaveWrappedAround() {
    let start = Particles(sites: [0], positions: [0, 1 << 31, .max], momenta: [1, 2, 3])
    var particles = start
    particles.translate(by: 5)
    #expect(particles.positions == [5, 1 << 31 + 5, 4])
    #expect(particles.momenta == start.momenta)
    particles.translate(by: 0 &- 5)
    #expect(particles == start)
  }
}
