package import Foundation

extension JSONEncoder {
  /// Makes the encoder of the files that this program writes: the same value always gives the same bytes.
  ///
  /// - Parameter isIndented: Whether people read the text too; otherwise it is one line.
  /// - Returns: The encoder, which sorts keys and leaves slashes as they are.
  package static func stable(isIndented: Bool = true) -> JSONEncoder {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    if isIndented { encoder.outputFormatting.insert(.prettyPrinted) }
    return encoder
  }
}
