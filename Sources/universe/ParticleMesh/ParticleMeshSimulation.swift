internal import CKernels
package import Failures
internal import FourierTransforms
package import LinearTheory
package import MPI
package import Particles
internal import Threads

/// The particles between two steps of a simulation: all that is needed to continue it.
package struct SimulationState: Hashable, Sendable {
  /// The particles of this rank.
  ///
  /// Before the first step and after the last, positions and momenta are of the same time. Between steps that are
  /// kicked at their ends the momenta are those of the middle of the step before (they have leapt).
  package var particles: Particles

  /// The number of completed steps.
  package var completedSteps: Int

  /// Makes a state; that of the beginning unless steps are completed.
  package init(particles: Particles, completedSteps: Int = 0) {
    self.particles = particles
    self.completedSteps = completedSteps
  }
}

/// A simulation of cold dark matter by particles and a mesh.
///
/// Kick-drift-kick steps whose factors reproduce linear growth in steps of any length (FastPM: Feng,
/// Chu, Seljak, McDonald 2016, doi:10.1093/mnras/stw2123): momenta are of the geometric mean of a step's
/// ends, and the two half kicks at a step's end, which have the same force, are made as one. With the factors `bullFrog`
/// steps are drift-kick-drift, and the force is that of their middle in D1. The result has the same bits for any number of ranks and threads and wherever it was stopped and resumed.
///
///     let simulation = try ParticleMeshSimulation(
///       settings, box: box, particlesPerAxis: 256, growth: LinearGrowth(cosmology))
///     let result = try simulation.run(from: SimulationState(particles: initial), on: world)
package struct ParticleMeshSimulation: Sendable {
  /// The choices made.
  package let settings: ParticleMeshSettings

  /// The box.
  package let box: PeriodicBox

  /// The particles on a side of the lattice.
  package let particlesPerAxis: Int

  /// The growth that the steps follow.
  package let growth: LinearGrowth

  /// Sets up a simulation of `particlesPerAxis`^3 particles.
  ///
  /// - Throws: `Failure` that names a setting which makes no sense.
  package init(
    _ settings: ParticleMeshSettings, box: PeriodicBox, particlesPerAxis: Int, growth: LinearGrowth
  ) throws(Failure) {
    try settings.check()
    guard (2...16384).contains(particlesPerAxis) else {
      throw .setting(
        name: "particlesPerAxis", value: "\(particlesPerAxis)", reason: "is not from 2 to 16384",
        remedy: "32 to 1024 are usual")
    }
    self.settings = settings
    self.box = box
    self.particlesPerAxis = particlesPerAxis
    self.growth = growth
  }

  /// The cells on a side of the force mesh.
  var meshWidth: Int { settings.meshRefinement * particlesPerAxis }

  /// The distance of the mesh's corner below that of the box, in units of positions.
  ///
  /// It puts the lattice sites in the middle of cells. On the corners of cells the images of a mode
  /// beyond the lattice's Nyquist wavenumber are not damped by painting, and act on the mode itself: with two
  /// cells to a particle a mode of a quarter of the Nyquist wavenumber is attracted by 22 % too much,
  /// in the middle of cells by 5 % (both are in the tests of the force).
  var meshOffset: UInt32 {
    let origin = settings.latticeOrigin * Double(settings.meshRefinement)
    let cells = 0.5 - origin - (0.5 - origin).rounded(.down)
    return UInt32(cells * 0x1p32 / Double(meshWidth))
  }

  /// Steps particles from where they are to the last scale factor.
  ///
  /// Collective: the ranks call it together, with particles that are each on one rank, on whichever.
  ///
  /// - Parameters:
  ///   - state: The particles, at the beginning or between steps.
  ///   - communicator: The ranks that share the box.
  ///   - progress: Told of each completed step.
  ///   - spectrum: Given the spectra that the settings ask for, and after how many steps they are; on resumption
  ///     that of the state again.
  ///   - afterStep: Given the state after each step; what it saves can be resumed. It may throw to end the run, on
  ///     all ranks together.
  /// - Returns: The particles of this rank at the last scale factor.
  /// - Throws: `Failure`, what MPI reported, or what a closure threw.
  package func run(
    from state: consuming SimulationState, on communicator: borrowing Communicator,
    progress: (SimulationProgress) -> Void = { _ in },
    spectrum: (Int, PowerSpectrum) throws -> Void = { _, _ in },
    afterStep: (SimulationState) throws -> Void = { _ in }
  ) throws -> Particles {
    let begin = ContinuousClock.now
    var state = state
    let steps = settings.steps
    guard (0...steps.count).contains(state.completedSteps) else {
      throw Failure.setting(
        name: "step count", value: "\(steps.count)",
        reason: "does not suit particles that have completed \(state.completedSteps) steps",
        remedy: "Resume with the settings that the run was started with")
    }
    let count = Int(try communicator.allReduce(Int64(state.particles.count), .sum))
    let expected = particlesPerAxis * particlesPerAxis * particlesPerAxis
    guard count == expected else {
      throw Failure.count(particles: count, expected: expected)
    }
    let mesh = try DensityMesh(
      width: meshWidth, offset: meshOffset, threads: WorkerThreads(count: settings.threads),
      on: communicator)
    let stepper = Stepper(self, mesh)
    try state.particles.distribute(over: mesh.decomposition, offset: mesh.offset, on: communicator)

    while state.completedSteps < steps.count {
      if stepper.factors.kicksInTheMiddle {
        try stepper.driftKickDrift(&state, on: communicator, spectrum)
      } else {
        try stepper.kickDriftKick(&state, on: communicator, spectrum)
      }
      progress(
        SimulationProgress(
          completedSteps: state.completedSteps, steps: steps.count,
          scaleFactor: steps.scaleFactor(after: state.completedSteps), elapsed: .now - begin,
          times: mesh.times))
      try afterStep(state)
    }
    return state.particles
  }
}

/// The parts of a step, with the mesh that they share.
private struct Stepper {
  let simulation: ParticleMeshSimulation
  let mesh: DensityMesh
  let kernel: LaplacianKernel
  let factors: TimeStepFactors

  init(_ simulation: ParticleMeshSimulation, _ mesh: DensityMesh) {
    self.simulation = simulation
    self.mesh = mesh
    kernel = LaplacianKernel(mesh.decomposition, simulation.settings.laplacian)
    factors = TimeStepFactors(simulation.settings.factors, growth: simulation.growth)
  }

  /// Makes a step whose forces are those of its ends; the second kick is made with the first of the next step.
  func kickDriftKick(
    _ state: inout SimulationState, on communicator: borrowing Communicator,
    _ spectrum: (Int, PowerSpectrum) throws -> Void
  ) throws {
    let (steps, step) = (simulation.settings.steps, state.completedSteps)
    let (start, end) = (steps.scaleFactor(after: step), steps.scaleFactor(after: step + 1))
    let middle = steps.middle(of: step)
    try assign(state, on: communicator, spectrum)
    try kick(
      &state.particles, from: step == 0 ? steps.start : steps.middle(of: step - 1), to: middle,
      at: start, on: communicator)
    try drift(&state.particles, from: start, to: end, at: middle, on: communicator)
    state.completedSteps += 1
    guard state.completedSteps == steps.count else { return }
    try assign(state, on: communicator, spectrum)
    try kick(&state.particles, from: middle, to: end, at: end, on: communicator)
  }

  /// Makes a step whose force is that of its middle; the density at its ends is for spectra alone.
  func driftKickDrift(
    _ state: inout SimulationState, on communicator: borrowing Communicator,
    _ spectrum: (Int, PowerSpectrum) throws -> Void
  ) throws {
    let settings = simulation.settings
    let step = state.completedSteps
    let start = settings.steps.scaleFactor(after: step)
    let end = settings.steps.scaleFactor(after: step + 1)
    let middle = factors.middle(from: start, to: end)
    if settings.spectrumSteps.contains(step) { try assign(state, on: communicator, spectrum) }
    try drift(&state.particles, from: start, to: middle, at: start, on: communicator)
    try mesh.assign(state.particles, on: communicator)
    try kick(&state.particles, from: start, to: end, at: middle, on: communicator)
    try drift(&state.particles, from: middle, to: end, at: end, on: communicator)
    state.completedSteps += 1
    let isLast = state.completedSteps == settings.steps.count
    if isLast, settings.spectrumSteps.contains(state.completedSteps) {
      try assign(state, on: communicator, spectrum)
    }
  }

  /// Computes the density, and its spectrum if the settings ask for it.
  private func assign(
    _ state: borrowing SimulationState, on communicator: borrowing Communicator,
    _ spectrum: (Int, PowerSpectrum) throws -> Void
  ) throws {
    try mesh.assign(state.particles, on: communicator)
    let settings = simulation.settings
    guard settings.spectrumSteps.contains(state.completedSteps) else { return }
    try spectrum(
      state.completedSteps,
      mesh.powerSpectrum(
        in: simulation.box, subtractsShotNoise: settings.subtractsShotNoise, on: communicator))
  }

  /// Changes momenta by the force of the density.
  private func kick(
    _ particles: inout Particles, from start: Double, to end: Double, at reference: Double,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    let cell = simulation.box.width / Double(simulation.meshWidth)
    let force = 1.5 * simulation.growth.parameters.omegaMatter * cell
    let factor = force * factors.kick(from: start, to: end, at: reference)
    let retained = Float(factors.retention(from: start, to: end, at: reference))
    if retained != 1 { mesh.timed(\.drift) { scaleMomenta(of: &particles, by: retained) } }
    try mesh.kick(&particles, by: Float(factor), kernel, on: communicator)
  }

  /// Changes positions by momenta, and moves particles to the ranks that have their planes.
  private func drift(
    _ particles: inout Particles, from start: Double, to end: Double, at reference: Double,
    on communicator: borrowing Communicator
  ) throws(MPIError) {
    let factor = factors.drift(from: start, to: end, at: reference)
    let units = factor / simulation.box.unit
    mesh.timed(\.drift) { move(&particles, by: units) }
    try mesh.timed(\.exchange) { () throws(MPIError) in
      try particles.distribute(over: mesh.decomposition, offset: mesh.offset, on: communicator)
    }
  }

  private func scaleMomenta(of particles: inout Particles, by factor: Float) {
    let count = particles.count
    particles.momenta.withUnsafeMutableBufferPointer { momenta in
      guard let momenta = momenta.baseAddress else { return }
      nonisolated(unsafe) let start = momenta
      mesh.transform.threads.forEachPart(of: 3 * count) { _, part in
        for component in part { start[component] *= factor }
      }
    }
  }

  private func move(_ particles: inout Particles, by factor: Double) {
    let count = particles.count
    particles.positions.withUnsafeMutableBufferPointer { positions in
      particles.momenta.withUnsafeBufferPointer { momenta in
        guard let positions = positions.baseAddress, let momenta = momenta.baseAddress else {
          return
        }
        nonisolated(unsafe) let start = (positions: positions, momenta: momenta)
        mesh.transform.threads.forEachPart(of: count) { _, part in
          halompi_drift(
            start.momenta + 3 * part.lowerBound, part.count, factor,
            start.positions + 3 * part.lowerBound)
        }
      }
    }
  }
}
