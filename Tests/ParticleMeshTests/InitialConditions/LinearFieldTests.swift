import Failures
import Foundation
import FourierTransforms
import MPI
import ParticleMesh
import Particles
import TestSupport
import Testing

@testable import LinearTheory

@Suite struct LinearFieldTests {
  /// Every mode of a field of fixed amplitude has the power P(k)/V, also after a way to the lattice and
  /// back: to the rounding of single precision, well within 1 %.
  @Test func aFieldOfFixedAmplitudeHasThePowerOfItsSpectrum() throws {
    let universe = try SmallUniverse()
    let width = 32
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let transform = try FourierTransform(width: width, on: alone)
      let motion = universe.motion(
        of: try universe.field(.init(seed: 5, amplitudesAreFixed: true))
          .modes(on: transform.decomposition), transform)
      var density = try motion.linearDensity(at: 1, on: alone)
      var measured = FourierMesh(transform.decomposition)
      try transform.forward(&density, into: &measured, on: alone)

      let volume = pow(universe.box.width, 3)
      var bins: [Int: (power: Double, expected: Double)] = [:]
      for (wavenumber, mode) in modes(of: measured) where wavenumber.squared > 0 {
        let k = 2 * .pi / universe.box.width * Double(wavenumber.squared).squareRoot()
        let weight = Double(FourierMesh.multiplicity(of: wavenumber, width: width))
        let power = Double(mode.real * mode.real + mode.imaginary * mode.imaginary) * volume
        let bin = Int(Double(wavenumber.squared).squareRoot().rounded())
        bins[bin, default: (0, 0)].power += weight * power
        bins[bin, default: (0, 0)].expected += weight * (try universe.spectrum.value(at: k))
      }
      for (bin, sums) in bins {
        #expect(abs(sums.power / sums.expected - 1) < 1e-5, "bin \(bin)")
      }
    }
  }

  /// Moments of the numbers of 16^3 modes: mean 0, mean square 1, mean fourth power 2 (3 for the 8
  /// real ones), within 5 standard deviations of their means.
  @Test func whiteNoiseIsGaussian() {
    let width = 32
    var count = 0.0
    var (sum, squares, fourths, product) = (0.0, 0.0, 0.0, 0.0)
    let noise = WhiteNoise(.init(seed: 3))
    for x in -15...15 {
      for y in -15...15 {
        for z in 1...15 {
          let (real, imaginary) = noise.value(at: Wavenumber(x, y, z), width: width)
          let square = real * real + imaginary * imaginary
          count += 1
          sum += real + imaginary
          squares += square
          fourths += square * square
          product += real * imaginary
        }
      }
    }
    #expect(abs(sum) < 5 * count.squareRoot())
    #expect(abs(squares / count - 1) < 5 / count.squareRoot())
    #expect(abs(fourths / count - 2) < 5 * (20 / count).squareRoot())
    #expect(abs(product / count) < 5 * 0.5 / count.squareRoot())
  }

  /// The real numbers of the modes that are their own conjugates have mean square 1 as well.
  @Test func modesThatAreTheirOwnConjugatesAreReal() {
    var squares = 0.0
    let count = 2000
    for seed in 0..<count {
      let (real, imaginary) = WhiteNoise(.init(seed: UInt64(seed)))
        .value(at: Wavenumber(8, 0, 8), width: 16)
      #expect(imaginary == 0)
      squares += real * real
      let fixed = WhiteNoise(.init(seed: UInt64(seed), amplitudesAreFixed: true))
        .value(at: Wavenumber(8, 0, 8), width: 16)
      #expect(abs(fixed.real) == 1 && fixed.imaginary == 0)
      #expect((fixed.real < 0) == (real < 0) || real == 0)
    }
    #expect(abs(squares / Double(count) - 1) < 5 * (2 / Double(count)).squareRoot())
  }

  /// Opposite modes, of which two are stored where kz is 0 or Nyquist, are conjugate.
  @Test(arguments: [8, 9])
  func theFieldIsReal(width: Int) throws {
    let universe = try SmallUniverse()
    let decomposition = try MeshDecomposition(width: width, rank: 0, of: 1)
    let modes = modes(of: try universe.field(.init(seed: 11)).modes(on: decomposition))
    func opposite(_ component: Int) -> Int { 2 * component == width ? component : -component }
    var pairs = 0
    for (wavenumber, mode) in modes {
      let other = Wavenumber(
        opposite(wavenumber.x), opposite(wavenumber.y), opposite(wavenumber.z))
      guard let conjugate = modes[other] else { continue }
      pairs += 1
      #expect(conjugate == Complex(mode.real, -mode.imaginary))
    }
    #expect(pairs == width * width * (width.isMultiple(of: 2) ? 2 : 1))
    #expect(modes[Wavenumber(0, 0, 0)] == Complex(0, 0))
  }

  /// The modes of a lattice below its Nyquist wavenumber are those of one twice as fine.
  @Test func largeModesStayTheSameOnAFinerLattice() throws {
    let field = try SmallUniverse().field(.init(seed: 1 << 40))
    let coarse = modes(of: try field.modes(on: MeshDecomposition(width: 8, rank: 0, of: 1)))
    let fine = modes(of: try field.modes(on: MeshDecomposition(width: 16, rank: 0, of: 1)))
    var shared = 0
    for (wavenumber, mode) in coarse
    where max(abs(wavenumber.x), abs(wavenumber.y), wavenumber.z) < 4 {
      #expect(fine[wavenumber] == mode)
      shared += 1
    }
    #expect(shared == 7 * 7 * 4)
    #expect(Set(fine.values).count > 16 * 16 * 8)
  }

  @Test func pairedFieldsAreOpposite() throws {
    let universe = try SmallUniverse()
    let decomposition = try MeshDecomposition(width: 8, rank: 0, of: 1)
    for fixed in [false, true] {
      let field = modes(
        of: try universe.field(.init(seed: 2, amplitudesAreFixed: fixed)).modes(on: decomposition))
      let partner = modes(
        of: try universe.field(
          .init(seed: 2, amplitudesAreFixed: fixed, phasesAreInverted: true)
        ).modes(on: decomposition))
      for (wavenumber, mode) in field {
        #expect(partner[wavenumber] == Complex(-mode.real, -mode.imaginary))
      }
    }
  }

  /// A table that ends at 5 h/Mpc holds sigma8, but not the corner of a mesh with 7 h/Mpc.
  @Test func aMeshBeyondATableIsRefused() throws {
    let exact = try SmallUniverse().spectrum
    var text = ""
    for row in 0...188 {
      let k = pow(10, -4 + 0.025 * Double(row))
      text += "\(k) \(try exact.value(at: k))\n"
    }
    let table = try PowerSpectrumTable(text: text, name: "short", format: .power)
    let field = LinearField(
      WhiteNoise(.init()),
      spectrum: try LinearPowerSpectrum(CosmologicalParameters(), shape: .table(table)),
      in: PeriodicBox(width: 25))
    let error = #expect(throws: Failure.self) {
      _ = try field.modes(on: MeshDecomposition(width: 32, rank: 0, of: 1))
    }
    #expect(error?.problem == .notCovered)
  }

  /// The rms contrast and displacement of the paper's lattice are those of the reference.
  ///
  /// 256^3 sites in 50 Mpc/h: sums of P/V and P/(3 k^2 V) over all modes by numpy, section `grid` of
  /// `golden/cosmology.json` in the project's shared folder, `sigma_grid_z0` and
  /// `rms_1D_Zeldovich_displacement_z0`, tolerance 5e-4.
  @Test func theSumOverTheModesOfThePapersLatticeIsItsVariance() throws {
    let universe = try SmallUniverse()
    let width = 256
    var line: [Int: Int] = [:]
    for component in -width / 2 + 1...width / 2 { line[component * component, default: 0] += 1 }
    var plane = [Int](repeating: 0, count: width * width / 2 + 1)
    for (first, count) in line {
      for (second, other) in line { plane[first + second] += count * other }
    }
    var counts = [Int](repeating: 0, count: 3 * width * width / 4 + 1)
    for (first, count) in line {
      for second in plane.indices where plane[second] > 0 {
        counts[first + second] += count * plane[second]
      }
    }
    #expect(counts.reduce(0, +) == width * width * width)
    let fundamental = 2 * Double.pi / 50
    var (contrast, displacement) = (0.0, 0.0)
    for squared in 1..<counts.count where counts[squared] > 0 {
      let k = fundamental * Double(squared).squareRoot()
      let power = try universe.spectrum.value(at: k) / (50 * 50 * 50) * Double(counts[squared])
      contrast += power
      displacement += power / (3 * k * k)
    }
    #expect(abs(contrast.squareRoot() / 5.129843543015155 - 1) < 5e-4)
    #expect(abs(displacement.squareRoot() / 3.507983177316638 - 1) < 5e-4)
  }
}
