/// A description of the boxes that a network sees: their kind, their shells, and the mask over them.
///
/// Boxes of equal descriptions are made in the same way: settings that the kind does not use are at their defaults.
package struct BoxDescription: Hashable, Sendable {
  /// The kind of the boxes.
  package let kind: BoxKind

  /// The shells that voxels are averaged over, or shuffled within.
  package let shells: ShellSettings

  /// The radii beyond which voxels are hidden, after averaging and shuffling.
  package let mask: RadiusMask

  /// Describes boxes; settings of shells that the kind does not use are left out.
  package init(
    _ kind: BoxKind, shells: ShellSettings = ShellSettings(), mask: RadiusMask = RadiusMask()
  ) {
    self.kind = kind
    self.shells = shells.used(by: kind)
    self.mask = mask
  }

  /// Whether shells and mask are at their defaults, so that the kind says it all.
  package var isPlain: Bool { shells == ShellSettings() && mask == RadiusMask() }

  /// Returns why such boxes cannot be made, and what to do about it, as clauses; `nil` if they can.
  ///
  /// - Parameters:
  ///   - width: The number of voxels along each axis of a box, w.
  ///   - input: The input that the boxes show, if it is known.
  /// - Returns: The key of the setting within those of the training, the reason, and a remedy.
  package func problem(
    boxWidth width: Int, input: NetworkInput?
  ) -> (key: String, reason: String, remedy: String)? {
    if let fault = shells.problem(boxWidth: width, of: kind) {
      return ("shells.\(fault.key)", fault.reason, fault.remedy)
    }
    if let fault = mask.problem(boxWidth: width) { return ("mask", fault.reason, fault.remedy) }
    guard kind == .ellipsoidal, let input, input.densityChannel == nil else { return nil }
    return (
      "variant",
      "ellipsoidal shells have the axes of the initial density, which is no channel of \(input.name)",
      "add density to fields.inputs, or take averaged boxes"
    )
  }
}

extension BoxDescription: CustomStringConvertible {
  /// The kind, and what is not at its default, such as `averaged in 10 logarithmic shells, r <= 6.0 voxels`.
  package var description: String {
    ([kind.rawValue + shells.words] + mask.words).joined(separator: ", ")
  }
}

/// Finds which squared distances from the center voxel of a box of w^3 some voxel has, [0...3 (w/2)^2].
func occupiedSquares(boxWidth width: Int) -> [Bool] {
  let half = width / 2
  var isOccupied = [Bool](repeating: false, count: 3 * half * half + 1)
  for x in 0...half {
    for y in x...half {
      for z in y...half { isOccupied[x * x + y * y + z * z] = true }
    }
  }
  return isOccupied
}
