/// A mask by the distance of voxels from the center voxel of their box.
///
/// What it hides is 0, the mean of a standardized field, in every channel; it comes after averaging and shuffling, so
/// that the mean of a shell does not depend on it.
package struct RadiusMask: Codable, Hashable, Sendable {
  /// The radius within which voxels are hidden [voxels]; without it, none is for being near.
  var inner: Double?

  /// The radius beyond which voxels are hidden [voxels]; without it, none is for being far away.
  var outer: Double?

  /// Makes a mask that hides nothing.
  package init() {}

  /// Whether voxels at a squared distance r^2 are shown: inner^2 <= r^2 <= outer^2.
  func shows(_ square: Int) -> Bool {
    let square = Double(square)
    return square >= (inner.map { $0 * $0 } ?? 0) && square <= (outer.map { $0 * $0 } ?? .infinity)
  }

  /// The places of the voxels of a box of [w, w, w] that are hidden, in their order.
  package func hiddenVoxels(boxWidth width: Int) -> [Int32] {
    guard self != RadiusMask() else { return [] }
    let squares = (0..<width).map { ($0 - width / 2) * ($0 - width / 2) }
    let plane = width * width
    return (0..<plane * width).filter { voxel in
      !shows(squares[voxel / plane] + squares[voxel / width % width] + squares[voxel % width])
    }.map { Int32($0) }
  }

  /// Returns why the mask is of no use for a box of [w, w, w], and what to do about it; `nil` if it is.
  func problem(boxWidth width: Int) -> (reason: String, remedy: String)? {
    guard self != RadiusMask() else { return nil }
    guard [inner, outer].allSatisfy({ ($0 ?? 0) >= 0 && ($0 ?? 0).isFinite }) else {
      return ("a radius is negative or no number", "give radii from 0 on, in voxels")
    }
    let isOccupied = occupiedSquares(boxWidth: width)
    guard !isOccupied.indices.contains(where: { isOccupied[$0] && shows($0) }) else { return nil }
    return (
      "no voxel of a box of \(width)^3 has \(words.joined())",
      "give an inner radius below the outer one, and within the box"
    )
  }

  /// The radii that are shown in words; nothing if all are.
  var words: [String] {
    guard self != RadiusMask() else { return [] }
    return [
      (inner.map { "\($0) <= " } ?? "") + "r" + (outer.map { " <= \($0)" } ?? "") + " voxels"
    ]
  }
}
