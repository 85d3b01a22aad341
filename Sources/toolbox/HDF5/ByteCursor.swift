/// A place in bytes, beyond which nothing is read: every step that would lead there fails.
struct ByteCursor {
  private let bytes: ArraySlice<UInt8>

  /// The place of the next byte, from the first one.
  private(set) var place = 0

  /// Begins at the first byte.
  init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

  private init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

  /// The number of bytes that are left.
  var remaining: Int { bytes.count - place }

  /// Goes on by so many bytes, if there are as many.
  mutating func skip(_ count: Int) -> Bool {
    guard count >= 0, count <= remaining else { return false }
    place += count
    return true
  }

  /// Reads a number, the smallest byte first.
  mutating func number(_ width: Int) -> UInt64? {
    let start = bytes.startIndex + place
    guard width <= 8, skip(width) else { return nil }
    return bytes[start..<start + width].reversed().reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// Takes so many bytes as a part of their own.
  mutating func part(_ count: Int) -> ByteCursor? {
    let start = bytes.startIndex + place
    return skip(count) ? ByteCursor(bytes[start..<start + count]) : nil
  }

  /// Goes past a text and the zero at its end, and on to a multiple of `unit` bytes from its start.
  mutating func skipText(paddedTo unit: Int) -> Bool {
    let rest = bytes.dropFirst(place)
    guard let end = rest.firstIndex(of: 0) else { return false }
    let length = end - rest.startIndex + 1
    return skip((length + unit - 1) / unit * unit)
  }
}

// MARK: - Messages of HDF5

/// The value of a message, if all of it is within its room.
enum Encoded<Value> {
  /// It is, with this value.
  case value(Value)
  /// It is of a kind that is left to the library.
  case unknown
  /// It is not.
  case beyond

  /// The same with another value.
  func map(to value: Value) -> Encoded {
    if case .value = self { return .value(value) }
    return self
  }
}

extension ByteCursor {
  /// The most types within each other that are followed.
  private static let deepest = 32

  /// Reads extents, and returns the number of elements, saturated (specification, section IV.A.2.b).
  mutating func extents(lengthWidth: Int) -> Encoded<UInt64> {
    guard let version = number(1), let rank = number(1), let flags = number(1) else {
      return .beyond
    }
    guard version == 1 || version == 2 else { return .unknown }
    guard rank <= 32 else { return .beyond }
    var kind: UInt64 = 1
    if version == 1 {
      guard skip(5) else { return .beyond }
    } else {
      guard let next = number(1) else { return .beyond }
      kind = next
    }
    var count: UInt64 = 1
    for _ in 0..<rank {
      guard let extent = number(lengthWidth) else { return .beyond }
      let (product, overflows) = count.multipliedReportingOverflow(by: extent)
      count = overflows ? .max : product
    }
    guard flags & 1 == 0 || skip(Int(rank) * lengthWidth) else { return .beyond }
    // 2: no elements at all.
    return .value(kind == 2 ? 0 : count)
  }

  /// Reads a type, and returns the size of its elements [bytes] (specification, section IV.A.2.d).
  mutating func type(depth: Int = 0) -> Encoded<UInt64> {
    guard depth < Self.deepest, let head = number(1), let bits = number(3), let size = number(4)
    else { return .beyond }
    let version = head >> 4
    guard (1...3).contains(version) else { return .unknown }
    let isWithin: Bool
    switch head & 0xF {
    case 0, 4: isWithin = skip(4)
    case 1: isWithin = skip(12)
    case 2: isWithin = skip(2)
    case 3, 7: isWithin = true
    case 5: isWithin = skip(Int(bits & 0xFF))
    case 6:
      guard let problem = members(Int(bits & 0xFFFF), version, of: size, depth) else {
        return .value(size)
      }
      return problem
    case 8: return names(Int(bits & 0xFFFF), version, of: size, depth)
    case 9: return type(depth: depth + 1).map(to: size)
    case 10:
      guard let rank = number(1), rank <= 32, version > 2 || skip(3),
        skip(Int(rank) * (version > 2 ? 4 : 8))
      else { return .beyond }
      return type(depth: depth + 1).map(to: size)
    default: return .unknown
    }
    return isWithin ? .value(size) : .beyond
  }

  /// Reads the members of a compound type; `nil` if they are within their room.
  private mutating func members(
    _ count: Int, _ version: UInt64, of size: UInt64, _ depth: Int
  ) -> Encoded<UInt64>? {
    // Places of members have as many bytes as the size of the whole needs, from version 3 on.
    let width = version < 3 ? 4 : size < 1 << 8 ? 1 : size < 1 << 16 ? 2 : size < 1 << 24 ? 3 : 4
    for _ in 0..<count {
      // Version 1 tells extents of each member.
      guard skipText(paddedTo: version < 3 ? 8 : 1), skip(width), version > 1 || skip(28) else {
        return .beyond
      }
      switch type(depth: depth + 1) {
      case .value: continue
      case .unknown: return .unknown
      case .beyond: return .beyond
      }
    }
    return nil
  }

  /// Reads the base, the names and the values of an enumeration.
  private mutating func names(
    _ count: Int, _ version: UInt64, of size: UInt64, _ depth: Int
  ) -> Encoded<UInt64> {
    switch type(depth: depth + 1) {
    case .unknown: return .unknown
    case .beyond: return .beyond
    case .value(let width):
      for _ in 0..<count {
        guard skipText(paddedTo: version < 3 ? 8 : 1) else { return .beyond }
      }
      let (values, overflows) = width.multipliedReportingOverflow(by: UInt64(count))
      guard !overflows, skip(Int(clamping: values)) else { return .beyond }
      return .value(size)
    }
  }

  /// Reads an attribute, and returns its name (specification, section IV.A.2.m).
  mutating func attribute(lengthWidth: Int) -> Encoded<String> {
    guard let version = number(1), let flags = number(1), let nameLength = number(2),
      let typeLength = number(2), let extentsLength = number(2)
    else { return .beyond }
    // The library knows no others, and may crash after it has refused one.
    guard (1...3).contains(version) else { return .beyond }
    // Version 1 fills each part up to a multiple of eight bytes; version 3 tells the encoding of the name.
    func room(_ length: UInt64) -> Int { version == 1 ? (Int(length) + 7) / 8 * 8 : Int(length) }
    guard version < 3 || skip(1), let bytes = part(room(nameLength)), let name = bytes.text,
      name.length < nameLength, var type = part(room(typeLength)),
      var extents = part(room(extentsLength))
    else { return .beyond }
    // Types and extents that are shared with others are elsewhere.
    let hasOwn = (type: version == 1 || flags & 1 == 0, extents: version == 1 || flags & 2 == 0)
    let isList = type.isOfVariableLength
    let size = hasOwn.type ? type.type() : .unknown
    let count = hasOwn.extents ? extents.extents(lengthWidth: lengthWidth) : .unknown
    switch (size, count) {
    case (.beyond, _), (_, .beyond): return .beyond
    case (.value(let size), .value(let count)):
      let (bytes, overflows) = size.multipliedReportingOverflow(by: count)
      guard !overflows, bytes <= UInt64(remaining) else { return .beyond }
      return isList && hasLongLists(Int(count), of: Int(size)) ? .beyond : .value(name.text)
    default: return .value(name.text)
    }
  }

  /// Whether what follows is a type of variable length (specification, section IV.A.2.d).
  private var isOfVariableLength: Bool {
    bytes.dropFirst(place).first.map { $0 & 0xF == 9 } ?? false
  }

  /// Returns whether a list or text that stands elsewhere states a length for which the library would take more memory
  /// than any attribute needs; it does so by that word alone.
  private mutating func hasLongLists(_ count: Int, of size: Int) -> Bool {
    for _ in 0..<count {
      guard var list = part(size), let length = list.number(4), length <= 1 << 24 else {
        return true
      }
    }
    return false
  }

  /// The text up to a zero, and its length [bytes]; `nil` if there is no zero.
  private var text: (text: String, length: Int)? {
    let rest = bytes.dropFirst(place)
    return rest.firstIndex(of: 0).map {
      (String(decoding: rest[..<$0], as: UTF8.self), $0 - rest.startIndex)
    }
  }
}
