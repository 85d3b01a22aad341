internal import Analysis
internal import Experiments
internal import Failures
internal import Fields
internal import Foundation
internal import FourierTransforms
internal import LinearTheory
internal import MPI
internal import Progress
internal import Simulations
internal import Snapshots
internal import Threads

/// Predicts the masses of compared particles by collapse models, from the linear fields of their simulations.
///
/// The field is that of `halompi simulate` (z = 0, linear theory) if all simulations have it, and else the
/// prepared SPH density of the initial particles, as in the paper.
struct CollapseTask {
  let experiment: Experiment
  let directory: RunDirectory
  let threads: Int

  /// Predicts.
  ///
  /// Collective.
  func run(
    for particles: CommonParticles, on world: borrowing Communicator, progress: ProgressReporter
  ) throws -> Outcome<CollapseInput> {
    guard let source = try source(for: particles.simulations, on: world) else {
      return .unknown("neither linear densities nor field files of the simulations are there")
    }
    let cosmology = experiment.universe.cosmology
    let spectrum = try world.agree { () throws -> LinearPowerSpectrum in
      try experiment.universe.linearSpectrum()
    }
    let growth = try world.agree { () throws(Failure) in try LinearGrowth(cosmology) }
    var logMasses = CollapseBarrier.allCases.map { _ in
      [Double?](repeating: nil, count: particles.count)
    }
    var scales: [(simulation: String, scales: [CollapseScale])] = []
    for (number, name) in particles.simulations.enumerated() {
      let grid = try geometry(of: name, in: source, on: world)
      if let difference = grid.difference(from: cosmology) { return .unknown(difference) }
      let field = try density(of: name, in: source, grid, growth, on: world)
      let members = particles.sites.indices.filter { particles.simulation[$0] == number }
      let cells = grid.width * grid.width * grid.width
      guard members.allSatisfy({ particles.sites[$0] < cells }) else {
        return .unknown("the field of \(name) has another grid than the predictions")
      }
      let total = experiment.analysis.collapse.massCount
      progress.begin(ProgressPhase("smoothing \(name)", unit: "masses", total: total))
      let forecast = try CollapseForecast(
        of: field, at: members.map { particles.sites[$0] }, spectrum: spectrum,
        settings: experiment.analysis.collapse, on: world
      ) { done, _ in progress.advance(to: done) }
      progress.end()
      for (model, prediction) in forecast.predictions.enumerated() {
        for (place, member) in members.enumerated() {
          logMasses[model][member] = prediction.logMasses[place]
        }
      }
      scales.append((name, forecast.scales))
    }
    return .known(
      CollapseInput(
        field: source.description,
        models: zip(CollapseBarrier.allCases, logMasses).map {
          CollapsePrediction(model: $0, logMasses: $1)
        }, scales: scales))
  }

  /// Returns the source whose files exist for all simulations, `nil` if none has them; rank 0 looks.
  private func source(
    for simulations: [String], on world: borrowing Communicator
  ) throws -> Source? {
    func areThere(_ path: (String) -> String) -> Bool {
      simulations.allSatisfy { FileManager.default.fileExists(atPath: path($0)) }
    }
    let found: Int32 =
      areThere { directory.simulation($0).linearDensity } ? 1 : areThere(directory.field) ? 2 : 0
    switch try world.broadcast([found])[0] {
    case 1: return .linear
    case 2: return .initialParticles
    default: return nil
    }
  }

  private func geometry(
    of name: String, in source: Source, on world: borrowing Communicator
  ) throws -> Geometry {
    switch source {
    case .linear:
      let (width, boxSize) = try LinearDensityFile.geometry(
        of: directory.simulation(name).linearDensity, on: world)
      return Geometry(width: width, boxSize: boxSize, scaleFactor: 1, stated: nil)
    case .initialParticles:
      let metadata = try world.agree {
        let file = try FieldFile.open(directory.field(of: name))
        let metadata = file.metadata
        try file.close()
        return metadata
      }
      return Geometry(
        width: metadata.gridSize, boxSize: metadata.boxSize,
        scaleFactor: 1 / (1 + metadata.initialRedshift),
        stated: (metadata.cosmology.omegaMatter, metadata.cosmology.hubble))
    }
  }

  private func density(
    of name: String, in source: Source, _ geometry: Geometry, _ growth: LinearGrowth,
    on world: borrowing Communicator
  ) throws -> LinearDensity {
    let transform = try world.agree {
      try FourierTransform(
        width: geometry.width, threads: WorkerThreads(count: threads), on: world)
    }
    let decomposition = transform.decomposition
    let contrast = try world.agree {
      switch source {
      case .linear:
        return try LinearDensityFile.read(
          directory.simulation(name).linearDensity, for: decomposition)
      case .initialParticles:
        let file = try FieldFile.open(directory.field(of: name))
        let density = try file.read(.density, planes: decomposition.planes)
        try file.close()
        return RealMesh(density, minus: 1, on: decomposition)
      }
    }
    return try LinearDensity(
      contrast, boxSize: geometry.boxSize, growth: growth.first(at: geometry.scaleFactor),
      transform: transform, on: world)
  }

  /// The source of a density field.
  private enum Source: CustomStringConvertible {
    case linear
    case initialParticles

    var description: String {
      switch self {
      case .linear: "linear density of the realization, z = 0"
      case .initialParticles: "SPH density of the initial particles"
      }
    }
  }

  /// The grid of a field, and the universe that it states.
  private struct Geometry {
    let width: Int
    let boxSize: Double
    let scaleFactor: Double
    let stated: (omegaMatter: Double, hubble: Double)?

    /// Returns how the universe of the file differs from the experiment's, as a clause; `nil` if it does not.
    func difference(from cosmology: CosmologicalParameters) -> String? {
      guard let stated else { return nil }
      let isSame =
        abs(stated.omegaMatter / cosmology.omegaMatter - 1) < 1e-3
        && abs(stated.hubble / cosmology.hubble - 1) < 1e-3
      return isSame
        ? nil
        : "the field files state omegaMatter \(stated.omegaMatter) and hubble \(stated.hubble), and "
          + "universe.cosmology has \(cosmology.omegaMatter) and \(cosmology.hubble): set it to that of "
          + "the simulations"
    }
  }
}
