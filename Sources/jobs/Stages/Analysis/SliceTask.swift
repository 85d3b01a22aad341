internal import Analysis
internal import Experiments
internal import Fields
internal import Figures
internal import Foundation
internal import HDF5
internal import MPI
internal import Networks
internal import SubBoxes
internal import Training

/// Cuts what the figures of slices show: a sub-box as both networks see it, and a plane of the simulation that it
/// is from, with true and predicted masses.
///
/// The sub-box is that of the particle with the median true mass among those that all models predicted, and
/// the plane is the one of its site.
struct SliceTask {
  let experiment: Experiment
  let directory: RunDirectory

  /// The planes on each side of the shown one whose particles are drawn, as a part of the grid.
  private static let thickness = 1.0 / 16

  /// The most values along an axis of a picture.
  private static let resolution = 256

  /// Makes the figures `sub-box` and `slice`.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - input: The particles that are compared, and the models that predicted them.
  ///   - world: The ranks.
  /// - Returns: The figures on rank 0, and nothing on the others; without pictures if fields or models are missing.
  /// - Throws: A ``JobFailure`` in an `AgreedFailure` if a file is damaged.
  func figures(of input: AnalysisInput, on world: borrowing Communicator) throws -> [Figure] {
    let particles = input.particles
    guard let center = particles.medianParticle, let reference = input.reference else {
      return world.isRoot ? missing("there are no particles to choose a site from") : []
    }
    let simulation = particles.simulations[particles.simulation[center]]
    let path = directory.field(of: simulation)
    let name = TrainingName(
      variant: input.models[reference].variant, seed: input.models[reference].seed)
    let model = directory.training(name).model
    for (file, maker) in [(path, "prepare"), (model, "train")]
    where !FileManager.default.fileExists(atPath: file) {
      let name = URL(filePath: file).lastPathComponent
      return world.isRoot
        ? missing("\(name) is not in the run directory; make it with halompi \(maker)") : []
    }
    var settings = StreamSettings()
    settings.mode = .stream
    settings.memoryBudget = 64 * world.size
    let store = try FieldStore(.density, of: [path], settings: settings, on: world)
    return try world.agree {
      guard world.isRoot else { return [] }
      let trained = try Model(contentsOf: model)
      return [
        try subBox(trained, store, simulation: simulation, particles, center),
        try plane(path, simulation: simulation, input, center, predictedBy: reference),
      ]
    }
  }

  private func missing(_ reason: String) -> [Figure] {
    ["sub-box", "slice"].map {
      SliceFigure.figure(of: .unknown(reason), name: $0, title: "Slices", caption: "")
    }
  }

  /// The middle plane of a raw and of an averaged sub-box.
  private func subBox(
    _ model: Model, _ store: FieldStore, simulation: String, _ particles: CommonParticles,
    _ center: Int
  ) throws -> Figure {
    let grid = store.simulations[0]
    let width = model.architecture.boxWidth
    let cutter = SubBoxCutter(
      boxWidth: width, gridSize: grid.gridSize,
      standardization: try Standardization(of: .density, in: [grid]))
    var box = [Float](repeating: 0, count: cutter.voxelCount)
    func middle() -> [Double] {
      let start = width / 2 * width * width
      return box[start..<start + width * width].map(Double.init)
    }
    try box.withUnsafeMutableBufferPointer { voxels in
      guard let start = voxels.baseAddress else { return }
      try store.cut(0, around: particles.sites[center], of: 0, with: cutter, into: start)
    }
    let raw = middle()
    let shells = ShellAverage(width: width, shells: experiment.training.shells)
    box.withUnsafeMutableBufferPointer { voxels in
      if let start = voxels.baseAddress { shells.apply(to: start) }
    }
    let spacing = grid.boxSize / Double(grid.gridSize)
    let panels = [("raw", raw), ("averaged over shells", middle())].map { name, values in
      SliceFigure.Panel(
        name: name, columns: width, rows: width, values: values, spacing: spacing,
        quantity: SliceFigure.standardizedDensity, scale: .aboutZero(end: SliceFigure.end(of: raw)))
    }
    let mass = String(format: "%.2f", particles.truth[center])
    return SliceFigure.figure(
      of: .known(panels), name: "sub-box", title: "A sub-box as the networks see it",
      caption:
        "Middle plane of the sub-box of \(width)^3 voxels around site \(particles.sites[center]) of \(simulation), whose particle ends in a halo of "
        + "log10 M/Msun = \(mass): the initial density, standardized, as it is and averaged over spherical shells. Both have the same colors."
    )
  }

  /// The plane of a site: density, true masses, and predicted masses of the particles near by.
  private func plane(
    _ path: String, simulation: String, _ input: AnalysisInput, _ center: Int,
    predictedBy reference: Int
  ) throws -> Figure {
    let particles = input.particles
    let file = try FieldFile.open(path)
    let (n, boxSize) = (file.metadata.gridSize, file.metadata.boxSize)
    let plane = particles.sites[center] / (n * n)
    let density = try file.read(.density, planes: plane..<plane + 1)
    let masses = try file.read(.logMass, planes: plane..<plane + 1)
    try file.close()
    let spacing = boxSize / Double(n)
    let stride = (n + Self.resolution - 1) / Self.resolution
    let count = n / stride
    func thinned(_ values: [Float], _ change: (Double) -> Double) -> [Double] {
      (0..<count * count).map { place in
        change(Double(values[place / count * stride * n + place % count * stride]))
      }
    }
    let reach = max(1, Int(Double(n) * Self.thickness))
    let number = particles.simulations.firstIndex(of: simulation)
    let points = particles.sites.indices.compactMap { index -> SliceFigure.Point? in
      let site = particles.sites[index]
      let distance = abs(site / (n * n) - plane)
      guard particles.simulation[index] == number, min(distance, n - distance) <= reach else {
        return nil
      }
      return SliceFigure.Point(
        x: (Double(site / n % n) + 0.5) * spacing, y: (Double(site % n) + 0.5) * spacing,
        value: particles.predictions[reference][index])
    }
    let window = experiment.analysis.window
    let scale = SliceFigure.Scale.from(window.lowerBound, to: window.upperBound)
    let contrast = thinned(density) { $0 - 1 }
    func panel(
      _ name: String, _ values: [Double], _ quantity: String, _ scale: SliceFigure.Scale,
      _ points: [SliceFigure.Point] = []
    ) -> SliceFigure.Panel {
      SliceFigure.Panel(
        name: name, columns: count, rows: count, values: values,
        spacing: spacing * Double(stride), quantity: quantity, scale: scale, points: points)
    }
    let panels = [
      panel(
        "initial density", contrast, SliceFigure.densityContrast,
        .aboutZero(end: SliceFigure.end(of: contrast))),
      panel("mass of the halo it ends in", thinned(masses) { $0 }, SliceFigure.haloMass, scale),
      panel(
        "predicted mass", [Double](repeating: .nan, count: count * count), SliceFigure.haloMass,
        scale, points),
    ]
    return SliceFigure.figure(
      of: .known(panels), name: "slice", title: "From initial density to halo mass",
      caption:
        "A plane of the Lagrangian grid of \(simulation), one value for each site: the initial density contrast, the mass of the halo that the site's "
        + "particle ends in (white: in none), and what \(input.models[reference].name) predicts for the test particles of "
        + "the \(2 * reach + 1) nearest planes, which are in halos of the compared masses.")
  }
}
