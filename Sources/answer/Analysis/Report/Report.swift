/// The answer of an experiment: every number of its tables and every value that its figures draw.
///
/// It is written as `report.json` (`Documentation/formats.md`). The same predictions make the same
/// bytes on any number of ranks and threads; when and where it was made stands beside it in
/// `provenance.json`. What could not be computed is an ``Outcome`` with a reason.
package struct Report: Codable, Hashable, Sendable {
  /// The name of the format.
  package static let format = "halompi-report"

  /// The version of the format.
  package static let version = 1

  /// The name of the format of this value.
  package var format = Report.format

  /// The version of the format of this value.
  package var version = Report.version

  /// The program that made the report, with its version.
  package var creator: String

  /// The name of the experiment.
  package var experiment: String

  /// The settings of the analysis, except for the threads, which are left out.
  package var settings: AnalysisSettings

  /// The particles that are compared.
  package var particles: ParticleReport

  /// The variants of the network, each with all its seeds: in the order of a matrix, or `raw` and `averaged` first.
  package var variants: [VariantReport]

  /// The first variant against each of the others, for the same particles.
  package var differences: [DifferenceReport]

  /// The variants along each setting of a matrix; `nil` if they are not those of one.
  package var matrix: [MatrixReport]?

  /// The first variant with each of the others: what they say together, and one beyond the other.
  package var joint: [JointReport]

  /// The variants by how well they tell particles in halos from those in none; `nil` if no such particle was predicted.
  package var membership: [MembershipReport]?

  /// Twin universes, from the highest wavenumber down, each with the networks on the particles in its halos.
  package var twins: [TwinReport]

  /// The collapse models, each with the networks on the particles it has a prediction for (Tables I and II).
  package var collapse: Outcome<[CollapseReport]>

  /// The reference lines of noisy true masses.
  package var noise: [NoiseReport]

  /// The parts that are missing.
  package var gaps: [Gap]
}

/// The particles that are compared.
package struct ParticleReport: Codable, Hashable, Sendable {
  /// The simulations they are of.
  package var simulations: [String]

  /// The number of particles.
  package var count: Int

  /// The number of halos they are in.
  package var halos: Outcome<Int>

  /// The particle that figures of slices show.
  package var example: Outcome<ExampleParticle>
}

/// The particle of the median true mass.
package struct ExampleParticle: Codable, Hashable, Sendable {
  /// The simulation that it is of.
  package var simulation: String

  /// The site on its grid.
  package var site: Int

  /// The true mass [log10 Msun].
  package var logMass: Double
}

/// A variant of the network with all its seeds.
///
/// Statistics of a single seed are those of the reference seed, the lowest.
package struct VariantReport: Codable, Hashable, Sendable {
  /// The name of the variant.
  package var name: String

  /// The seed whose predictions figures and subsets show.
  var referenceSeed: UInt64

  /// The seeds in ascending order.
  package var seeds: [SeedReport]

  /// The scatter between the seeds.
  var seedScatter: SeedScatter

  /// The residuals of the reference seed in bins of the true mass.
  var massBins: [MassBinReport]

  /// The reference seed by the distance from the halo's center.
  package var shells: [ShellReport]

  /// The data of the variant's figures.
  package var figures: VariantFigures
}

/// One trained model.
package struct SeedReport: Codable, Hashable, Sendable {
  /// The seed of the training.
  package var seed: UInt64

  /// The file of predictions, relative to the run directory.
  package var file: String

  /// The checksum of the file's bytes.
  package var checksum: String

  /// The network.
  package var network: Outcome<NetworkDescription>

  /// The census of the rows of the file.
  var census: CommonParticles.Census

  /// The residuals of all particles.
  var statistics: ResidualStatistics

  /// The information about the true mass.
  package var information: Outcome<InformationSummary>
}

/// The scatter between the seeds of a variant.
struct SeedScatter: Codable, Hashable, Sendable {
  /// The number of seeds with an estimate of information.
  package var count: Int

  /// The mean information of the seeds [nats].
  var informationMean: Outcome<Double>

  /// The standard deviation of the information over the seeds, with n - 1 [nats].
  var informationDeviation: Outcome<Double>

  /// The mean correlation of the seeds.
  var correlationMean: Outcome<Double>

  /// The standard deviation of the correlation over the seeds.
  var correlationDeviation: Outcome<Double>
}

/// The residuals in a bin of the true mass.
struct MassBinReport: Codable, Hashable, Sendable {
  /// The bin [log10 Msun].
  package var massRange: ClosedRange<Double>

  /// The residuals.
  var statistics: ResidualStatistics
}

/// A variant in a shell of distances from the halo's center.
package struct ShellReport: Codable, Hashable, Sendable {
  /// Above this distance, or from it on if it is 0 [r200m].
  package var above: Double

  /// Up to this distance [r200m]; `nil` in the last shell, which has no end.
  package var upTo: Double?

  /// The residuals.
  var statistics: ResidualStatistics

  /// The information about the true mass.
  package var information: Outcome<InformationSummary>

  /// The median residual and its 68 % interval in bins of the true mass, as figure 5 draws them [dex].
  package var residuals: RunningInterval
}

/// The data of a variant's figures, which are those of the reference seed except for the bands.
package struct VariantFigures: Codable, Hashable, Sendable {
  /// Predicted against true mass, with contours (figure 2b, 10).
  package var map: Outcome<DensityMap>

  /// The median prediction and its 68 % interval in bins of the true mass [log10 Msun].
  package var predictions: RunningInterval

  /// The median residual and its 68 % interval in bins of the true mass [dex].
  package var residuals: RunningInterval

  /// The residuals in bins of the true mass, with the band of all seeds (figure 3b).
  package var residualBands: [Outcome<HistogramBand>]

  /// The distribution of predictions in bins of the true mass (figure 6, 7).
  package var violins: ViolinRow

  /// The likelihood against the distribution of the truth (figure 8).
  package var likelihood: Outcome<LikelihoodSlices>

  /// The history of each seed's training (figure 9), in the order of the seeds.
  var histories: [Outcome<TrainingHistory>]
}

/// The first of two variants against the second, each by its reference seed.
package struct DifferenceReport: Codable, Hashable, Sendable {
  /// The name of the variant that is subtracted from.
  package var first: String

  /// The name of the variant that is subtracted.
  package var second: String

  /// For all particles.
  package var overall: Outcome<InformationDifference>

  /// For the shells, in their order.
  package var shells: [Outcome<InformationDifference>]
}

/// A noise on true masses and the information that it leaves.
package struct NoiseReport: Codable, Hashable, Sendable {
  /// The standard deviation of the noise [dex].
  package var sigma: Double

  /// The information by quadrature, without an estimator [nats].
  package var exact: Outcome<Double>

  /// The information by the estimator that the models are measured with.
  package var estimate: Outcome<InformationSummary>
}
