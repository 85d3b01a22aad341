internal import Foundation

/// A number with four digits that matter.
package func digits(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return "\(value)" }
  return String(format: "%.4g", value)
}

/// A redshift, whose rounding errors around zero are left out.
package func redshiftDigits(_ value: Double) -> String {
  value.magnitude < 1e-9 ? "0" : digits(value)
}

/// Writes a number with `count` digits after the decimal point.
package func decimals(_ value: Double, _ count: Int) -> String {
  String(format: "%.\(count)f", value)
}

/// Writes a time as `42 s`, `3 min 5 s` or `2 h 7 min`; one of more than a million years as `4.2e+15 s`.
package func duration(_ seconds: Double) -> String {
  guard seconds.magnitude < 1e14 else { return "\(digits(seconds)) s" }
  let total = Int(seconds.rounded())
  if total < 60 { return "\(total) s" }
  if total < 3600 { return "\(total / 60) min \(total % 60) s" }
  return "\(total / 3600) h \(total % 3600 / 60) min"
}

/// Returns a number of bytes in MiB, rounded up.
package func mebibytes(_ bytes: Int) -> Int {
  (bytes >> 20) + (bytes.isMultiple(of: 1 << 20) ? 0 : 1)
}

/// Returns a sentence as a part of another one.
package func clause(_ sentence: String) -> String {
  let words = sentence.hasSuffix(".") ? sentence.dropLast() : sentence[...]
  return words.prefix(1).lowercased() + words.dropFirst()
}
