package import FourierTransforms
package import LinearTheory
package import MPI
package import Particles

/// The motion of particles from a lattice by Lagrangian perturbation theory.
///
/// Site (ix, iy, iz) of the lattice is at the corner (ix, iy, iz) L / N of its cell and has the number
/// (ix N + iy) N + iz. A particle is at x = q + D1 psi1(q) + D2 psi2(q) and has the momentum
///
///     a^2 dx/dt = a^3 E dx/da = a^2 E (f1 D1 psi1 + f2 D2 psi2)   [Mpc/h times H0],
///
/// where, for the linear contrast delta at z = 0 and phi_k = -delta_k / k^2,
///
///     psi1_k = i k delta_k / k^2,
///     psi2_k = -i k S_k / k^2,   S = sum_(i<j) (phi_ii phi_jj - phi_ij^2),
///
/// and D2 < 0 (``LinearGrowth``). Odd kernels are zero at the Nyquist wavenumber of their axis, where
/// i k belongs to no real field. S is multiplied out on the lattice itself and not dealiased: its
/// modes above the Nyquist wavenumber are folded back. At z = 99, where all of the second order is some
/// 0.4 % of the velocities, they agree with those of GADGET-4, whose mesh is twice as fine, to 0.1 %.
///
/// Bouchet, Colombi, Hivon, Juszkiewicz 1995, arXiv:astro-ph/9406013; Scoccimarro 1998,
/// doi:10.1046/j.1365-8711.1998.01845.x.
package struct LagrangianPerturbation: ~Copyable {
  /// The order of the expansion.
  package enum Order: Int, Codable, CaseIterable, Sendable {
    /// The Zel'dovich approximation, psi1 alone.
    case first = 1
    /// psi1 and psi2.
    case second = 2
  }

  /// The linear density contrast at z = 0.
  package let modes: FourierMesh

  /// The transform of the lattice as a mesh.
  package let transform: FourierTransform

  /// The growth of the universe.
  package let growth: LinearGrowth

  /// The box.
  package let box: PeriodicBox

  /// Makes the motion that belongs to a linear field.
  ///
  /// - Parameters:
  ///   - modes: The linear density contrast at z = 0, of `transform`'s decomposition.
  ///   - transform: The transform of the lattice as a mesh.
  ///   - growth: The growth of the universe.
  ///   - box: The box.
  package init(
    modes: consuming FourierMesh, transform: FourierTransform, growth: LinearGrowth,
    in box: PeriodicBox
  ) {
    precondition(modes.decomposition == transform.decomposition, "modes of another mesh")
    self.modes = modes
    self.transform = transform
    self.growth = growth
    self.box = box
  }

  /// The particles of this rank's planes of the lattice at scale factor `a`, in the order of their sites.
  ///
  /// Collective. A particle is the same bit for bit whichever rank has it.
  ///
  /// - Throws: The error that MPI reported.
  package func particles(
    at a: Double, order: Order, on communicator: borrowing Communicator
  ) throws(MPIError) -> Particles {
    let momentum = a * a * growth.parameters.expansionRate(at: a)
    var particles = lattice()
    let first = growth.first(at: a)
    try displace(
      &particles, along: modes, by: first, momentum: momentum * growth.firstRate(at: a) * first,
      on: communicator)
    if order == .second {
      let source = try secondOrderSource(on: communicator)
      // psi2 has the opposite sign of psi1.
      let second = -growth.second(at: a)
      try displace(
        &particles, along: source, by: second,
        momentum: momentum * growth.secondRate(at: a) * second, on: communicator)
    }
    return particles
  }

  /// The linear density contrast at the sites of this rank's planes at scale factor `a`.
  ///
  /// Collective.
  ///
  /// - Throws: The error that MPI reported.
  package func linearDensity(
    at a: Double, on communicator: borrowing Communicator
  ) throws(MPIError) -> RealMesh {
    let factor = growth.first(at: a)
    var density = RealMesh(transform.decomposition)
    try transform.backward(
      modes, into: &density, through: ModeKernel(parity: .even) { _ in factor },
      on: communicator)
    return density
  }

  /// The modes of S, the source of the second order at D1 = 1.
  ///
  /// Collective.
  ///
  /// - Throws: The error that MPI reported.
  func secondOrderSource(
    on communicator: borrowing Communicator
  ) throws(MPIError) -> FourierMesh {
    let decomposition = transform.decomposition
    var source = RealMesh(decomposition)
    var second = RealMesh(decomposition)
    var third = RealMesh(decomposition)
    func derive(
      _ i: Int, _ j: Int, into mesh: inout RealMesh
    ) throws(MPIError) {
      try transform.backward(
        modes, into: &mesh, through: .tidal(i, j, width: decomposition.width), on: communicator)
    }
    try derive(0, 0, into: &source)
    try derive(1, 1, into: &second)
    try derive(2, 2, into: &third)
    let count = decomposition.planes.count * decomposition.planeStride
    for index in 0..<count {
      let (xx, yy, zz) = (source.cells[index], second.cells[index], third.cells[index])
      source.cells[index] = xx * yy + xx * zz + yy * zz
    }
    for (i, j) in [(0, 1), (0, 2), (1, 2)] {
      try derive(i, j, into: &second)
      for index in 0..<count {
        source.cells[index] -= second.cells[index] * second.cells[index]
      }
    }
    var sourceModes = FourierMesh(decomposition)
    try transform.forward(&source, into: &sourceModes, on: communicator)
    return sourceModes
  }

  /// The particles of this rank's planes at rest at their sites.
  private func lattice() -> Particles {
    let width = transform.decomposition.width
    let planes = transform.decomposition.planes
    let corners = (0..<width).map { box.position(ofCorner: $0, width: width) }
    var particles = Particles()
    particles.sites = Array(
      Int64(planes.lowerBound * width * width)..<Int64(planes.upperBound * width * width))
    particles.positions.reserveCapacity(3 * particles.sites.count)
    for x in planes {
      for y in 0..<width {
        for z in 0..<width {
          particles.positions.append(corners[x])
          particles.positions.append(corners[y])
          particles.positions.append(corners[z])
        }
      }
    }
    particles.momenta = [Float](repeating: 0, count: 3 * particles.sites.count)
    return particles
  }

  /// Adds to positions and momenta multiples of the field whose divergence is minus a mesh.
  private func displace(
    _ particles: inout Particles, along modes: borrowing FourierMesh, by factor: Double,
    momentum: Double, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let decomposition = transform.decomposition
    let width = decomposition.width
    var displacement = RealMesh(decomposition)
    let units = factor / box.unit
    for axis in 0..<3 {
      try transform.backward(
        modes, into: &displacement,
        through: .displacement(axis, width: width, boxSize: box.width), on: communicator)
      particles.positions.withUnsafeMutableBufferPointer { positions in
        particles.momenta.withUnsafeMutableBufferPointer { momenta in
          var index = axis
          for row in 0..<decomposition.planes.count * width {
            let cells = displacement.cells + row * displacement.rowStride
            for z in 0..<width {
              let value = Double(cells[z])
              let way = Int64((value * units).rounded(.toNearestOrEven))
              positions[index] &+= UInt32(truncatingIfNeeded: way)
              momenta[index] += Float(value * momentum)
              index += 3
            }
          }
        }
      }
    }
  }
}

extension PeriodicBox {
  /// The position of the corner of a cell, of `width` on a side, along an axis.
  func position(ofCorner index: Int, width: Int) -> UInt32 {
    UInt32(truncatingIfNeeded: Int64((Double(index) * 0x1p32 / Double(width)).rounded()))
  }
}
