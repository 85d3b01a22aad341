import Fields
import Foundation
import Randomness
import Testing

@testable import SubBoxes

/// Density contrasts and tides that are added to boxes.
@Suite struct PerturbationTests {
  private static let density = NetworkInput.density
  private static let tides = NetworkInput(.tides, finalVoxelSize: .nan)
  private static let potential = NetworkInput(.potential, finalVoxelSize: .nan)
  private static let shear = NetworkInput(.shear, finalVoxelSize: .nan)

  /// What a perturbation adds to a box [voxel of all channels], in the units of the channels.
  private func change(
    _ perturbation: Perturbation, of input: NetworkInput, width: Int,
    orientation: CubeOrientation = .identity, to box: [Float]? = nil, voxelSize: Double = 1
  ) -> [Double] {
    let scales = (0..<input.channelCount).map {
      Standardization(mean: 0.25, standardDeviation: $0 % 2 == 0 ? 0.5 : 0.25)
    }
    let perturber = BoxPerturber(
      [perturbation], of: input, boxWidth: width, standardization: InputStandardization(scales),
      voxelSizes: [voxelSize])
    let voxels = width * width * width
    let before = box ?? [Float](repeating: 0, count: input.channelCount * voxels)
    var after = before
    let sample = Sample(simulation: 0, site: 7, logMass: 12, radius: 0, halo: 0)
    after.withUnsafeMutableBufferPointer {
      perturber.apply(
        to: $0.baseAddress.unsafelyUnwrapped,
        of: OrientedSample(sample, orientation, perturbation: 1))
    }
    return after.indices.map {
      (Double(after[$0]) - Double(before[$0])) * scales[$0 / voxels].standardDeviation
    }
  }

  private func randomBox(_ count: Int) -> [Float] {
    var stream = RandomStream(seed: 21, for: .test)
    return (0..<count).map { _ in Float(stream.uniform() - 0.5) }
  }

  /// The largest difference of two rows of numbers.
  private func distance(_ one: [Double], _ other: [Double]) -> Double {
    zip(one, other).reduce(0) { max($0, abs($1.0 - $1.1)) }
  }

  /// Along n = (2, 3, 6)/7: 3/2 n n - 1/2 times the strength.
  private static let axis = SIMD3<Double>(2, 3, 6)
  private static func expected(_ i: Int, _ j: Int, strength: Double) -> Double {
    strength * (1.5 * axis[i] * axis[j] / 49 - (i == j ? 0.5 : 0))
  }

  /// The potential of the pattern by Green's function, -delta/(4 pi r) summed over all voxels, whose second differences
  /// over two voxels are the tide at the center.
  ///
  /// A cell itself has the integral of 1/r over a unit cube about its center, 3 ln(2 + sqrt 3) - pi/2.
  /// Inside the sphere phi = s (x e x)/2 (1 - 5 r^2/(7 R^2)), so that differences over 2 of 20 voxels are low by
  /// 0.7 %, and the surface of the sphere is made of voxels.
  @Test func theDensityOfATideMakesThatTideAtTheCenter() {
    let (width, radius, strength) = (41, 20, 0.125)
    let pattern = change(
      Perturbation(tide: strength, along: .direction(Self.axis)), of: Self.density, width: width)
    func potential(_ at: SIMD3<Int>) -> Double {
      var sum = 0.0
      for x in 0..<width {
        for y in 0..<width {
          for z in 0..<width {
            let offset = SIMD3(x - radius, y - radius, z - radius) &- at
            let square = (offset &* offset).wrappedSum()
            let inverse =
              square == 0
              ? 3 * log(2 + 3.0.squareRoot()) - .pi / 2 : 1 / Double(square).squareRoot()
            sum -= pattern[(x * width + y) * width + z] * inverse / (4 * .pi)
          }
        }
      }
      return sum
    }
    let units = [SIMD3(2, 0, 0), SIMD3(0, 2, 0), SIMD3(0, 0, 2)]
    let center = potential(SIMD3(0, 0, 0))
    for i in 0..<3 {
      let found = (potential(units[i]) + potential(SIMD3(0, 0, 0) &- units[i]) - 2 * center) / 4
      let analytic = Self.expected(i, i, strength: strength)
      #expect(abs(found - analytic) < 0.03 * strength, "\(i): \(found), \(analytic)")
      for j in 0..<i {
        let (a, b) = (units[i] &+ units[j], units[i] &- units[j])
        let zero = SIMD3(0, 0, 0)
        let found =
          (potential(a) + potential(zero &- a) - potential(b) - potential(zero &- b)) / 16
        let analytic = Self.expected(i, j, strength: strength)
        #expect(abs(found - analytic) < 0.03 * strength, "\(i), \(j): \(found), \(analytic)")
      }
    }
  }

  /// The potential of the pattern in closed form solves Poisson's equation inside, and continues as r^-3 outside.
  ///
  /// With phi = f(r) Y and f = a r^2 - b r^4, the derivative at R is -3 f/R for every field that decays so.
  @Test func theClosedFormOfItsPotentialSolvesPoissonsEquation() {
    let (radius, strength) = (5.0, 0.5)
    func potential(_ x: SIMD3<Double>) -> Double {
      let n = Self.axis / 7
      let along = (x * n).sum()
      let square = (x * x).sum()
      let tide = strength * (1.5 * along * along - 0.5 * square)
      return tide / 2 * (1 - 5 * square / (7 * radius * radius))
    }
    let pattern = change(
      Perturbation(tide: strength, along: .direction(Self.axis)), of: Self.density, width: 11)
    let step = 1e-3
    for offset in [SIMD3(1, 2, -2), SIMD3(0, 0, 4), SIMD3(-3, 1, 1)] {
      let x = SIMD3<Double>(offset)
      let laplacian = (0..<3).reduce(0.0) { sum, axis in
        var shift = SIMD3<Double>()
        shift[axis] = step
        return sum + (potential(x + shift) + potential(x - shift) - 2 * potential(x)) / step / step
      }
      let voxel = ((offset.x + 5) * 11 + offset.y + 5) * 11 + offset.z + 5
      #expect(abs(laplacian - pattern[voxel]) < 1e-5, "\(offset)")
    }
    let outward = Self.axis / 7
    let slope =
      (potential((radius + step) * outward) - potential((radius - step) * outward)) / (2 * step)
    #expect(abs(slope + 3 * potential(radius * outward) / radius) < 1e-6)
  }

  @Test(arguments: [5, 8, 9, 12, 24]) func aTideHasNoMeanOnAnyShell(width: Int) {
    let pattern = change(
      Perturbation(tide: 1, along: .direction(Self.axis)), of: Self.density, width: width
    ).map { Float($0) }
    let largest = pattern.map(abs).max() ?? 0
    #expect(largest > 1)
    #expect(ShellAverage(width: width).averaged(pattern).allSatisfy { abs($0) < 1e-6 * largest })
    // A density is on all of them.
    let density = change(Perturbation(density: 0.5), of: Self.density, width: width)
    #expect(density.allSatisfy { $0 == 0.5 })
  }

  @Test func theOwnTideOfABoxIsTheOneThatWasAdded() {
    let added = change(
      Perturbation(tide: 1, along: .direction(Self.axis)), of: Self.density, width: 17)
    // The scale of the channel is 1/2.
    let box = added.map { Float($0 / 0.5) }
    let own = change(
      Perturbation(tide: 1, along: .own(1)), of: Self.density, width: 17, to: box)
    // Voxels of the lattice turn the axis by some thousandths; the pattern is up to 5 at the rim.
    #expect(distance(own, added) < 0.05)
    // Of the opposite tide it is the axis of the smallest eigenvalue.
    let third = change(
      Perturbation(tide: 1, along: .own(3)), of: Self.density, width: 17, to: box.map { -$0 })
    #expect(distance(third, added) < 0.05)
    let first = change(
      Perturbation(tide: 1, along: .own(1)), of: Self.density, width: 17, to: box.map { -$0 })
    #expect(distance(first, added) > 1)
  }

  @Test func aPotentialGetsWhatPoissonsEquationAsksFor() {
    let (width, size) = (9, 2.0)
    func laplacian(_ box: [Double], _ x: Int, _ y: Int, _ z: Int) -> Double {
      func value(_ x: Int, _ y: Int, _ z: Int) -> Double { box[(x * width + y) * width + z] }
      return
        (value(x + 1, y, z) + value(x - 1, y, z) + value(x, y + 1, z) + value(x, y - 1, z)
        + value(x, y, z + 1) + value(x, y, z - 1) - 6 * value(x, y, z)) / (size * size)
    }
    let density = change(
      Perturbation(density: 0.125), of: Self.potential, width: width, voxelSize: size)
    let tide = change(
      Perturbation(tide: 0.125, along: .direction(Self.axis)), of: Self.potential, width: width,
      voxelSize: size)
    for place in [(1, 1, 1), (4, 4, 4), (2, 5, 7)] {
      #expect(abs(laplacian(density, place.0, place.1, place.2) - 0.125) < 1e-5)
      #expect(abs(laplacian(tide, place.0, place.1, place.2)) < 1e-5)
    }
    let z = (4 * width + 4) * width + 4
    let along = (tide[z + 1] + tide[z - 1] - 2 * tide[z]) / (size * size)
    #expect(abs(along - Self.expected(2, 2, strength: 0.125)) < 1e-6)
    // The particle's own tide is found from the potential too.
    let own = change(
      Perturbation(tide: 0.125, along: .own(1)), of: Self.potential, width: width,
      to: tide.map { Float($0 / 0.5) }, voxelSize: size)
    #expect(distance(own, tide) < 1e-4)
  }

  @Test func channelsOfTheTensorGetItsComponentsAndThoseOfTheShearItsEigenvalues() {
    let width = 5
    let tide = Perturbation(tide: 0.25, along: .direction(Self.axis))
    let tensor = change(tide, of: Self.tides, width: width)
    for (channel, axes) in [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)].enumerated() {
      let expected = Self.expected(axes.0, axes.1, strength: 0.25)
      #expect(tensor[channel * 125..<(channel + 1) * 125].allSatisfy { abs($0 - expected) < 1e-6 })
    }
    let sphere = change(Perturbation(density: 0.75), of: Self.tides, width: width)
    #expect(sphere[..<375].allSatisfy { $0 == 0.25 } && sphere[375...].allSatisfy { $0 == 0 })
    let shear = change(Perturbation(tide: 0.25, along: .own(2)), of: Self.shear, width: width)
    for (channel, expected) in [-0.125, 0.25, -0.125].enumerated() {
      #expect(shear[channel * 125..<(channel + 1) * 125].allSatisfy { $0 == expected })
    }
    #expect(
      change(Perturbation(density: 1), of: Self.shear, width: width).allSatisfy { $0 == 0 })
    #expect(tide.problem(for: Self.shear) != nil && tide.problem(for: Self.tides) == nil)
    let final = NetworkInput(.finalDensity, finalVoxelSize: 0.03)
    #expect(Perturbation(density: 1).problem(for: final) != nil)
    let filtered = NetworkInput(
      [.density], filter: FieldFilter(.gaussian, radius: 2), finalVoxelSize: .nan)
    #expect(
      Perturbation(density: 1).problem(for: filtered)?.reason.contains("are filtered") == true)
    #expect(Perturbation(phasesAbove: 1, seed: 2).problem(for: filtered) == nil)
  }

  /// The oriented box of a changed field is the changed box of the oriented field.
  @Test func aDirectionTurnsWithTheBox() {
    let width = 5
    let tide = Perturbation(tide: 0.25, along: .direction(Self.axis))
    let field = change(tide, of: Self.density, width: width)
    let tensor = change(tide, of: Self.tides, width: width)
    for orientation in CubeSymmetries.all.orientations {
      let places = OrientedBox(orientation, width: width)
      let shown = change(tide, of: Self.density, width: width, orientation: orientation)
      let turned = (0..<125).map { shown[places.place($0 / 25, $0 / 5 % 5, $0 % 5)] }
      #expect(distance(turned, field) < 1e-6)
      let components = change(tide, of: Self.tides, width: width, orientation: orientation)
      for (channel, source) in Self.tides.channels(in: orientation).enumerated() {
        let expected = Double(source.sign) * tensor[source.channel * 125]
        #expect(abs(components[channel * 125] - expected) < 1e-6)
      }
    }
  }

  @Test func aStrengthOfZeroChangesNoBit() {
    let box = randomBox(4 * 729)
    let input = NetworkInput([.density, .shear], finalVoxelSize: .nan)
    for perturbation in [Perturbation(density: 0), Perturbation(tide: 0, along: .own(1))] {
      #expect(
        change(perturbation, of: input, width: 9, to: box).allSatisfy { $0 == 0 })
    }
  }

  @Test func principalAxesAreOrthonormalEigenvectorsInOrder() {
    var stream = RandomStream(seed: 22, for: .test)
    for trial in 0..<50 {
      var numbers = (0..<6).map { _ in stream.uniform() - 0.5 }
      if trial == 0 { numbers = [0, 0, 0, 0, 0, 0] }
      if trial == 1 { numbers = [1, 1, 1, 0, 0, 0] }
      let names = GridField.tides.compactMap(\.tensorAxes)
      let tensor = SymmetricTensor { axes in numbers[names.firstIndex(of: axes) ?? 0] }
      let axes = tensor.principalAxes
      func times(_ x: SIMD3<Double>) -> SIMD3<Double> {
        var product = SIMD3<Double>()
        for i in 0..<3 { for j in 0..<3 { product[i] += tensor[TensorAxes(i, j)] * x[j] } }
        return product
      }
      let values = axes.map { (times($0) * $0).sum() }
      #expect(values[0] >= values[1] && values[1] >= values[2])
      for i in 0..<3 {
        let rest = times(axes[i]) - values[i] * axes[i]
        #expect((rest * rest).sum() < 1e-28)
        for j in 0..<3 {
          #expect(abs((axes[i] * axes[j]).sum() - (i == j ? 1 : 0)) < 1e-14)
        }
      }
    }
  }

  @Test func axesAreReadAndWritten() throws {
    #expect(Perturbation.Axis("2") == .own(2))
    #expect(Perturbation.Axis("0,0.5,-1") == .direction(SIMD3(0, 0.5, -1)))
    for text in ["0", "4", "", "1,2", "0,0,0", "nan,0,1", "1,2,3,4", "a,0,0", "1e300,0,0"] {
      #expect(Perturbation.Axis(text) == nil, "\(text)")
    }
    let all = [
      Perturbation(density: 0.1), Perturbation(tide: -0.3, along: .own(3)),
      Perturbation(tide: 0.1, along: .direction(SIMD3(0.1, 1, 0))),
    ]
    let data = try JSONEncoder().encode(all)
    #expect(try JSONDecoder().decode([Perturbation].self, from: data) == all)
    #expect(all.map(\.description)[1] == "tide along axis 3 of -0.3")
  }

  /// A map that is linear in the offset is linear in the frame too, with the components along its axes.
  @Test(arguments: [8, 9]) func aMapIsTurnedIntoTheFrameOfTheTide(width: Int) throws {
    let pattern = change(
      Perturbation(tide: 1, along: .direction(Self.axis)), of: Self.density, width: width)
    let box = pattern.map { Float($0) }
    let scales = InputStandardization.none
    let frame = try #require(TideFrame(.density, boxWidth: width, standardization: scales))
    let radius = (width - 1) / 2
    #expect(frame.width == 2 * radius + 1)
    // The component along n, which is the first axis: that of the largest eigenvalue.
    let map = (0..<width * width * width).map { voxel -> Float in
      let offset = SIMD3(voxel / (width * width), voxel / width % width, voxel % width)
      return Float(((SIMD3<Double>(offset) - Double(width / 2)) * Self.axis / 7).sum())
    }
    var turned = [Float](repeating: .nan, count: frame.width * frame.width * frame.width)
    turned.withUnsafeMutableBufferPointer {
      frame.turn(map, of: box, into: $0.baseAddress.unsafelyUnwrapped)
    }
    let tide = try #require(LocalTide(.density, boxWidth: width, standardization: scales))
    let axes = tide.tensor(of: box).principalAxes
    #expect(abs((axes[0] * Self.axis / 7).sum()) > 0.99)
    for (x, y, z) in [(0, 0, 0), (1, 0, 0), (-2, 1, 0), (1, 1, -1), (0, -1, 2)] {
      let place = ((x + radius) * frame.width + y + radius) * frame.width + z + radius
      let offset = Double(x) * axes[0] + Double(y) * axes[1] + Double(z) * axes[2]
      let expected = (offset * Self.axis / 7).sum()
      #expect(abs(Double(turned[place]) - expected) < 1e-5, "\(x), \(y), \(z)")
    }
    #expect(TideFrame(Self.tides, boxWidth: 9, standardization: scales) == nil)
    #expect(TideFrame(Self.shear, boxWidth: 9, standardization: scales) == nil)
  }
}
