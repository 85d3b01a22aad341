package import Fields
package import MPI

/// What writes the standardized box of a sample, [channel, w, w, w]; several threads may call it at once.
package typealias BoxWriter =
  @Sendable (Sample, UnsafeMutablePointer<Float>) throws(SubBoxError) -> Void

/// The data of several simulations from which sub-boxes are made.
///
/// A source that ranks of a node share is freed collectively, by ``free()``.
package protocol SubBoxSource: AnyObject, Sendable {
  /// What the boxes show.
  var input: NetworkInput { get }

  /// The field files, in the order in which ``Sample/simulation`` counts them.
  var paths: [String] { get }

  /// What the files say about themselves.
  var simulations: [FieldMetadata] { get }

  /// Where the data are: ``StreamSettings/Mode/resident`` or ``StreamSettings/Mode/stream``.
  var mode: StreamSettings.Mode { get }

  /// Why: the mode that was asked for, the size of the data, and the budget.
  var reason: String { get }

  /// The memory that the data take on this node, or the cache in this process [bytes].
  var bytes: Int { get }

  /// Finds the shift and the scale of the values of each channel.
  ///
  /// Collective; the same for any number of ranks.
  ///
  /// - Parameters:
  ///   - simulations: How many of the files, from the first, are of training simulations.
  ///   - samples: The samples that a network is trained on.
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - communicator: The ranks, which share the work.
  /// - Returns: What brings the values of each channel to mean 0 and standard deviation 1.
  /// - Throws: `AgreedFailure` of a ``SubBoxError`` if all values are the same; `MPIError`.
  func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) throws -> InputStandardization

  /// Makes what writes boxes; it does not keep the source.
  ///
  /// - Parameters:
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: How the values of each channel are standardized.
  /// - Returns: What writes the box of a sample.
  func boxWriter(boxWidth: Int, standardization: InputStandardization) -> BoxWriter

  /// Frees what the ranks of a node share.
  ///
  /// Collective; nothing may make boxes any more.
  func free() throws(MPIError)
}
