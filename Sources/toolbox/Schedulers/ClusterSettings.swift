package import Failures
internal import Text

/// The resources that batch jobs ask the scheduler of a cluster for, and the way they start programs there.
///
/// No value can become a command or a directive of its own: ``check()`` refuses whatever could end the
/// word that it stands in, and what reaches the shell is quoted besides.
package struct ClusterSettings: Codable, Hashable, Sendable {
  /// The launcher of the ranks.
  package enum Launcher: String, Codable, Hashable, Sendable, CaseIterable {
    /// The scheduler's own: srun of Slurm, flux run of Flux. PBS and LSF have none, and take that of MPI.
    case srun

    /// That of MPI, which takes hosts and slots from the scheduler.
    case mpirun
  }

  /// The scheduler: slurm, pbs (PBS Professional, OpenPBS), lsf or flux.
  package var scheduler = Scheduler.slurm

  /// The partition, or queue; without it, the cluster's default.
  package var partition: String?

  /// The account, project or bank that is charged; without it, the user's default.
  var account: String?

  /// The number of nodes.
  package var nodes = 1

  /// The number of ranks on each node.
  package var ranksPerNode = 1

  /// The number of cores for the threads of each rank.
  package var coresPerRank = 1

  /// The memory of each node [MiB]; without it, the cluster's default.
  package var memoryPerNode: Int?

  /// The time limit of a job [minutes].
  package var minutes = 240

  /// The time before the limit at which a job is told to stop, resumably [seconds].
  var warningSeconds = 120

  /// The launcher of the ranks.
  package var launcher = Launcher.srun

  /// The environment modules to load, such as `openmpi/4.1`.
  var modules: [String] = []

  /// Environment variables, each as `NAME=value`.
  package var environment: [String] = []

  /// Further options of `sbatch` or `flux batch`, each as `--option` or `--option=value`, or of `qsub` or `bsub`, each as `-x` or `-x value`.
  package var options: [String] = []

  /// The most times that a job that stopped resumably is put back into the queue.
  var maximumRequeues = 20

  /// Makes the default settings: one rank with one core for four hours.
  package init() {}
}

extension ClusterSettings {
  /// Checks that a script can be made of these settings.
  ///
  /// - Throws: `SettingOutOfRange` that names the setting and what it may be.
  package func check() throws(SettingOutOfRange) {
    let range = 1...1_000_000
    let counts = [
      ("nodes", nodes), ("ranksPerNode", ranksPerNode), ("coresPerRank", coresPerRank),
      ("minutes", minutes),
      ("memoryPerNode", memoryPerNode ?? 1),
    ]
    for (key, value) in counts where !(range.contains(value) || key == "memoryPerNode" && value > 0)
    {
      throw SettingOutOfRange(
        ofScript: "cluster.\(key)", value: "\(value)", allowed: "from 1 to 1000000")
    }
    // Slurm stores the time of the signal in 16 bits.
    guard (1..<65_536).contains(warningSeconds), warningSeconds < minutes * 60 else {
      throw SettingOutOfRange(
        ofScript: "cluster.warningSeconds", value: "\(warningSeconds)",
        allowed: "from 1 to 65535, and less than the time limit")
    }
    guard (0...range.upperBound).contains(maximumRequeues) else {
      throw SettingOutOfRange(
        ofScript: "cluster.maximumRequeues", value: "\(maximumRequeues)",
        allowed: "from 0 to 1000000")
    }
    for (key, name) in [("partition", partition), ("account", account)] {
      if let name { try Self.checkWord(name, of: "cluster.\(key)", punctuation: "_.,@+-") }
    }
    for (index, module) in modules.enumerated() {
      try Self.checkWord(module, of: "cluster.modules[\(index)]", punctuation: "_.+/:=@-")
    }
    for (index, variable) in environment.enumerated() {
      try Self.checkVariable(variable, of: "cluster.environment[\(index)]")
    }
    for (index, option) in options.enumerated() {
      try checkOption(option, of: "cluster.options[\(index)]")
    }
  }

  /// A word of letters, digits and some punctuation, which no shell and no parser of options takes apart.
  private static func checkWord(
    _ word: String, of key: String, punctuation: String
  ) throws(SettingOutOfRange) {
    let isWord = word.unicodeScalars.allSatisfy {
      isLetterOrDigit($0) || punctuation.unicodeScalars.contains($0)
    }
    guard isWord, let first = word.unicodeScalars.first, isLetterOrDigit(first) || first == "_"
    else {
      throw SettingOutOfRange(
        ofScript: key, value: word,
        allowed:
          "one word of letters, digits and \(punctuation) that starts with none of these but _")
    }
  }

  private static func checkVariable(_ variable: String, of key: String) throws(SettingOutOfRange) {
    let allowed = "NAME=value on one line, the name of letters, digits and _"
    guard let equals = variable.unicodeScalars.firstIndex(of: "=") else {
      throw SettingOutOfRange(ofScript: key, value: variable, allowed: allowed)
    }
    let name = variable.unicodeScalars[..<equals]
    guard let first = name.first, !("0"..."9").contains(first),
      name.allSatisfy({ isLetterOrDigit($0) || $0 == "_" }), isOneLine(variable)
    else { throw SettingOutOfRange(ofScript: key, value: variable, allowed: allowed) }
  }
}
