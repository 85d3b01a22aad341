/// The purpose that random numbers are drawn for.
///
/// Streams of different purposes are independent under one seed. A raw value is part of every
/// result made with it: it is never changed or used again.
package enum RandomPurpose: UInt16, Sendable, CaseIterable {
  /// Initial weights of a network; the index is that of the parameter tensor.
  case initialWeights = 1

  /// The choice of the halo particles that a network is trained on.
  case trainingDraw = 2

  /// The choice of the halo particles that a network is validated on.
  case validationDraw = 3

  /// The choice of the halo particles that are predicted.
  case testDraw = 4

  /// The order of the training samples; the index is that of the epoch.
  case epochOrder = 5

  /// The initial phases and amplitudes of a universe; the index is the wavenumber of the mode.
  case initialPhases = 6

  /// The assignment of a table's rows to the folds of a cross-validation.
  case crossValidationFolds = 7

  /// The start of the fit of a mixture; the index is that of the components and the start.
  case mixtureStart = 8

  /// Rows drawn with replacement; the index is that of the bootstrap.
  case rowBootstrap = 9

  /// Groups of rows drawn with replacement; the index is that of the bootstrap.
  case groupBootstrap = 10

  /// Points of a Monte Carlo integral; the index is that of the integral.
  case monteCarloIntegral = 11

  /// Noise below the discreteness of values; the index is that of the value.
  case discretenessNoise = 12

  /// Noise that parts equal values before neighbours are counted; the index is that of the row.
  case neighbourNoise = 13

  /// The orientation of a training sample's box; the index is that of the epoch and the sample.
  case boxOrientation = 14

  /// The order of voxels within the shells of a shuffled box; the index is the site of its particle.
  case shellShuffle = 15

  /// The noise that a reference for mutual information adds to true masses; the index is that of the
  /// particle.
  case referenceNoise = 20

  /// Inputs of benchmarks.
  case benchmark = 0xFFFE

  /// Inputs and fixtures of tests.
  case test = 0xFFFF
}
