internal import Text

/// One phase of a job and its progress: a pure value that describes itself in one line.
package struct ProgressPhase: Codable, Hashable, Sendable {
  /// The work being done, such as "density of A_1001".
  package let name: String

  /// The unit of the counts, such as "particles".
  package let unit: String

  /// The number of units of the whole phase.
  package let total: Int

  /// The number of units done before the phase began, by the job that is resumed.
  package let start: Int

  /// The number of units done so far, those before the phase included.
  package var completed: Int

  /// More to say, such as the present loss.
  package var note: String

  /// Makes a phase that begins.
  package init(_ name: String, unit: String, total: Int, start: Int = 0) {
    self.name = name
    self.unit = unit
    self.total = total
    self.start = start
    completed = start
    note = ""
  }

  /// The part that is done, from 0 to 1.
  package var fraction: Double {
    total > 0 ? min(1, Double(completed) / Double(total)) : 1
  }

  /// Says the phase in one line: counts, rate, and the time that it has taken or will take.
  ///
  /// - Parameters:
  ///   - elapsed: The time since the phase began [s].
  ///   - barWidth: The number of characters of a bar, or `nil` for none.
  /// - Returns: The line, without its end.
  package func line(after elapsed: Double, barWidth: Int? = nil) -> String {
    var parts = [name]
    if let barWidth {
      let filled = Int(fraction * Double(barWidth))
      parts.append(
        "[\(String(repeating: "#", count: filled))\(String(repeating: ".", count: barWidth - filled))]"
      )
    }
    parts.append("\(Int(fraction * 100))%")
    parts.append("\(completed) of \(total) \(unit),")
    let done = completed - start
    if elapsed > 0, done > 0 {
      let rate = Double(done) / elapsed
      parts.append("\(rounded(rate)) per second,")
      parts.append(
        completed < total
          ? "\(duration(Double(total - completed) / rate)) left" : "took \(duration(elapsed))")
    } else {
      parts.append("\(duration(elapsed)) so far")
    }
    if !note.isEmpty { parts.append("(\(note))") }
    return parts.joined(separator: " ")
  }
}

/// Writes a positive number with three digits that matter.
private func rounded(_ value: Double) -> String {
  if value >= 100 { return String(Int(value.rounded())) }
  let scale = value >= 10 ? 10.0 : value >= 1 ? 100 : 1000
  return String((value * scale).rounded() / scale)
}
