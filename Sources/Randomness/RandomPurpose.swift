/// What random numbers are drawn for.
///
/// Streams of different purposes are independent under one seed. A raw value is part of every
/// result made with it: it is never changed or used again.
public enum RandomPurpose: UInt16, Sendable, CaseIterable {
  /// Initial weights of a network; the index is that of the parameter tensor.
  case initialWeights = 1

  /// Which halo particles a network is trained on.
  case trainingDraw = 2

  /// Which halo particles a network is validated on.
  case validationDraw = 3

  /// Which halo particles are predicted.
  case testDraw = 4

  /// The order of the training samples; the index is that of the epoch.
  case epochOrder = 5

  /// The initial phases and amplitudes of a universe; the index is the wavenumber of the mode.
  case initialPhases = 6

  /// Inputs of benchmarks.
  case benchmark = 0xFFFE

  /// Inputs and fixtures of tests.
  case test = 0xFFFF
}
