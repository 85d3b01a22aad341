import Foundation
import HDF5
import Synchronization
import TestSupport

/// Changes files and looks how the program takes them; `scripts/fuzz` starts it.
@main
enum Main {
  private static let usage = """
    usage: scripts/fuzz TARGET SECONDS SEED [ROUND]
           scripts/fuzz all SECONDS SEED
           scripts/fuzz TARGET|all COUNTx SEED
           scripts/fuzz list

    """

  static func main() {
    do {
      exit(try run() == 0 ? 0 : 1)
    } catch {
      FileHandle.standardError.write(Data("fuzz: \(error)\n".utf8))
      exit(70)
    }
  }

  /// Does what the words say, of which the first is the program and the others are as in the usage, and returns the number of bad rounds.
  private static func run() throws -> Int {
    let words = Array(CommandLine.arguments.dropFirst())
    if words.dropFirst() == ["list"] {
      print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
      return 0
    }
    if words.count == 3, words[0] == "--numbers" {
      startHDF5()
      let numbers = try FileNumbers(of: words[1]).datasets.joined(separator: "\n")
      try Data(numbers.utf8).write(to: URL(filePath: words[2]))
      return 0
    }
    guard words.count == 4 || words.count == 5, let length = Self.length(words[2]),
      let seed = UInt64(words[3])
    else { refuse(usage) }
    let targets = FuzzTarget.all.filter { words[1] == "all" || words[1] == $0.name }
    guard !targets.isEmpty else { refuse("no target \(words[1]); see scripts/fuzz list\n") }
    startHDF5()
    return try withScratchFolder { scratch in
      let folder = "\(scratch)/corpus"
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let corpus = try Corpus(in: folder, by: words[0])
      return try targets.reduce(0) { count, target in
        let campaign = try Campaign(
          target: target, seed: seed, corpus: corpus, scratch: scratch,
          fuzzer: URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path)
        guard words.count == 5 else {
          let result = campaign.run(length, workers: 4)
          report(result, of: target, seed)
          return count + result.findings.count
        }
        // Beside the program, where it is in nobody's way.
        let kept = URL(filePath: words[0]).deletingLastPathComponent()
          .appending(path: "fuzz-\(target.name)-\(seed)-\(words[4])").path
        let outcome = campaign.round(Int(words[4]) ?? 0, keeping: kept)
        print("the file: \(kept)")
        guard case .bad(let finding) = outcome else { return count }
        print(describe(finding, of: target, seed))
        return count + 1
      }
    }
  }

  /// Reads how long a target is tried: seconds, or a number of rounds such as `1000x`.
  static func length(_ word: String) -> Campaign.Length? {
    guard word.hasSuffix("x") else { return Double(word).map { .seconds($0) } }
    return Int(word.dropLast()).map { .rounds($0) }
  }

  private static func refuse(_ text: String) -> Never {
    FileHandle.standardError.write(Data(text.utf8))
    exit(64)
  }

  private static func report(_ result: Campaign.Result, of target: FuzzTarget, _ seed: UInt64) {
    for finding in result.findings { print(describe(finding, of: target, seed)) }
    print(
      "\(target.name): \(result.tried) tried, \(result.refused) refused, \(result.relabeled) of other data, "
        + "\(result.noted) with a note, \(result.findings.count) bad (seed \(seed))")
    fflush(nil)
  }

  private static func describe(
    _ finding: Campaign.Finding, of target: FuzzTarget, _ seed: UInt64
  ) -> String {
    """
    BAD \(target.name), \(finding.file): \(finding.fault)
      again: scripts/fuzz \(target.name) 1 \(seed) \(finding.round)
      command: halompi \(finding.command.prefix(1500).debugDescription)
      it said: \(finding.errors.prefix(600).debugDescription)
    """
  }
}
