import Foundation
import Testing

@testable import LinearTheory

@Suite struct GrowthTests {
  /// In a universe of matter D1 = a, D2 = -(3/7) a^2 and E = a^(-3/2).
  @Test(arguments: [0.001, 0.01, 0.1, 0.5, 1])
  func growthIsThatOfMatterAloneWithoutACosmologicalConstant(a: Double) throws {
    let matter = CosmologicalParameters(omegaMatter: 1, omegaLambda: 0)
    let growth = try LinearGrowth(matter)
    #expect(abs(growth.first(at: a) / a - 1) < 1e-13)
    #expect(abs(growth.firstRate(at: a) - 1) < 1e-12)
    #expect(abs(growth.second(at: a) / (-3 / 7.0 * a * a) - 1) < 1e-12)
    #expect(abs(growth.secondRate(at: a) - 2) < 1e-11)
    #expect(abs(matter.expansionRate(at: a) / pow(a, -1.5) - 1) < 1e-14)
    #expect(abs(matter.age(at: a) / (matter.age(at: 1) * pow(a, 1.5)) - 1) < 1e-14)
  }

  /// The growth equations, D'' + (2 + d ln E/d ln a) D' = (3/2) omegaMatter(a) S with ' = d/d ln a
  /// and S = D1 or D2 - D1^2, by central differences of the rates.
  @Test(arguments: [0.001, 0.01, 0.05, 0.2, 0.5, 0.99], [0.1, 0.279, 0.6])
  func growthSolvesItsDifferentialEquations(a: Double, omegaMatter: Double) throws {
    let parameters = CosmologicalParameters(
      omegaMatter: omegaMatter, omegaLambda: 1 - omegaMatter)
    let growth = try LinearGrowth(parameters)
    let step = 1e-3
    func second(_ slope: (Double) -> Double) -> Double {
      (slope(a * exp(step)) - slope(a * exp(-step))) / (2 * step)
    }
    let density = parameters.omegaMatter(at: a)
    let friction = 2 - 1.5 * density
    let (one, two) = (growth.first(at: a), growth.second(at: a))
    let slopeOne = { growth.firstRate(at: $0) * growth.first(at: $0) }
    let slopeTwo = { growth.secondRate(at: $0) * growth.second(at: $0) }
    let left = second(slopeOne) + friction * slopeOne(a)
    #expect(abs(left / (1.5 * density * one) - 1) < 1e-5)
    let leftTwo = second(slopeTwo) + friction * slopeTwo(a)
    #expect(abs(leftTwo / (1.5 * density * (two - one * one)) - 1) < 1e-5)
  }

  /// The rate of D1 is its logarithmic slope, and so is that of D2: central differences.
  @Test(arguments: [0.01, 0.3, 0.9])
  func ratesAreLogarithmicSlopes(a: Double) throws {
    let growth = try LinearGrowth(CosmologicalParameters())
    let step = 1e-4
    func slope(_ factor: (Double) -> Double) -> Double {
      log(factor(a * exp(step)) / factor(a * exp(-step))) / (2 * step)
    }
    #expect(abs(slope(growth.first) - growth.firstRate(at: a)) < 1e-7)
    #expect(abs(slope(growth.second) - growth.secondRate(at: a)) < 1e-7)
  }

  /// One kick-drift-kick step of FastPM takes a growing mode from a to b exactly.
  ///
  /// With displacement D1(a) and momentum G(a) = a^2 E f1 D1, the force is (3/2) omegaMatter D1. The
  /// standard factors miss it by far: the negative control.
  @Test func fastPMStepsFollowLinearGrowthAndStandardOnesDoNot() throws {
    let growth = try LinearGrowth(CosmologicalParameters())
    func momentum(_ a: Double) -> Double {
      a * a * growth.parameters.expansionRate(at: a) * growth.firstRate(at: a) * growth.first(at: a)
    }
    func stepped(_ scheme: TimeStepFactors.Scheme) -> (position: Double, momentum: Double) {
      let factors = TimeStepFactors(scheme, growth: growth)
      let (start, end) = (0.05, 1.0)
      let middle = (start * end).squareRoot()
      var (x, p) = (growth.first(at: start), momentum(start))
      p += factors.kick(from: start, to: middle, at: start) * 1.5 * 0.279 * x
      x += factors.drift(from: start, to: end, at: middle) * p
      p += factors.kick(from: middle, to: end, at: end) * 1.5 * 0.279 * x
      return (x, p / momentum(1))
    }
    #expect(abs(stepped(.fastPM).position - 1) < 1e-12)
    #expect(abs(stepped(.fastPM).momentum - 1) < 1e-12)
    #expect(stepped(.standard).position < 0.6)
  }

  /// One drift-kick-drift step of BullFrog takes displacement and momentum of first order, and the momentum of second
  /// order, from a to b exactly, and the displacement of second order nearly.
  ///
  /// In second order the force is (3/2) omegaMatter (D2 - D1^2) of the displacement that there is. FastPM's kick,
  /// the negative control, misses the momentum of second order by a third in a single step.
  @Test func bullFrogStepsFollowSecondOrderGrowth() throws {
    let growth = try LinearGrowth(CosmologicalParameters())
    func momentum(_ a: Double, _ rate: Double, _ displacement: Double) -> Double {
      a * a * growth.parameters.expansionRate(at: a) * rate * displacement
    }
    func first(_ a: Double) -> Double { momentum(a, growth.firstRate(at: a), growth.first(at: a)) }
    func second(_ a: Double) -> Double {
      momentum(a, growth.secondRate(at: a), growth.second(at: a))
    }
    func errors(
      _ scheme: TimeStepFactors.Scheme, from start: Double, to end: Double
    ) -> (first: Double, firstMomentum: Double, second: Double, secondMomentum: Double) {
      let factors = TimeStepFactors(scheme, growth: growth)
      let middle = TimeStepFactors(.bullFrog, growth: growth).middle(from: start, to: end)
      let retained = factors.retention(from: start, to: end, at: middle)
      let kick = factors.kick(from: start, to: end, at: middle) * 1.5 * 0.279
      let before = factors.drift(from: start, to: middle, at: start)
      let after = factors.drift(from: middle, to: end, at: end)
      let growthInTheMiddle = growth.first(at: middle)
      var (x, p) = (growth.first(at: start) + before * first(start), first(start))
      var (y, q) = (growth.second(at: start) + before * second(start), second(start))
      p = retained * p + kick * x
      q = retained * q + kick * (y - growthInTheMiddle * growthInTheMiddle)
      (x, y) = (x + after * p, y + after * q)
      return (
        x / growth.first(at: end) - 1, p / first(end) - 1, y / growth.second(at: end) - 1,
        q / second(end) - 1
      )
    }
    let coarse = errors(.bullFrog, from: 0.05, to: 1)
    for error in [coarse.first, coarse.firstMomentum, coarse.secondMomentum] {
      #expect(abs(error) < 1e-11)
    }
    // In a universe of matter alone it is exact too.
    #expect(abs(coarse.second) < 0.02)
    #expect(abs(errors(.bullFrog, from: 0.5, to: 0.7).second) < 5e-4)
    #expect(abs(errors(.bullFrog, from: 0.905, to: 1).secondMomentum) < 1e-11)
    #expect(abs(errors(.fastPM, from: 0.05, to: 1).firstMomentum) < 1e-11)
    #expect(abs(errors(.fastPM, from: 0.05, to: 1).secondMomentum) > 0.1)
  }

  @Test func theMiddleOfABullFrogStepIsThatOfTheGrowth() throws {
    let growth = try LinearGrowth(CosmologicalParameters())
    let factors = TimeStepFactors(.bullFrog, growth: growth)
    let middle = factors.middle(from: 0.05, to: 1)
    let mean = (growth.first(at: 0.05) + growth.first(at: 1)) / 2
    #expect(abs(growth.first(at: middle) - mean) < 1e-14)
    #expect(TimeStepFactors(.fastPM, growth: growth).middle(from: 0.04, to: 1) == 0.2)
  }
}
