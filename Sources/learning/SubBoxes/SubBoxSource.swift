package import Failures
package import Fields
package import MPI

/// A function that writes the standardized box of a sample in its orientation, [channel, w, w, w].
///
/// Several threads may call it at once.
package typealias BoxWriter =
  @Sendable (OrientedSample, UnsafeMutablePointer<Float>) throws(Failure) -> Void

/// The data of several simulations from which sub-boxes are made.
///
/// A source that ranks of a node share is freed collectively, by ``free()``.
package protocol SubBoxSource: AnyObject, Sendable {
  /// The input that the boxes show.
  var input: NetworkInput { get }

  /// The field files, in the order in which ``Sample/simulation`` counts them.
  var paths: [String] { get }

  /// The metadata of the files.
  var simulations: [FieldMetadata] { get }

  /// The place of the data: ``StreamSettings/Mode/resident`` or ``StreamSettings/Mode/stream``.
  var mode: StreamSettings.Mode { get }

  /// The reason for the mode: the mode that was asked for, the size of the data, and the budget.
  var reason: String { get }

  /// The memory that the data take on this node, or the cache in this process [bytes].
  var bytes: Int { get }

  /// Finds the shift and the scale of the values of each channel.
  ///
  /// Collective; the same for any number of ranks.
  ///
  /// - Parameters:
  ///   - simulations: The number of files, counted from the first, of training simulations.
  ///   - samples: The samples that a network is trained on.
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - communicator: The ranks, which share the work.
  /// - Returns: The standardization that brings each channel to mean 0 and standard deviation 1.
  /// - Throws: `AgreedFailure` of a `Failure` if all values are the same; `MPIError`.
  func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) throws -> InputStandardization

  /// Makes the function that writes boxes; it does not keep the source alive.
  ///
  /// - Parameters:
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: The standardization of the values of each channel.
  /// - Returns: The function that writes the box of a sample.
  func boxWriter(boxWidth: Int, standardization: InputStandardization) -> BoxWriter

  /// Frees the memory that the ranks of a node share.
  ///
  /// Collective; nothing may make boxes any more.
  func free() throws(MPIError)
}
