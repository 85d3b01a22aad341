import Foundation
import Synchronization
import TestSupport

/// The rounds of a target: in each, a file is changed as the seed and the number of the round say, and a command
/// reads it.
struct Campaign: Sendable {
  /// The target.
  let target: FuzzTarget

  /// What all changes are drawn from.
  let seed: UInt64

  /// The intact files.
  let corpus: Corpus

  /// Where the rounds work.
  let scratch: String

  /// The path of the fuzzer itself.
  let fuzzer: String

  /// The labels that `prepare` gives the intact files; `nil` if no command of the target does.
  private let labels: PreparedLabels?

  /// Makes a campaign.
  ///
  /// - Parameters:
  ///   - target: The target.
  ///   - seed: What all changes are drawn from.
  ///   - corpus: The intact files.
  ///   - scratch: Where the rounds work.
  ///   - fuzzer: The path of the fuzzer itself.
  /// - Throws: An error if the intact files cannot be prepared.
  init(
    target: FuzzTarget, seed: UInt64, corpus: Corpus, scratch: String, fuzzer: String
  ) throws {
    self.target = target
    self.seed = seed
    self.corpus = corpus
    self.scratch = scratch
    self.fuzzer = fuzzer
    guard let fields = target.fields, let command = target.commands.last else {
      labels = nil
      return
    }
    let folder = "\(scratch)/\(target.name)-intact"
    try Self.copy(target.files, of: corpus, to: folder)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let trial = try Trial(of: [corpus.program] + command, in: folder, temporary: scratch)
    guard trial.code == 0 else { throw Corpus.Failed(description: trial.errors) }
    labels = try PreparedLabels(of: "\(folder)/\(fields)")
  }

  /// How long a campaign goes on.
  enum Length: Equatable, Sendable {
    case seconds(Double)
    case rounds(Int)
  }

  /// A round that ended as it must not.
  struct Finding: Sendable {
    let round: Int
    let command: String
    let fault: String
    let errors: String
    /// The file that was changed.
    let file: String
  }

  /// How many rounds there were, and which ended as they must not.
  struct Result: Sendable {
    var tried = 0
    var refused = 0
    /// Read with other labels than the intact files', of other data.
    var relabeled = 0
    /// Read with other masses, and with a note on them.
    var noted = 0
    var findings: [Finding] = []
  }

  /// Runs rounds until some seconds have passed, or so many of them, several at a time.
  ///
  /// - Parameters:
  ///   - length: The time or the number of rounds; each command sees the intact files at least.
  ///   - workers: How many rounds are under way at once.
  /// - Returns: What was found, in the order of the rounds.
  func run(_ length: Length, workers: Int) -> Result {
    let begin = Date()
    @Sendable func isOver(_ round: Int) -> Bool {
      switch length {
      case .seconds(let seconds): Date().timeIntervalSince(begin) >= seconds
      case .rounds(let count): round >= count
      }
    }
    let next = Atomic(0)
    let result = Mutex(Result())
    DispatchQueue.concurrentPerform(iterations: workers) { _ in
      while true {
        let round = next.wrappingAdd(1, ordering: .relaxed).oldValue
        guard round < target.commands.count || !isOver(round) else { return }
        let finding = self.round(round)
        result.withLock { result in
          result.tried += 1
          if case .refused = finding { result.refused += 1 }
          if case .relabeled = finding { result.relabeled += 1 }
          if case .noted = finding { result.noted += 1 }
          if case .bad(let finding) = finding { result.findings.append(finding) }
        }
      }
    }
    return result.withLock { result in
      var sorted = result
      sorted.findings.sort { $0.round < $1.round }
      return sorted
    }
  }

  /// What a round came to.
  enum Outcome: Sendable {
    case read, refused, relabeled, noted, bad(Finding)
  }

  /// Runs one round; the first ones are those of the intact files, one for each command.
  ///
  /// - Parameters:
  ///   - round: The number of the round.
  ///   - copy: Where the changed file is kept.
  /// - Returns: What it came to.
  func round(_ round: Int, keeping copy: String? = nil) -> Outcome {
    let folder = "\(scratch)/\(target.name)-\(round)"
    let temporary = "\(folder).tmp"
    defer {
      for path in [folder, temporary] { try? FileManager.default.removeItem(atPath: path) }
    }
    // A round depends on nothing but its number.
    var random = SeededGenerator(seed: seed &* 0x9E37_79B9_7F4A_7C15 &+ UInt64(round))
    let isIntact = round < target.commands.count
    // The first of several files of a set can be opened, the others not.
    let victim =
      isIntact
      ? target.victims[0] : target.victims.randomElement(using: &random) ?? target.victims[0]
    let drawn = target.commands.randomElement(using: &random) ?? target.commands[0]
    let file = corpus.path(of: victim.file)
    let settings = isIntact || victim.format != .settings ? [] : drawnOverrides(seed: random.next())
    let words = (isIntact ? target.commands[round] : drawn).flatMap { word in
      word == "SETTINGS" ? settings : [word == "FILE" ? file : word]
    }
    func bad(_ fault: String, _ errors: String = "") -> Outcome {
      .bad(
        Finding(
          round: round, command: words.joined(separator: " "), fault: fault, errors: errors,
          file: file))
    }
    do {
      try prepare(folder, temporary)
      if !isIntact, victim.format != .settings {
        try mutate(file, victim.format, in: folder, &random)
      }
      if let copy {
        try? FileManager.default.removeItem(atPath: copy)
        try FileManager.default.copyItem(atPath: "\(folder)/\(file)", toPath: copy)
      }
      let before = try files(in: folder)
      let trial = try Trial(
        of: [corpus.program] + words, in: folder, temporary: temporary,
        isToldOfMemory: victim.format == .settings)
      let mayTakeLong = target.longCommands.contains(words[0])
      if mayTakeLong, trial.hasRunOutOfTime { return .read }
      if let fault = trial.fault(mayTakeLong: mayTakeLong) { return bad(fault, trial.errors) }
      if isIntact, trial.code != 0 {
        return bad("exit code \(trial.code) with intact files", trial.errors)
      }
      let added = trial.code == 0 ? [] : try files(in: folder).subtracting(before)
      let left = added.filter { path in
        path == FuzzTarget.product
          || [".partial", ".draft", ".tmp"].contains { path.hasSuffix($0) }
      }
      let names = try FileManager.default.contentsOfDirectory(atPath: temporary)
      // The launcher's own folder goes a moment after the program.
      let leftovers = left + names.filter { !$0.hasPrefix("ompi.") }
      guard leftovers.isEmpty else {
        return bad("left behind: \(leftovers.joined(separator: ", "))", trial.errors)
      }
      guard trial.code == 0 else { return .refused }
      guard let labels, words == target.commands.last, let fields = target.fields else {
        return .read
      }
      let found = try PreparedLabels(of: "\(folder)/\(fields)")
      if let contradiction = found.contradiction { return bad("it wrote that \(contradiction)") }
      if found == labels { return .read }
      let content = try victim.content(
        of: "\(folder)/\(file)", besides: "\(corpus.folder)/\(file)", by: fuzzer, in: temporary)
      if content == .otherData { return .relabeled }
      // A unit in an attribute may be another one, as far as the program can know.
      return trial.errors.contains("times the mass of their particles")
        ? .noted : bad("other labels, though the data are those of the intact file")
    } catch {
      return bad("\(error)")
    }
  }

  /// Copies what the commands need.
  private func prepare(_ folder: String, _ temporary: String) throws {
    try FileManager.default.createDirectory(
      atPath: temporary, withIntermediateDirectories: true)
    try Self.copy(target.files, of: corpus, to: folder)
  }

  private static func copy(_ files: [String], of corpus: Corpus, to folder: String) throws {
    let manager = FileManager.default
    try manager.createDirectory(atPath: folder, withIntermediateDirectories: true)
    for file in files {
      let copy = URL(filePath: "\(folder)/\(file)")
      try manager.createDirectory(
        at: copy.deletingLastPathComponent(), withIntermediateDirectories: true)
      try manager.copyItem(atPath: "\(corpus.folder)/\(file)", toPath: copy.path)
    }
  }

  /// Changes a copy; half of all changes are those of bytes.
  private func mutate(
    _ file: String, _ format: FuzzTarget.Format, in folder: String,
    _ random: inout SeededGenerator
  ) throws {
    let original = "\(corpus.folder)/\(file)"
    let data = try Data(contentsOf: URL(filePath: original))
    let seed = random.next()
    let path = "\(folder)/\(file)"
    switch Bool.random(using: &random) ? .binary : format {
    case .binary: try mutated(data, seed: seed).write(to: URL(filePath: path))
    case .text: try mutatedText(data, seed: seed).write(to: URL(filePath: path))
    case .safeTensors: try mutatedSafeTensors(data, seed: seed).write(to: URL(filePath: path))
    case .hdf5: try library.withLock { _ in try writeMutated(original, to: path, seed: seed) }
    case .settings: break
    }
  }

  private func files(in folder: String) throws -> Set<String> {
    Set(try FileManager.default.subpathsOfDirectory(atPath: folder))
  }
}
