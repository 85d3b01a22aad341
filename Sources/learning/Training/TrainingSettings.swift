package import Networks
package import SubBoxes

/// The settings by which a network is trained.
///
/// The defaults are those of Lucie-Smith et al. 2024, appendix D, doi:10.1103/PhysRevD.109.063524.
/// An optional setting without a value takes the published one of the variant.
package struct TrainingSettings: Codable, Hashable, Sendable {
  /// The role of rank 0, which always coordinates: whether it trains too.
  package enum Coordinator: String, Codable, Hashable, Sendable, CaseIterable {
    /// Rank 0 trains too in a job of fewer than four ranks.
    case auto

    /// Rank 0 only coordinates, unless it is the only rank.
    case dedicated

    /// Rank 0 trains too.
    case trains
  }

  /// The loss on the validation samples by which the epoch whose weights are kept is chosen.
  enum Selection: String, Codable, Hashable, Sendable, CaseIterable {
    /// Likelihood and penalty, the loss that is trained.
    case loss

    /// The likelihood alone.
    case likelihood
  }

  /// The kind of the boxes: raw, averaged over spherical shells, shuffled within them, or averaged over ellipsoidal ones.
  package var variant = BoxKind.raw

  /// The shells that voxels are averaged over, or shuffled within.
  package var shells = ShellSettings()

  /// The radii within which and beyond which voxels are hidden.
  package var mask = RadiusMask()

  /// The seed of the initial weights and of the order of the samples.
  package var seed: UInt64 = 1

  /// The orientations among which each sample's box is shown at random, another one in every epoch; averaged boxes
  /// look the same in all of them.
  package var symmetries = CubeSymmetries.none

  /// The number of samples of a step, from 1 to 4096.
  package var batchSize = 64

  /// The largest number of epochs; without it 30 for raw and shuffled boxes of the initial density, and 40 for averaged
  /// boxes (ellipsoidal ones too) and other inputs.
  package var epochs: Int?

  /// The number of epochs without a lower validation loss after which the training ends; without it,
  /// it never ends before its last epoch.
  package var patience: Int?

  /// The loss that tells which epoch was best.
  var selection = Selection.loss

  /// The strength of the priors on the weights; without it 10^-2.5 for raw and shuffled boxes, 10^-4.3 for averaged
  /// ones (ellipsoidal ones too), and 10^-3 for the final density.
  package var alpha: Double?

  /// The file of a model of the same network, with whose weights and likelihood the training starts; without it, the
  /// weights are drawn by the seed.
  package var initialModel: String?

  /// The width of the likelihood that the training starts with.
  var initialGamma = Likelihood.truncatedCauchy.initialValues[0]

  /// The optimizer.
  package var optimizer = AMSGrad.Settings()

  /// The course of the learning rate over the steps.
  package var schedule = LearningRateSchedule()

  /// The largest norm of a step's gradient, to which a longer one is shortened; without it, none is.
  var clipNorm: Double?

  /// The implementation of the network.
  package var kernels = NetworkKernels.fast

  /// Whether rank 0 trains too.
  package var coordinator = Coordinator.auto

  /// The number of threads that compute on each rank; without it, the cores of a node are shared by its
  /// ranks.
  package var threadsPerRank: Int?

  /// The time between checkpoints [minutes]; one is also written after each epoch.
  package var checkpointMinutes = 10.0

  /// The number of steps between checkpoints; without it, time alone decides.
  package var checkpointSteps: Int?

  /// The number of checkpoints that are kept.
  package var keptCheckpoints = 2

  /// Whether event files for TensorBoard are written beside the metrics.
  package var tensorboard = false

  /// The time W that a rank may stay silent, or its work stand still, in any stage; it is named, and the job
  /// ended, before 2 W have passed [seconds].
  ///
  /// The default is five times the longest command that was measured (`Documentation/cluster.md`).
  package var watchdogSeconds = 600.0

  /// Makes the settings of the paper.
  package init() {}

  /// The boxes that the network sees.
  package var boxes: BoxDescription { BoxDescription(variant, shells: shells, mask: mask) }

  /// The largest number of epochs of this variant.
  package var epochLimit: Int { epochs ?? (variant.isAveraged ? 40 : 30) }

  /// The strength of the priors of this variant.
  var priorStrength: Double {
    // 10^-2.5 and 10^-4.3, written out so that no mathematical library decides the last bit.
    alpha ?? (variant.isAveraged ? 5.011872336272725e-05 : 0.0031622776601683794)
  }

  /// The values that the likelihood's parameters start with, [parameter].
  var initialLikelihoodValues: [Double] { [initialGamma] }

  /// The time from the start of a job, or from its last checkpoint, to the next one [minutes].
  ///
  /// The first comes after a minute at the latest: a job that ends soon is not to lose all that it did.
  func checkpointInterval(isFirst: Bool) -> Double {
    isFirst ? min(1, checkpointMinutes) : checkpointMinutes
  }

  /// The most samples of a step: sums of more gradients could overflow.
  package static let largestBatch = ExactAccumulator.maximumSampleCount
}
