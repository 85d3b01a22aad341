/// The answer of an experiment: every number of its tables and every value that its figures draw.
///
/// It is written as `report.json` (`Documentation/formats.md`). The same predictions make the same
/// bytes on any number of ranks and threads; when and where it was made stands beside it in
/// `provenance.json`. What could not be computed is an ``Outcome`` with a reason.
public struct Report: Codable, Hashable, Sendable {
  /// The name of the format.
  public static let format = "halompi-report"

  /// The version of the format.
  public static let version = 1

  /// The name of the format of this value.
  public var format = Report.format

  /// The version of the format of this value.
  public var version = Report.version

  /// The program that made the report, with its version.
  public var creator: String

  /// The name of the experiment.
  public var experiment: String

  /// Which particles, which bins, and how information was estimated; threads are left out.
  public var settings: AnalysisSettings

  /// The particles that are compared.
  public var particles: ParticleReport

  /// The variants of the network, each with all its seeds; `raw` and `averaged` first.
  public var variants: [VariantReport]

  /// The first variant against each of the others, for the same particles.
  public var differences: [DifferenceReport]

  /// The collapse models, each with the networks on the particles it has a prediction for (Tables I and II).
  public var collapse: Outcome<[CollapseReport]>

  /// The reference lines of noisy true masses.
  public var noise: [NoiseReport]

  /// What is missing.
  public var gaps: [Gap]
}

/// The particles that are compared.
public struct ParticleReport: Codable, Hashable, Sendable {
  /// The simulations they are of.
  public var simulations: [String]

  /// How many there are.
  public var count: Int

  /// How many halos they are in.
  public var halos: Outcome<Int>

  /// The one that figures of slices are about.
  public var example: Outcome<ExampleParticle>
}

/// The particle of the median true mass.
public struct ExampleParticle: Codable, Hashable, Sendable {
  /// The simulation that it is of.
  public var simulation: String

  /// The site on its grid.
  public var site: Int

  /// The true mass [log10 Msun].
  public var logMass: Double
}

/// A variant of the network with all its seeds.
///
/// Where a statistic is of one seed, it is that of the reference seed, the lowest.
public struct VariantReport: Codable, Hashable, Sendable {
  /// The name of the variant.
  public var name: String

  /// The seed whose predictions figures and subsets are of.
  public var referenceSeed: UInt64

  /// The seeds in ascending order.
  public var seeds: [SeedReport]

  /// How much the seeds differ.
  public var seedScatter: SeedScatter

  /// The residuals of the reference seed in bins of the true mass.
  public var massBins: [MassBinReport]

  /// The reference seed by the distance from the halo's centre.
  public var shells: [ShellReport]

  /// What the figures of the variant draw.
  public var figures: VariantFigures
}

/// One trained model.
public struct SeedReport: Codable, Hashable, Sendable {
  /// The seed of the training.
  public var seed: UInt64

  /// The file of predictions, relative to the run directory.
  public var file: String

  /// The checksum of the file's bytes.
  public var checksum: String

  /// The network.
  public var network: Outcome<NetworkDescription>

  /// What became of the rows of the file.
  public var census: CommonParticles.Census

  /// The residuals of all particles.
  public var statistics: ResidualStatistics

  /// The information about the true mass.
  public var information: Outcome<InformationSummary>
}

/// How much the seeds of a variant differ.
public struct SeedScatter: Codable, Hashable, Sendable {
  /// The number of seeds with an estimate of information.
  public var count: Int

  /// The mean information of the seeds [nats].
  public var informationMean: Outcome<Double>

  /// The standard deviation of the information over the seeds, with n - 1 [nats].
  public var informationDeviation: Outcome<Double>

  /// The mean correlation of the seeds.
  public var correlationMean: Outcome<Double>

  /// The standard deviation of the correlation over the seeds.
  public var correlationDeviation: Outcome<Double>
}

/// The residuals in a bin of the true mass.
public struct MassBinReport: Codable, Hashable, Sendable {
  /// The bin [log10 Msun].
  public var massRange: ClosedRange<Double>

  /// The residuals.
  public var statistics: ResidualStatistics
}

/// A variant in a shell of distances from the halo's centre.
public struct ShellReport: Codable, Hashable, Sendable {
  /// Above this distance, or from it on if it is 0 [r200m].
  public var above: Double

  /// Up to this distance [r200m]; nothing in the last shell, which has no end.
  public var upTo: Double?

  /// The residuals.
  public var statistics: ResidualStatistics

  /// The information about the true mass.
  public var information: Outcome<InformationSummary>

  /// The median residual and its 68 % interval in bins of the true mass, as figure 5 draws them [dex].
  public var residuals: RunningInterval
}

/// What the figures of a variant draw; of the reference seed but for the bands.
public struct VariantFigures: Codable, Hashable, Sendable {
  /// Predicted against true mass, with contours (figure 2b, 10).
  public var map: Outcome<DensityMap>

  /// The median prediction and its 68 % interval in bins of the true mass [log10 Msun].
  public var predictions: RunningInterval

  /// The median residual and its 68 % interval in bins of the true mass [dex].
  public var residuals: RunningInterval

  /// The residuals in bins of the true mass, with the band of all seeds (figure 3b).
  public var residualBands: [Outcome<HistogramBand>]

  /// The distribution of predictions in bins of the true mass (figure 6, 7).
  public var violins: ViolinRow

  /// The likelihood against the distribution of the truth (figure 8).
  public var likelihood: Outcome<LikelihoodSlices>

  /// How each seed was trained (figure 9), in the order of the seeds.
  public var histories: [Outcome<TrainingHistory>]
}

/// The first of two variants against the second, each by its reference seed.
public struct DifferenceReport: Codable, Hashable, Sendable {
  /// The name of the variant that is subtracted from.
  public var first: String

  /// The name of the variant that is subtracted.
  public var second: String

  /// For all particles.
  public var overall: Outcome<InformationDifference>

  /// For the shells, in their order.
  public var shells: [Outcome<InformationDifference>]
}

/// A noise on true masses and the information that it leaves.
public struct NoiseReport: Codable, Hashable, Sendable {
  /// The standard deviation of the noise [dex].
  public var sigma: Double

  /// The information by quadrature, without an estimator [nats].
  public var exact: Outcome<Double>

  /// The information by the estimator that the models are measured with.
  public var estimate: Outcome<InformationSummary>
}
