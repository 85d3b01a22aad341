import DurableFiles
import Foundation
import HDF5
import TestSupport

/// Writes an HDF5 file anew with attributes or datasets changed as a seed says.
///
/// Checksums of changed datasets, and the seal of a file that has one, are made to fit in half of all cases: the
/// numbers are then what they should be for all that a reader can check.
///
/// - Parameters:
///   - original: The path of an intact file.
///   - target: The path of the changed one.
///   - seed: What the changes are drawn from.
/// - Throws: `HDF5Error`, or an error of Foundation.
func writeMutated(_ original: String, to target: String, seed: UInt64) throws {
  var random = SeededGenerator(seed: seed)
  var content = try HDF5Content(of: original)
  let isSealed = try Data(contentsOf: URL(filePath: original)).suffix(32).starts(with: mark)
  for _ in 0..<Int.random(in: 0...2, using: &random) {
    let seed = random.next()
    if Bool.random(using: &random) {
      _ = content.mutateAttribute(seed: seed)
    } else {
      _ = content.mutateDataset(seed: seed)
    }
  }
  if Bool.random(using: &random) { content.renewChecksums() }
  try? FileManager.default.removeItem(atPath: target)
  try content.write(to: target)
  if isSealed, Bool.random(using: &random) {
    let data = try Data(contentsOf: URL(filePath: target))
    try (data + mark + Data("\(Checksum(of: data))".utf8)).write(to: URL(filePath: target))
  }
}

/// How the seal of a file begins (`Documentation/formats.md`).
private let mark = Data("halompi-checksum".utf8)

extension HDF5Content {
  /// Makes the attributes `checksum` of all datasets fit.
  fileprivate mutating func renewChecksums() {
    for index in objects.indices where objects[index].extents != nil {
      let checksum = "\(Checksum(of: objects[index].values.bytes))"
      for place in objects[index].attributes.indices
      where objects[index].attributes[place].name == "checksum" {
        objects[index].attributes[place].values = .text(checksum)
      }
    }
  }
}

extension HDF5Content.Values {
  /// The bytes of the numbers as they are stored.
  fileprivate var bytes: Data {
    switch self {
    case .double(let numbers): numbers.withUnsafeBytes { Data($0) }
    case .float(let numbers): numbers.withUnsafeBytes { Data($0) }
    case .int32(let numbers): numbers.withUnsafeBytes { Data($0) }
    case .uint32(let numbers): numbers.withUnsafeBytes { Data($0) }
    case .int64(let numbers): numbers.withUnsafeBytes { Data($0) }
    case .uint64(let numbers): numbers.withUnsafeBytes { Data($0) }
    case .text(let text): Data(text.utf8)
    }
  }
}
