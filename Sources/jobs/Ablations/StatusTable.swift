internal import Foundation
internal import Text

/// The state of all runs of an ablation, as a table for a person or as JSON for a program.
package struct StatusTable: CustomStringConvertible {
  private let statuses: [RunStatus]

  /// Makes the table of runs.
  package init(_ statuses: [RunStatus]) { self.statuses = statuses }

  /// The runs as a JSON list.
  package var json: String { String(decoding: jsonFile(of: statuses), as: UTF8.self) }

  /// A line per run, and one that counts them by their states.
  package var description: String {
    var rows = [["run", "state", "done", "epochs", "best loss", "left", "why"]]
    rows += statuses.map { status in
      [
        status.name, status.state.rawValue, "\(Int(status.fraction * 100)) %",
        "\(status.epochs)/\(status.epochLimit)", status.bestLoss.map(digits) ?? "-",
        status.secondsLeft.map(duration) ?? "-", status.note,
      ]
    }
    let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
    let lines = rows.map { row in
      let cells = zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }
      return cells.joined(separator: "  ").replacing(#/ +$/#, with: "")
    }
    let counts = RunState.allCases.compactMap { state -> String? in
      let count = statuses.count { $0.state == state }
      return count > 0 ? "\(count) \(state.rawValue)" : nil
    }
    return (lines + ["\(statuses.count) runs: \(counts.joined(separator: ", "))"])
      .joined(separator: "\n")
  }
}

extension RunStatus {
  /// The text of the last column: why the run failed, or that it is trained and has not predicted.
  fileprivate var note: String {
    if let failure { return failure.reason }
    return state != .done && isTrained ? "trained, has not predicted" : ""
  }
}
