package import FourierTransforms
package import LinearTheory
package import MPI
package import Particles

extension LagrangianPerturbation {
  /// Finds the linear field whose motion made the displacements of another code's initial particles.
  ///
  ///     delta = (-div psi + D2 S) / D1
  ///
  /// For second-order displacements, S is that of the result: four substitutions, each of which
  /// reduces the error by the ratio of the orders (1 % at z = 99, 4 % at z = 19). The folding of S on the lattice,
  /// which a code with a finer mesh has not, stays in the modes near the Nyquist wavenumber.
  ///
  /// An axis at its Nyquist wavenumber, where displacements hold nothing, is left out of the divergence,
  /// and the others stand in for it; modes without another are 0.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - displacements: x - q of the sites of this rank's planes in their order [planes, N, N, 3] [Mpc/h],
  ///     by the shortest way through the periodic box.
  ///   - a: The scale factor of the particles.
  ///   - order: That of the other code's particles.
  ///   - transform: The transform of the lattice as a mesh.
  ///   - growth: The growth of the universe.
  ///   - box: The box.
  ///   - communicator: The ranks that share the lattice.
  /// - Returns: The linear density contrast at z = 0.
  /// - Throws: The error that MPI reported.
  package static func linearModes(
    undoing displacements: [Float], at a: Double, order: Order, transform: FourierTransform,
    growth: LinearGrowth, in box: PeriodicBox, on communicator: borrowing Communicator
  ) throws(MPIError) -> FourierMesh {
    let decomposition = transform.decomposition
    precondition(
      displacements.count == 3 * decomposition.planes.count * decomposition.width
        * decomposition.width, "\(displacements.count) numbers are not the planes' displacements")
    let inverse = 1 / growth.first(at: a)
    var divergence = FourierMesh(decomposition)
    try addDivergence(
      of: displacements, times: -inverse, to: &divergence, transform, in: box, on: communicator)
    var linear = FourierMesh(decomposition)
    linear.update(with: divergence) { _, divergence in divergence }
    guard order == .second else { return linear }
    let ratio = Float(growth.second(at: a) * inverse)
    for _ in 0..<4 {
      let motion = LagrangianPerturbation(
        modes: linear, transform: transform, growth: growth, in: box)
      linear = try motion.secondOrderSource(on: communicator)
      let width = decomposition.width
      linear.updateModes(threads: transform.threads) { wavenumber, mode in
        keptSquare(of: wavenumber, width: width) > 0 ? mode : Complex(0, 0)
      }
      linear.update(with: divergence) { source, divergence in
        Complex(
          divergence.real + ratio * source.real, divergence.imaginary + ratio * source.imaginary)
      }
    }
    return linear
  }

  /// Adds a multiple of the divergence of displacements [planes, N, N, 3].
  private static func addDivergence(
    of displacements: [Float], times factor: Double, to sum: inout FourierMesh,
    _ transform: FourierTransform, in box: PeriodicBox, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let decomposition = transform.decomposition
    let width = decomposition.width
    let scale = factor * 2 * .pi / box.width
    var component = RealMesh(decomposition)
    var modes = FourierMesh(decomposition)
    for axis in 0..<3 {
      for row in 0..<decomposition.planes.count * width {
        let cells = component.cells + row * component.rowStride
        for z in 0..<width { cells[z] = displacements[3 * (row * width + z) + axis] }
      }
      try transform.forward(&component, into: &modes, on: communicator)
      modes.updateModes(threads: transform.threads) { wavenumber, mode in
        let derivative = Float(scale * derivative(along: axis, at: wavenumber, width: width))
        return Complex(-derivative * mode.imaginary, derivative * mode.real)
      }
      sum.update(with: modes) { sum, part in
        Complex(sum.real + part.real, sum.imaginary + part.imaginary)
      }
    }
  }

  /// The wavenumber along an axis, increased by what the axes at their Nyquist wavenumber leave out.
  private static func derivative(along axis: Int, at wavenumber: Wavenumber, width: Int) -> Double {
    guard 2 * wavenumber[axis] != width else { return 0 }
    let kept = keptSquare(of: wavenumber, width: width)
    guard kept > 0 else { return 0 }
    return Double(wavenumber[axis]) * Double(wavenumber.squared) / Double(kept)
  }

  /// The square of a wavenumber without the axes at their Nyquist wavenumber.
  private static func keptSquare(of wavenumber: Wavenumber, width: Int) -> Int {
    var kept = 0
    for axis in 0..<3 where 2 * wavenumber[axis] != width {
      kept += wavenumber[axis] * wavenumber[axis]
    }
    return kept
  }
}

extension FourierMesh {
  /// Replaces every mode of this rank by what `body` makes of it and of the same mode of `other`.
  mutating func update(
    with other: borrowing FourierMesh, _ body: (Complex, Complex) -> Complex
  ) {
    precondition(decomposition == other.decomposition, "meshes of another shape")
    for index in 0..<decomposition.planes.count * decomposition.planeStride / 2 {
      let (real, imaginary) = (2 * index, 2 * index + 1)
      let value = body(
        Complex(parts[real], parts[imaginary]), Complex(other.parts[real], other.parts[imaginary]))
      parts[real] = value.real
      parts[imaginary] = value.imaginary
    }
  }
}

extension Particles {
  /// The displacements of particles from their sites [n, 3] [Mpc/h], in the order of the sites.
  ///
  /// By the shortest way through the periodic box.
  ///
  /// - Parameters:
  ///   - planes: The planes of the lattice; there is one particle for each of their sites.
  ///   - width: The sites on a side of the lattice.
  ///   - box: The box.
  /// - Returns: The argument of ``LagrangianPerturbation/linearModes(undoing:at:order:transform:growth:in:on:)``.
  package func displacements(
    fromPlanes planes: Range<Int>, width: Int, in box: PeriodicBox
  ) -> [Float] {
    let first = planes.lowerBound * width * width
    precondition(
      count == planes.count * width * width, "\(count) particles are not those of the planes")
    let corners = (0..<width).map { box.position(ofCorner: $0, width: width) }
    var displacements = [Float](repeating: .nan, count: 3 * count)
    for particle in 0..<count {
      let site = Int(sites[particle])
      func set(_ axis: Int, _ corner: Int) {
        displacements[3 * (site - first) + axis] = Float(
          box.separation(from: corners[corner], to: positions[3 * particle + axis]))
      }
      set(0, site / (width * width))
      set(1, site / width % width)
      set(2, site % width)
    }
    precondition(!displacements.contains { $0.isNaN }, "sites without a particle")
    return displacements
  }
}
