internal import Failures
internal import Text

// Which further options a job may have: none that it sets itself, or cannot do without.

extension ClusterSettings {
  /// Checks a further option, in the words of the scheduler.
  ///
  /// - Throws: `SettingOutOfRange` that names the setting and what it may be.
  func checkOption(_ option: String, of key: String) throws(SettingOutOfRange) {
    switch scheduler {
    case .slurm: try Self.checkLong(option, of: key, own: Self.slurmOptions)
    case .flux: try Self.checkLong(option, of: key, own: Self.fluxOptions)
    case .pbs: try Self.checkShort(option, of: key, own: Self.pbsOptions, parts: Self.pbsParts)
    case .lsf: try Self.checkShort(option, of: key, own: Self.lsfOptions, parts: Self.lsfParts)
    }
  }

  /// Options of `sbatch` that have a setting of their own, or that a job cannot do without.
  private static let slurmOptions: [String: String] = [
    "partition": "cluster.partition", "account": "cluster.account", "nodes": "cluster.nodes",
    "ntasks-per-node": "cluster.ranksPerNode", "ntasks": "cluster.ranksPerNode",
    "cpus-per-task": "cluster.coresPerRank", "mem": "cluster.memoryPerNode",
    "time": "cluster.minutes", "signal": "cluster.warningSeconds",
    "array": "ablation.simultaneousRuns", "job-name": "the name of the experiment",
    "output": "the run directory", "chdir": "the folder of submission",
    "requeue": "cluster.maximumRequeues", "no-requeue": "cluster.maximumRequeues",
    "open-mode": "every job itself", "dependency": "halompi slurm", "parsable": "halompi slurm",
    "wrap": "every job itself", "test-only": "halompi slurm --dry-run",
    "wait": "halompi slurm --wait",
  ]

  /// Those of `flux batch`.
  private static let fluxOptions: [String: String] = [
    "queue": "cluster.partition", "bank": "cluster.account", "nodes": "cluster.nodes",
    "nslots": "cluster.ranksPerNode", "cores-per-slot": "cluster.coresPerRank",
    "time-limit": "cluster.minutes", "signal": "cluster.warningSeconds",
    "job-name": "the name of the experiment", "output": "the run directory",
    "error": "the run directory", "input": "every job itself", "cwd": "the folder of submission",
    "dependency": "halompi submit", "wrap": "every job itself",
    "dry-run": "halompi submit --dry-run", "env": "cluster.environment",
    "env-remove": "cluster.environment", "env-file": "cluster.environment",
    "quiet": "halompi submit", "help": "halompi submit",
  ]

  /// Those of `qsub`.
  private static let pbsOptions: [String: String] = [
    "q": "cluster.partition", "A": "cluster.account", "N": "the name of the experiment",
    "J": "ablation.simultaneousRuns", "o": "the run directory", "e": "the run directory",
    "j": "every job itself", "k": "every job itself", "r": "every job itself",
    "v": "cluster.environment", "V": "cluster.environment", "C": "every job itself",
    "I": "halompi submit", "X": "halompi submit", "G": "halompi submit", "z": "halompi submit",
    "S": "every job itself",
  ]

  /// What the values of `-l` and `-W` of `qsub` may not set.
  private static let pbsParts: [String: String] = [
    "select": "cluster.nodes", "nodes": "cluster.nodes", "ncpus": "cluster.coresPerRank",
    "mem": "cluster.memoryPerNode", "walltime": "cluster.minutes", "depend": "halompi submit",
    "block": "halompi submit", "interactive": "halompi submit",
  ]

  /// Those of `bsub`.
  private static let lsfOptions: [String: String] = [
    "q": "cluster.partition", "P": "cluster.account", "n": "cluster.nodes",
    "W": "cluster.minutes", "wt": "cluster.warningSeconds", "wa": "cluster.warningSeconds",
    "J": "the name of the experiment", "o": "the run directory", "oo": "the run directory",
    "e": "the run directory", "eo": "the run directory", "w": "halompi submit",
    "ti": "halompi submit", "Q": "cluster.maximumRequeues", "r": "every job itself",
    "rn": "every job itself", "cwd": "the folder of submission", "env": "cluster.environment",
    "K": "halompi submit", "I": "halompi submit", "Ip": "halompi submit", "Is": "halompi submit",
    "i": "every job itself", "is": "every job itself", "Zs": "every job itself",
    "H": "halompi submit", "pack": "halompi submit", "h": "halompi submit",
    "V": "halompi submit",
  ]

  /// What the values of `-R` of `bsub` may not set.
  private static let lsfParts: [String: String] = [
    "span[": "cluster.ranksPerNode", "rusage[mem": "cluster.memoryPerNode",
  ]

  /// An option `--name` or `--name=value`.
  private static func checkLong(
    _ option: String, of key: String, own: [String: String]
  ) throws(SettingOutOfRange) {
    let isPlain = option.unicodeScalars.allSatisfy {
      ("!"..."~").contains($0) && !"\"'\\#`$;<>".unicodeScalars.contains($0)
    }
    let name = option.dropFirst(2).prefix { $0 != "=" }
    let isNamed = name.unicodeScalars.allSatisfy {
      ("a"..."z").contains($0) || $0 == "-" || ("0"..."9").contains($0)
    }
    guard isPlain, isNamed, option.hasPrefix("--"), let first = name.first, first != "-" else {
      throw SettingOutOfRange(
        ofScript: key, value: option,
        allowed:
          "one long option, --name or --name=value, without blanks, quotes or any of \\#`$;<>")
    }
    // sbatch takes an unambiguous beginning for the whole name.
    if let set = own.keys.sorted().first(where: { $0.hasPrefix(name) }), let setter = own[set] {
      throw SettingOutOfRange(
        ofScript: key, value: option, allowed: "another option: --\(set) is set by \(setter)")
    }
  }

  /// An option `-x` or `-x value`, where the name has one letter or a few.
  private static func checkShort(
    _ option: String, of key: String, own: [String: String], parts: [String: String]
  ) throws(SettingOutOfRange) {
    let words = option.unicodeScalars.split(
      separator: " ", maxSplits: 1, omittingEmptySubsequences: false
    ).map { String($0) }
    let name = words[0].unicodeScalars.dropFirst()
    let isNamed =
      words[0].unicodeScalars.first == "-" && !name.isEmpty
      && name.allSatisfy { ("a"..."z").contains($0) || ("A"..."Z").contains($0) }
    let isPlain = words.dropFirst().allSatisfy { value in
      !value.isEmpty && value.unicodeScalars.first != "-"
        && value.unicodeScalars.allSatisfy {
          ("!"..."~").contains($0) && !"\"'\\#`$;".unicodeScalars.contains($0)
        }
    }
    guard isNamed, isPlain else {
      throw SettingOutOfRange(
        ofScript: key, value: option,
        allowed:
          "one option, -x or -x value, the value without blanks, quotes or any of \\#`$;")
    }
    let setter =
      own[String(name)].map { (words[0], $0) }
      ?? parts.sorted { $0.key < $1.key }.first { part in
        words.dropFirst().contains { value in
          value.split { $0 == "," || $0 == ":" || $0 == "+" }.contains { $0.hasPrefix(part.key) }
        }
      }.map { ($0.key, $0.value) }
    if let (set, setter) = setter {
      throw SettingOutOfRange(
        ofScript: key, value: option, allowed: "another option: \(set) is set by \(setter)")
    }
  }
}
