import LinearTheory
import MPI
import ParticleMesh
import Particles

@testable import FourierTransforms

/// The paper's universe in a small box.
struct SmallUniverse {
  let box = PeriodicBox(width: 25)
  let growth: LinearGrowth
  let spectrum: LinearPowerSpectrum

  init() throws {
    growth = try LinearGrowth(CosmologicalParameters())
    spectrum = try LinearPowerSpectrum(CosmologicalParameters())
  }

  func field(_ settings: WhiteNoise.Settings) -> LinearField {
    LinearField(WhiteNoise(settings), spectrum: spectrum, in: box)
  }

  func motion(
    of modes: consuming FourierMesh, _ transform: FourierTransform
  ) -> LagrangianPerturbation {
    LagrangianPerturbation(modes: modes, transform: transform, growth: growth, in: box)
  }
}

/// All modes of a mesh that one rank has.
func modes(of mesh: borrowing FourierMesh) -> [Wavenumber: Complex] {
  var modes: [Wavenumber: Complex] = [:]
  mesh.forEachMode { modes[$0] = $1 }
  return modes
}

/// The cells of a mesh that one rank has, without the padding of rows.
func cells(of mesh: borrowing RealMesh) -> [Float] {
  let width = mesh.decomposition.width
  var cells: [Float] = []
  for x in mesh.decomposition.planes {
    for y in 0..<width {
      for z in 0..<width { cells.append(mesh[x, y, z]) }
    }
  }
  return cells
}

/// The modes of the sum of plane waves amplitude cos(2 pi k x / L), k in units of the fundamental.
func planeWaves(
  _ waves: [(wavenumber: Wavenumber, amplitude: Float)], on decomposition: MeshDecomposition
) -> FourierMesh {
  var mesh = FourierMesh(decomposition)
  mesh.updateModes { wavenumber, _ in
    var sum = Complex(0, 0)
    for wave in waves {
      let opposite = Wavenumber(-wave.wavenumber.x, -wave.wavenumber.y, -wave.wavenumber.z)
      if wavenumber == wave.wavenumber || wavenumber == opposite { sum.real += wave.amplitude / 2 }
    }
    return sum
  }
  return mesh
}
