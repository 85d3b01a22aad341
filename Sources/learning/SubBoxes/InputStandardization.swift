/// The shift and the scale of each channel of an input.
package struct InputStandardization: Hashable, Sendable {
  /// The standardization of each channel, at least one.
  package let channels: [Standardization]

  /// The standardization of an input of one channel that leaves every value as it is.
  package static let none = InputStandardization([.none])

  /// Makes the standardization of channels, at least one.
  package init(_ channels: [Standardization]) {
    precondition(!channels.isEmpty, "an input has at least one channel")
    self.channels = channels
  }
}

extension InputStandardization: Codable {
  /// Writes the standardization of the only channel, or the list of several.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if channels.count == 1 {
      try container.encode(channels[0])
    } else {
      try container.encode(channels)
    }
  }

  /// Reads the standardization of the only channel, or the list of several.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    do {
      channels = [try container.decode(Standardization.self)]
    } catch {
      guard let list = try? container.decode([Standardization].self), !list.isEmpty else {
        throw error
      }
      channels = list
    }
  }
}
