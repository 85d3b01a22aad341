internal import DurableFiles
internal import Foundation
internal import Text

/// Named tensors of single-precision numbers, and texts beside them, in the format of the package
/// safetensors.
///
/// The bytes are the length n of the header (8 bytes, little-endian), the header (JSON of n bytes, padded
/// with blanks to a multiple of eight), and the numbers of all tensors without gaps
/// (github.com/huggingface/safetensors, section "Format"). Tensors are written in the order of their
/// names, as the package does, and texts too, which it writes in any order: the same content makes the same
/// bytes.
package struct SafeTensors: Hashable, Sendable {
  /// A tensor.
  package struct Tensor: Hashable, Sendable {
    /// The length of each axis, slowest first.
    package var shape: [Int]

    /// The numbers in C order, [the product of the shape].
    package var values: [Float]

    /// Makes a tensor of as many numbers as its shape says.
    package init(shape: [Int], values: [Float]) {
      precondition(values.count == shape.reduce(1, *), "numbers that do not fill the shape")
      self.shape = shape
      self.values = values
    }
  }

  /// The tensors by their names.
  package var tensors: [String: Tensor]

  /// The texts by their names.
  package var metadata: [String: String]

  /// The longest header that the format allows [bytes].
  static let largestHeader = 100_000_000

  /// Makes the content of a file.
  package init(tensors: [String: Tensor], metadata: [String: String] = [:]) {
    self.tensors = tensors
    self.metadata = metadata
  }

  /// The bytes of the file.
  var encoded: Data {
    var entries: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }
        .map { "\(Quoting.json($0.key)):\(Quoting.json($0.value))" }
      entries.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    let sorted = tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    var end = 0
    for (name, tensor) in sorted {
      let start = end
      end += tensor.values.count * MemoryLayout<Float>.size
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      entries.append(
        "\(Quoting.json(name)):{\"dtype\":\"F32\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(end)]}")
    }
    var header = Array("{\(entries.joined(separator: ","))}".utf8)
    while header.count % 8 != 0 { header.append(UInt8(ascii: " ")) }
    var data = Data(capacity: 8 + header.count + end)
    withUnsafeBytes(of: UInt64(header.count).littleEndian) { data.append(contentsOf: $0) }
    data += header
    for (_, tensor) in sorted { data.append(tensor.values.littleEndianBytes) }
    return data
  }

  /// Writes the file, which appears when it is complete.
  ///
  /// - Throws: `FileError` if it cannot be written.
  package func write(to path: String) throws {
    try DurableFile.write(encoded, to: path)
  }
}

extension [Float] {
  /// The bytes of the numbers, little-endian.
  var littleEndianBytes: Data {
    map(\.bitPattern.littleEndian).withUnsafeBytes { Data($0) }
  }
}
