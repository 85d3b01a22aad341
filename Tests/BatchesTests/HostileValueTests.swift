import Foundation
import TestSupport
import Testing

@testable import Batches
@testable import Experiments
@testable import Failures
@testable import Schedulers

/// No value of an experiment is a command or a directive in a script, whatever the scheduler.
struct HostileValueTests {
  static let others = [Scheduler.pbs, .lsf, .flux]

  /// Texts that a shell or a scheduler would take for more than one word.
  static let hostile = [
    "a\nb", "a\n#PBS -l select=9", "a\n#BSUB -n 9", "a\n# flux: -N9", "a'b", "a\"b", "a\\b",
    "$(touch HACKED)", "`touch HACKED`", "\u{600}'; touch HACKED; '", "'\u{301}; touch HACKED; '",
    "-a", "--uid=0", "a b", "a;b", "a\u{2028}b", "a\rb", "a\0b", "",
  ]

  private func text(
    _ scheduler: Scheduler, folder: String = "/home/me", _ change: (inout Experiment) -> Void
  ) throws -> String {
    try SchedulerScriptTests.jobs(.train, for: scheduler, folder: folder, change: change)[0].script
      .text()
  }

  @Test(arguments: others, hostile)
  func aNameOfTheClusterIsRefused(scheduler: Scheduler, value: String) {
    for key in ["partition", "account", "modules[0]"] {
      #expect {
        try text(scheduler) {
          switch key {
          case "partition": $0.cluster.partition = value
          case "account": $0.cluster.account = value
          default: $0.cluster.modules = [value]
          }
        }
      } throws: { error in
        guard let error = error as? SettingOutOfRange else { return false }
        return error.key == "cluster.\(key)" && !error.description.contains("\n")
          && error.exitCode == .badData
      }
    }
  }

  @Test(arguments: others, hostile)
  func aNameOfAJobOrOfTheFolderOfRunsIsRefused(scheduler: Scheduler, value: String) throws {
    var script = SchedulerScriptTests.jobs(.train, for: scheduler)[0].script
    script.name = value
    #expect(throws: SettingOutOfRange.self) { try script.text() }
    script.name = "a"
    script.logFolder = value
    #expect(throws: SettingOutOfRange.self) { try script.text() }
  }

  @Test(arguments: [
    (Scheduler.pbs, "-l select=1"), (.pbs, "-l walltime=1:0:0"), (.pbs, "-l x=1,mem=1gb"),
    (.pbs, "-W depend=afterok:1"), (.pbs, "-J 0-9"), (.pbs, "-v A=1"), (.pbs, "-o /tmp/x"),
    (.pbs, "--x=1"), (.pbs, "-l a b"), (.pbs, "-l 'a'"), (.pbs, "-l $(x)"), (.pbs, "-l -x"),
    (.pbs, "-l a\n#PBS -N x"), (.pbs, ""), (.pbs, "-"), (.pbs, "-l "),
    (.lsf, "-J x"), (.lsf, "-w done(1)"), (.lsf, "-Q 1"), (.lsf, "-R span[ptile=1]"),
    (.lsf, "-R rusage[mem=1]"), (.lsf, "-K"), (.lsf, "-Ip"), (.lsf, "-R a\"b"), (.lsf, "-W 1"),
    (.flux, "--nodes=9"), (.flux, "--job-name=x"), (.flux, "--env=A=1"), (.flux, "-N9"),
    (.flux, "--requires='a'"), (.flux, "--requires=a b"), (.flux, "--dependency=afterok:1"),
  ])
  func anOptionThatAJobSetsItselfOrThatIsMoreThanOneIsRefused(
    scheduler: Scheduler, option: String
  ) {
    #expect {
      try text(scheduler) { $0.cluster.options = [option] }
    } throws: { error in
      (error as? SettingOutOfRange)?.key == "cluster.options[0]"
    }
  }

  @Test(arguments: [
    (Scheduler.pbs, "-l place=pack:excl", "#PBS -l place=pack:excl\n"),
    (.pbs, "-p 5", "#PBS -p 5\n"), (.lsf, "-x", "#BSUB -x\n"),
    (.lsf, "-R select[mem>100]", "#BSUB -R \"select[mem>100]\"\n"),
    (.flux, "--requires=a|b", "# flux: '--requires=a|b'\n"),
  ])
  func otherOptionsAreTaken(scheduler: Scheduler, option: String, line: String) throws {
    let script = try text(scheduler) { $0.cluster.options = [option] }
    #expect(script.contains(line))
    if scheduler == .pbs, option.contains("place") {
      #expect(script.matches(of: /-l place=/).count == 1)
    }
  }

  @Test func fluxHasItsOwnLauncherAlone() {
    #expect(throws: SettingOutOfRange.self) {
      try text(.flux) { $0.cluster.launcher = .mpirun }
    }
  }

  // MARK: - What arrives

  /// Words as a user may give them, and as an attacker would; NUL and ends of lines are refused.
  static let words = [
    "a b", "it's", "'", "\"", "\\", "a\\'b", "$HOME", "$(touch HACKED)", "`touch HACKED`",
    "; touch HACKED", "& touch HACKED", "> HACKED", "'; touch HACKED; '", "*", "~", "-n",
    "\u{600}'; touch HACKED; '", "'\u{301}; touch HACKED; '", "#PBS -N x", "# flux: -N9", "é",
  ]

  @Test(arguments: others)
  func wordsVariablesAndFoldersArriveAsTheyAre(scheduler: Scheduler) throws {
    let scratch = try ScratchFolder()
    let tools = scratch.path("tools")
    let logs = scratch.path("logs")
    for folder in [tools, logs] {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }
    for tool in ["mpirun", "mpiexec", "flux"] {
      try writeExecutable(
        "#!/bin/bash\nprintf '%s\\0' \"$@\" >'\(scratch.path)/words'\n"
          + "printf '%s\\0' \"$GREETING\" \"$PWD\" >'\(scratch.path)/rest'\n",
        to: "\(tools)/\(tool)")
    }
    for word in Self.words {
      let place = scratch.path("place \(word.replacing("/", with: ""))")
      try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
      var script = SchedulerScriptTests.jobs(.train, for: scheduler, folder: place) {
        $0.cluster.environment = ["GREETING=\(word)"]
      }[0].script
      script.command = .words(["halompi", "train", word])
      script.logFolder = logs
      script.path = "/p/\(word)"
      script.followers = [.init(path: "/f/\(word)", predecessor: 0, needsSuccess: true)]
      let file = scratch.path("script")
      try script.text().write(toFile: file, atomically: true, encoding: .utf8)
      let end = try run(
        ["bash", file], in: scratch.url,
        [
          "PATH": "\(tools):/usr/bin:/bin", "BASH_FUNC_module%%": "() { :; }", "PBS_JOBID": "7.s",
          "PBS_NODEFILE": "/nodes", "LSB_JOBID": "7", "LSB_DJOB_HOSTFILE": "/nodes",
          "FLUX_ENCLOSING_ID": "f7",
        ])
      #expect(end.code == 0, "\(word): \(end.output)")
      func parts(_ name: String) throws -> [String] {
        try Data(contentsOf: scratch.url.appending(path: name))
          .split(separator: 0, omittingEmptySubsequences: false).dropLast()
          .map { String(decoding: $0, as: UTF8.self) }
      }
      let (words, rest) = (try parts("words"), try parts("rest"))
      let index = try #require(words.firstIndex(of: "halompi"))
      #expect(Array(words[index...].prefix(4)) == ["halompi", "train", word, "--time-limit"])
      #expect(rest == [word, place])
      #expect(try FileManager.default.contentsOfDirectory(atPath: place) == [])
    }
    #expect(try !scratch.names().contains("HACKED"))
    #expect(try FileManager.default.contentsOfDirectory(atPath: logs).count == 1)
  }
}
