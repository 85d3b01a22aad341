import Failures
import Foundation
import TestSupport
import Testing

@testable import Interchange

@Suite struct SafeTensorsTests {
  /// The content of `plain.safetensors`, as `Fixtures/make_fixtures.py` tells it.
  private let plain = SafeTensors(
    tensors: [
      "b.x": SafeTensors.Tensor(shape: [2, 3], values: [0, 1, 2, 3, 4, 5]),
      "a": SafeTensors.Tensor(shape: [2], values: [1.5, -0.0]),
    ], metadata: ["comment": "a quote \", a line\n, a tab\t, and λ \u{1}\\/"])

  @Test func theBytesAreThoseOfThePackage() throws {
    #expect(plain.encoded == (try Fixture.data("plain.safetensors")))
  }

  @Test func whatThePackageWroteIsRead() throws {
    let read = try SafeTensors(decoding: Fixture.data("plain.safetensors"), of: "plain.safetensors")
    #expect(read == plain)
    #expect(read.tensors["a"]?.values[1].sign == .minus)
  }

  @Test func aFileIsWrittenAndReadWithTheSameBits() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("file")
    try plain.write(to: path)
    let read = try SafeTensors(contentsOf: path)
    #expect(read == plain)
    #expect(try Data(contentsOf: URL(filePath: path)) == plain.encoded)
  }

  /// A file of one header and some bytes of content.
  private func file(_ header: String, content: Int) -> Data {
    var length = UInt64(header.utf8.count).littleEndian
    return Data(bytes: &length, count: 8) + Data(header.utf8) + Data(count: content)
  }

  private func failure(_ data: Data) -> String? {
    do {
      _ = try SafeTensors(decoding: data, of: "w.safetensors")
      return nil
    } catch { return error.description }
  }

  @Test(arguments: [
    ("{\"a\":{\"dtype\":\"F16\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "type F16, not F32"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}", 4, "shape [2]"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[-1],\"data_offsets\":[0,4]}}", 4, "shape [-1]"),
    (
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[4611686018427387904,4],\"data_offsets\":[0,0]}}", 0,
      "which does not fit"
    ),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0]}}", 4, "place [0]"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[4,8]}}", 8, "starts at byte 4"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}}", 7, "cut off"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 5, "content has 5"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":[1]}}", 4, "a.data_offsets is missing"),
    ("{\"a\":{\"dtype\":\"F32\",\"shape\":\"1\",\"data_offsets\":[0,4]}}", 4, "a.shape"),
    ("{\"a\":7}", 4, "of another type"), ("{\"a\":", 0, "it is no JSON"),
    (
      "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]},"
        + "\"b\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}", 4, "starts at byte 0"
    ),
  ])
  func aWrongHeaderIsTold(header: String, content: Int, words: String) {
    let message = failure(file(header, content: content))
    #expect(message?.contains(words) == true, "\(message ?? "it was read")")
    #expect(message?.hasPrefix("reading the weights w.safetensors: ") == true)
  }

  @Test func aFileThatIsCutOffIsTold() throws {
    let whole = try Fixture.data("small.safetensors")
    for length in 0..<whole.count {
      let message = failure(whole.prefix(length))
      #expect(message?.contains("cut off") == true, "\(length) bytes: \(message ?? "it was read")")
    }
    #expect(failure(Data("\u{89}HDF\r\n\u{1a}\n".utf8))?.contains("no safetensors file") == true)
  }
}
