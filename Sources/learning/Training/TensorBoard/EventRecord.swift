internal import ProtocolBuffers

/// An event of TensorBoard, and the bytes that say it.
///
/// A record (TFRecord) is the length of its data as 8 bytes, the masked CRC-32C of these, the data, and their masked CRC-32C;
/// numbers are little-endian. The data are a message `Event` of protocol buffers (tensorflow/core/util/event.proto):
/// 1 `wall_time` (double), 2 `step` (int64), 3 `file_version` (string), 5 `summary`, 7 `session_log`.
/// A `Summary` has 1 `value` (repeated), of 1 `tag` (string) and 2 `simple_value` (float).
struct EventRecord: Hashable, Sendable {
  /// The content of an event.
  enum Content: Hashable, Sendable {
    /// The first record of a file.
    case fileVersion

    /// The steps from this one on replace those of earlier files (`SessionLog.START`).
    case start

    /// Numbers by their names.
    case scalars([Scalar])
  }

  /// A number and its name; a slash in a name makes a group.
  struct Scalar: Hashable, Sendable {
    var tag: String
    var value: Double
  }

  /// The time [s since 1970].
  var time: Double

  /// The steps done in all.
  var step: Int

  /// The content.
  var content: Content

  /// The record.
  var bytes: [UInt8] {
    let data = message
    let length = littleEndian(UInt64(data.count))
    return length + littleEndian(MaskedCRC32C.masked(length)) + data
      + littleEndian(MaskedCRC32C.masked(data))
  }

  private var message: [UInt8] {
    var message = ProtocolMessage()
    message.add(1, time)
    message.add(2, UInt64(step))
    switch content {
    case .fileVersion:
      message.add(3, "brain.Event:2")
    case .start:
      var log = ProtocolMessage()
      log.add(1, UInt64(1))
      message.add(7, log)
    case .scalars(let scalars):
      var summary = ProtocolMessage()
      for scalar in scalars {
        var value = ProtocolMessage()
        value.add(1, scalar.tag)
        value.add(2, Float(scalar.value))
        summary.add(1, value)
      }
      message.add(5, summary)
    }
    return message.bytes
  }
}

private func littleEndian<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
  withUnsafeBytes(of: number.littleEndian) { Array($0) }
}
