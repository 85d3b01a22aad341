internal import Runs
internal import Training

/// A reason why a result is made, or made again.
enum RemakeReason: Hashable, Sendable {
  /// Nothing of it is there.
  case notMade
  /// It was begun, and goes on: how far it is.
  case unfinished(String)
  /// A file of it is gone.
  case missing(String)
  /// A file of it is not what was written.
  case damaged(String)
  /// There is no record of what it was made of.
  case unrecorded
  /// A setting is another: its name and values.
  case setting(String)
  /// A file that went in is another.
  case input(String)
  /// Another build of the program made it; its version.
  case program(String)
  /// A result of an earlier stage is made first.
  case earlier(String)
}

extension RemakeReason: CustomStringConvertible {
  /// The reason as a clause.
  var description: String {
    switch self {
    case .notMade: "nothing of it is there"
    case .unfinished(let progress): "it is not finished: \(progress)"
    case .missing(let file): "\(file) is missing"
    case .damaged(let file): "\(file) is not what was written"
    case .unrecorded: "there is no record of what it was made of"
    case .setting(let difference): difference
    case .input(let name): "\(name) changed"
    case .program(let version): "another build of halompi made it (\(version))"
    case .earlier(let name): "\(name) is made first"
    }
  }
}

extension RemakeReason {
  /// Compares the record of a result with the one that it would have if it were made now.
  ///
  /// - Parameters:
  ///   - record: The record as it was made; `nil` without one.
  ///   - present: The record of now, with the files that are there.
  ///   - anyProgram: Whether results of other builds of the program are as good.
  /// - Returns: The reasons to make it again; none if it is what it would be.
  static func reasons(
    from record: ResultRecord?, to present: ResultRecord, anyProgram: Bool = false
  ) -> [RemakeReason] {
    let missing = present.outputs.filter { $0.checksum == nil }.map(\.name)
    if !present.outputs.isEmpty, missing.count == present.outputs.count { return [.notMade] }
    guard let record else { return missing.map { .missing($0) } + [.unrecorded] }
    var reasons = missing.map { RemakeReason.missing($0) }
    reasons += present.outputs.filter { output in
      output.checksum != nil && output.checksum != record.outputs.checksum(of: output.name)
    }.map { .damaged($0.name) }
    reasons += lineDifferences(from: record.settings, to: present.settings).map { .setting($0) }
    let names = record.inputs.map(\.name)
    let added = present.inputs.map(\.name).filter { !names.contains($0) }
    reasons += (names + added).filter { name in
      record.inputs.checksum(of: name) != present.inputs.checksum(of: name)
    }.map { .input($0) }
    if !anyProgram, record.program.checksum != present.program.checksum {
      let program = record.program
      reasons.append(.program("\(program.version), checksum \(program.checksum)"))
    }
    return reasons
  }
}

extension [FileMark] {
  /// The checksum of the file with a name; `nil` if there is no such file.
  fileprivate func checksum(of name: String) -> String? { first { $0.name == name }?.checksum }
}
