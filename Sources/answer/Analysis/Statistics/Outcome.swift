/// A number or a figure's data, or the reason why there is none.
///
/// In JSON it is `{"value": ...}` or `{"value": null, "reason": "..."}`: no NaN and no silent gap.
package enum Outcome<Value> {
  /// It could be computed.
  case known(Value)

  /// It could not, for the reason given: a clause without a full stop.
  case unknown(String)

  /// The value, if there is one.
  package var value: Value? {
    switch self {
    case .known(let value): value
    case .unknown: nil
    }
  }

  /// The reason why there is no value; `nil` if there is one.
  package var reason: String? {
    switch self {
    case .known: nil
    case .unknown(let reason): reason
    }
  }

  /// Returns the outcome with `body` applied to the value; a reason is kept.
  package func map<Other>(_ body: (Value) -> Other) -> Outcome<Other> {
    switch self {
    case .known(let value): .known(body(value))
    case .unknown(let reason): .unknown(reason)
    }
  }
}

extension Outcome: Sendable where Value: Sendable {}
extension Outcome: Equatable where Value: Equatable {}
extension Outcome: Hashable where Value: Hashable {}

private enum OutcomeKey: String, CodingKey { case value, reason }

extension Outcome: Encodable where Value: Encodable {
  /// Writes the value, or `null` and the reason.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: OutcomeKey.self)
    switch self {
    case .known(let value):
      try container.encode(value, forKey: .value)
    case .unknown(let reason):
      try container.encodeNil(forKey: .value)
      try container.encode(reason, forKey: .reason)
    }
  }
}

extension Outcome: Decodable where Value: Decodable {
  /// Reads a value, or `null` and the reason.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: OutcomeKey.self)
    if try container.decodeNil(forKey: .value) {
      self = .unknown(try container.decode(String.self, forKey: .reason))
    } else {
      self = .known(try container.decode(Value.self, forKey: .value))
    }
  }
}
