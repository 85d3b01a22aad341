internal import DurableFiles
package import Failures
package import Foundation

extension SafeTensors {
  /// Reads a file.
  ///
  /// - Throws: `FileError` if it cannot be read, `Failure` if it is not of this format, or has
  ///   tensors of other types than `F32`.
  package init(contentsOf path: String) throws {
    try self.init(decoding: try DurableFile.read(path), of: path)
  }

  /// Reads the bytes of a file.
  ///
  /// - Parameters:
  ///   - data: All bytes of the file.
  ///   - path: The path of the file, for errors.
  /// - Throws: `Failure` if they are not of this format, or have tensors of other types than
  ///   `F32`.
  package init(decoding data: Data, of path: String) throws(Failure) {
    let reader = Reader(data: data, path: path)
    let (header, start) = try reader.header()
    self.init(tensors: [:], metadata: header.metadata)
    let content = data.count - start
    var end = 0
    let entries = header.tensors.sorted { $0.value.start < $1.value.start }
    for (name, entry) in entries {
      guard entry.dtype == "F32" else {
        throw reader.failure(
          "tensor \(name) is of type \(entry.dtype), not F32",
          "Convert the tensors to single precision before saving them, such as by `.float()`")
      }
      guard let count = entry.elementCount, entry.data_offsets.count == 2,
        entry.length == count.multipliedReportingOverflow(by: 4).partialValue, count < Int.max / 4
      else {
        throw reader.failure(
          "tensor \(name) has the shape \(entry.shape), which does not fit its "
            + "place \(entry.data_offsets)", Reader.saveAnew)
      }
      guard entry.start == end else {
        throw reader.failure(
          "tensor \(name) starts at byte \(entry.start) of the content, where \(end) was expected",
          Reader.saveAnew)
      }
      end += entry.length
      guard end <= content else {
        throw reader.failure(
          "tensor \(name) ends at byte \(end) of the content, which has \(content)",
          "The file is cut off: copy it again")
      }
      tensors[name] = Tensor(
        shape: entry.shape, values: reader.floats(at: start + entry.start, count: count))
    }
    guard end == content else {
      throw reader.failure(
        "its tensors take \(end) bytes, and its content has \(content)", Reader.saveAnew)
    }
  }

  /// The bytes of a file, and how it is called in errors.
  private struct Reader {
    let data: Data
    let path: String

    static let saveAnew = "Save the file anew with the package safetensors, or export it again"

    func failure(_ reason: String, _ remedy: String) -> Failure {
      Failure(.badData, "reading the weights \(path)", because: reason, remedy: remedy)
    }

    /// The header, and where the content starts.
    func header() throws(Failure) -> (Header, Int) {
      guard data.count >= 8 else {
        throw failure(
          "it has \(data.count) bytes, and a safetensors file has at least 8",
          "The file is cut off or of another kind: give one that the package safetensors reads")
      }
      let length = (0..<8).reduce(UInt64(0)) { sum, index in
        sum | UInt64(data[data.startIndex + index]) << UInt64(8 * index)
      }
      guard length <= UInt64(largestHeader) else {
        throw failure(
          "it starts with the length \(length) of a header, which is at most \(largestHeader)",
          "This is no safetensors file: give one that the package safetensors reads")
      }
      let start = 8 + Int(length)
      guard start <= data.count else {
        throw failure(
          "its header has \(length) bytes, and the file only \(data.count)",
          "The file is cut off: copy it again")
      }
      let text = data.dropFirst(8).prefix(Int(length))
      do {
        return (try JSONDecoder().decode(Header.self, from: Data(text)), start)
      } catch {
        throw failure(
          "its header cannot be understood (\(Self.reason(of: error)))", Self.saveAnew)
      }
    }

    /// Numbers at a place of the file.
    func floats(at place: Int, count: Int) -> [Float] {
      data.withUnsafeBytes { bytes in
        (0..<count).map {
          Float(
            bitPattern: UInt32(
              littleEndian: bytes.loadUnaligned(fromByteOffset: place + 4 * $0, as: UInt32.self)))
        }
      }
    }

    private static func reason(of error: any Error) -> String {
      switch error {
      case DecodingError.dataCorrupted: "it is no JSON"
      case DecodingError.keyNotFound(let key, let context):
        "\((context.codingPath + [key]).map(\.stringValue).joined(separator: ".")) is missing"
      case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
        "\(context.codingPath.map(\.stringValue).joined(separator: ".")) is of another type"
      default: "\(error)"
      }
    }
  }

  /// The header, as JSON has it.
  private struct Header: Decodable {
    struct Entry: Decodable {
      let dtype: String
      let shape: [Int]
      // The name of the format.
      let data_offsets: [Int]

      var start: Int { data_offsets.first ?? 0 }

      var length: Int {
        data_offsets.count == 2
          ? data_offsets[1].subtractingReportingOverflow(data_offsets[0]).partialValue : -1
      }

      /// The product of the shape; `nil` if it has negative lengths or is no integer.
      var elementCount: Int? {
        var product = 1
        for length in shape {
          let (value, overflow) = product.multipliedReportingOverflow(by: length)
          guard length >= 0, !overflow else { return nil }
          product = value
        }
        return product
      }
    }

    var metadata: [String: String] = [:]
    var tensors: [String: Entry] = [:]

    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      for key in container.allKeys {
        if key.stringValue == "__metadata__" {
          metadata = try container.decode([String: String].self, forKey: key)
        } else {
          tensors[key.stringValue] = try container.decode(Entry.self, forKey: key)
        }
      }
    }
  }
}
