import Failures
import Testing
import Text

@testable import Schedulers

/// What the settings of a cluster may be.
struct ClusterSettingsTests {
  /// A change of the settings, with the setting that it concerns.
  struct Change: Sendable, CustomStringConvertible {
    let key: String
    let value: String
    let apply: @Sendable (inout ClusterSettings) -> Void
    var description: String { "\(key) = \(value)" }

    static func name(_ value: String) -> [Change] {
      [
        Change(key: "cluster.partition", value: value) { $0.partition = value },
        Change(key: "cluster.account", value: value) { $0.account = value },
        Change(key: "cluster.modules[0]", value: value) { $0.modules = [value] },
      ]
    }

    static func option(_ value: String) -> Change {
      Change(key: "cluster.options[0]", value: value) { $0.options = [value] }
    }

    static func variable(_ value: String) -> Change {
      Change(key: "cluster.environment[0]", value: value) { $0.environment = [value] }
    }

    static func count(
      _ key: String, _ value: Int, _ path: any WritableKeyPath<ClusterSettings, Int> & Sendable
    )
      -> Change
    {
      Change(key: "cluster.\(key)", value: "\(value)") { $0[keyPath: path] = value }
    }
  }

  /// Texts that a shell or Slurm would take for more than one word.
  static let hostileNames = [
    "", " ", "a b", "a\nb", "a\n#SBATCH --uid=0", "a\rb", "a\tb", "$(touch HACKED)",
    "`touch HACKED`",
    "a;touch HACKED", "a&touch HACKED", "a|touch HACKED", "a>HACKED", "a'b", "a\"b", "a\\b", "#a",
    "-a", "--uid=0",
    "é", "a\u{2028}b", "a\0b",
  ]

  static let hostileOptions = [
    "", "-x", "x", "--", "---x", "--x y", "--constraint=a b", "--comment=a\nb", "--comment='a'",
    "--comment=\"a\"", "--comment=a\\", "--comment=#a", "--comment=$(touch HACKED)",
    "--comment=`touch HACKED`",
    "--comment=a;touch HACKED",
    // Options that a job sets itself, and beginnings that sbatch would take for them.
    "--output=/dev/null", "--outp=x", "--wrap=touch", "--signal=KILL", "--time=1", "--array=1-9999",
    "--no-requeue",
  ]

  static let hostileVariables = [
    "", "A", "=a", "1A=b", "A B=c", "A-B=c", "A=b\nc", "A=b\rc", "A=\0", "$(touch HACKED)=a",
    "A;B=c",
  ]

  static let wrongNumbers: [Change] = [
    .count("nodes", 0, \.nodes), .count("nodes", -1, \.nodes), .count("nodes", 1_000_001, \.nodes),
    .count("ranksPerNode", 0, \.ranksPerNode), .count("coresPerRank", 0, \.coresPerRank),
    .count("minutes", 0, \.minutes), .count("maximumRequeues", -1, \.maximumRequeues),
    .count("warningSeconds", 0, \.warningSeconds),
    .count("warningSeconds", 70_000, \.warningSeconds),
    .count("warningSeconds", 240 * 60, \.warningSeconds),
    Change(key: "cluster.memoryPerNode", value: "0") { $0.memoryPerNode = 0 },
  ]

  static let refused =
    hostileNames.flatMap(Change.name) + hostileOptions.map(Change.option)
    + hostileVariables.map(Change.variable) + wrongNumbers

  @Test(arguments: refused)
  func whatCouldBeMoreThanOneWordIsRefused(change: Change) {
    var settings = ClusterSettings()
    change.apply(&settings)
    do {
      try settings.check()
      Issue.record("\(change) was taken")
    } catch {
      #expect(error.key == change.key && error.value == Quoting.terminal(change.value))
      #expect(!"\(error)".contains("\n"))
    }
  }

  static let taken =
    ["gpu", "long,short", "p_1.2", "me@site"].flatMap(Change.name).filter {
      $0.key != "cluster.modules[0]" || !$0.value.contains(",")
    }
    + [
      "--constraint=[skylake|cascade]&ib", "--exclusive", "--qos=night", "--mail-user=a@b.org",
      "--gres=gpu:2",
    ]
    .map(Change.option)
    + ["A=", "PATH_2=x y", "A='; touch HACKED; '", "B=$(touch HACKED)", "C=a=b"].map(
      Change.variable)

  @Test(arguments: taken)
  func whatIsOneWordIsTaken(change: Change) throws {
    var settings = ClusterSettings()
    change.apply(&settings)
    try settings.check()
  }
}
