/// Texts in which every Unicode scalar stands before and after each of some signs.
///
/// They are whole parts of all 0x110000 scalars but the surrogates, in their order.
struct Scalars: Sequence {
  /// The signs.
  let signs: [Unicode.Scalar]

  /// The scalars of a text.
  static let count = 8192

  init(around signs: String) { self.signs = Array(signs.unicodeScalars) }

  func makeIterator() -> some IteratorProtocol<String> {
    stride(from: 0, to: 0x110000, by: Self.count).lazy.map { start in
      var text = String.UnicodeScalarView()
      for value in start..<start + Self.count {
        guard let scalar = Unicode.Scalar(UInt32(value)) else { continue }
        for sign in signs {
          text.append(scalar)
          text.append(sign)
        }
        text.append(scalar)
      }
      return String(text)
    }.makeIterator()
  }
}
