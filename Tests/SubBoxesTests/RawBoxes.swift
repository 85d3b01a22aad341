import Failures
import Fields
import MPI

@testable import SubBoxes

/// Boxes of given voxels, as if they were cut from a field.
final class RawBoxes: SubBoxSource {
  let input = NetworkInput.density
  let paths: [String] = []
  let simulations: [FieldMetadata] = []
  let mode = StreamSettings.Mode.resident
  let reason = ""
  let bytes = 0
  private let box: [Float]

  private init(_ box: [Float]) { self.box = box }

  func standardization(
    ofFirst simulations: Int, samples: [Sample], boxWidth: Int,
    on communicator: borrowing Communicator
  ) -> InputStandardization { .none }

  func boxWriter(boxWidth: Int, standardization: InputStandardization) -> BoxWriter {
    { [box] _, voxels in voxels.update(from: box, count: box.count) }
  }

  func free() {}

  /// Returns what a network sees of a box.
  static func box(_ raw: [Float], width: Int, _ boxes: BoxDescription) throws -> [Float] {
    let maker = BoxMaker(
      source: RawBoxes(raw), boxes: boxes, boxWidth: width,
      standardization: .none)
    var box = [Float](repeating: .nan, count: maker.voxelCount)
    let sample = Sample(simulation: 0, site: 77, logMass: 12, radius: 0, halo: 0)
    try box.withUnsafeMutableBufferPointer {
      try maker.write(OrientedSample(sample), into: $0.baseAddress.unsafelyUnwrapped)
    }
    return box
  }
}
