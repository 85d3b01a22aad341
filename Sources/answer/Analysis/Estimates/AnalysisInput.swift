/// All that a report is made from: models, the particles they share, halos and collapse models.
package struct AnalysisInput: Sendable {
  /// The experiment's name.
  package let experiment: String

  /// The settings of the analysis.
  package let settings: AnalysisSettings

  /// The trained models.
  package let models: [ModelPredictions]

  /// The particles that all of them predicted.
  package let particles: CommonParticles

  /// The halo of each particle, different numbers for different halos of all simulations.
  package let halos: Outcome<[Int32]>

  /// The predictions of collapse models for the particles.
  package let collapse: Outcome<CollapseInput>

  /// The predictions of twin universes for the particles, from the highest wavenumber down.
  package let twins: [TwinPrediction]

  /// The matrix whose combinations the variants are, if they are.
  package let matrix: VariantMatrix?

  /// The gaps of the report that are not known from the rest of the input.
  package let gaps: [Gap]

  /// The numbers of the particles in each shell of radii.
  let shells: [[Int]]

  /// Puts an input together.
  ///
  /// - Parameters:
  ///   - experiment: The experiment's name.
  ///   - settings: The settings of the analysis.
  ///   - models: The models whose common particles these are.
  ///   - particles: The particles.
  ///   - halos: The halo of each particle.
  ///   - collapse: The predictions of collapse models for the particles.
  ///   - twins: The predictions of twin universes for the particles.
  ///   - matrix: The matrix whose combinations the variants are, if they are.
  ///   - gaps: The gaps of the report that are not known from the rest of the input.
  package init(
    experiment: String, settings: AnalysisSettings, models: [ModelPredictions],
    particles: CommonParticles, halos: Outcome<[Int32]>, collapse: Outcome<CollapseInput>,
    twins: [TwinPrediction] = [], matrix: VariantMatrix? = nil, gaps: [Gap]
  ) {
    self.experiment = experiment
    self.settings = settings
    self.models = models
    self.particles = particles
    self.halos = halos
    self.collapse = collapse
    self.twins = twins
    self.matrix = matrix
    self.gaps = gaps
    shells = particles.shells(settings.radiusEdges)
  }

  /// The number of the model that stands for all where a figure shows one: the lowest seed of the first variant.
  package var reference: Int? { variants.first?.reference }

  /// The variants in the order of the matrix and of their names, `raw` and `averaged` before other names, each with the
  /// numbers of its models in the order of their seeds.
  var variants: [(name: String, models: [Int], reference: Int)] {
    let known = (matrix?.variants ?? []) + ["raw", "averaged"]
    func place(_ name: String) -> Int { known.firstIndex(of: name) ?? known.count }
    let names = Set(models.map(\.variant)).sorted { (place($0), $0) < (place($1), $1) }
    return names.map { name in
      let numbers = models.indices.filter { models[$0].variant == name }
        .sorted { models[$0].seed < models[$1].seed }
      return (name, numbers, numbers[0])
    }
  }
}

/// The predictions of collapse models for the particles, and the field that they come from.
package struct CollapseInput: Sendable {
  /// The field that was smoothed, in words.
  package var field: String

  /// The predictions of each model for the particles.
  package var models: [CollapsePrediction]

  /// The masses, by the name of the simulation whose field was smoothed.
  package var scales: [(simulation: String, scales: [CollapseScale])]

  /// Puts predictions together.
  package init(
    field: String, models: [CollapsePrediction],
    scales: [(simulation: String, scales: [CollapseScale])]
  ) {
    self.field = field
    self.models = models
    self.scales = scales
  }
}
