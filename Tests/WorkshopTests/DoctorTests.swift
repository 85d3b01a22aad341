import Foundation
import MPI
import TestSupport
import Testing

@testable import Failures
@testable import Hardware
@testable import Workshop

@Suite(.serialized) struct DoctorTests {
  /// A machine on which nothing is to be said.
  private static let healthy: SystemFacts = {
    var facts = SystemFacts()
    facts.fileSystem = "lustre"
    facts.freeBytes = 1 << 40
    facts.nodeProcessors = 8
    facts.allowedProcessors = 8
    facts.threads = 8
    facts.memory = NodeMemory(bytes: 1 << 36, origin: "this machine's memory")
    facts.availableMemory = 1 << 35
    facts.kernels = "AVX2"
    facts.referenceKernels = "OpenBLAS 0.3.21 (Haswell)"
    facts.gnuplot = "/usr/bin/gnuplot"
    return facts
  }()

  @Test func nothingIsSaidOfAHealthyMachine() {
    let diagnosis = Diagnosis(of: Self.healthy)
    #expect(diagnosis.findings.allSatisfy { $0.verdict == .ok && $0.remedy == nil })
    #expect(diagnosis.findings.count == 13 && diagnosis.failure == nil)
    #expect(diagnosis.description.split(separator: "\n").count == 13)
    #expect(diagnosis.description.hasPrefix("ok       MPI       "))
  }

  /// What is wrong with a machine, and the one finding that says so.
  struct Case: Sendable {
    let subject: String
    let verdict: Finding.Verdict
    let words: String
    let change: @Sendable (inout SystemFacts) -> Void

    init(
      _ subject: String, _ verdict: Finding.Verdict, _ words: String,
      _ change: @escaping @Sendable (inout SystemFacts) -> Void
    ) {
      (self.subject, self.verdict, self.words, self.change) = (subject, verdict, words, change)
    }
  }

  @Test(arguments: [
    Case("MPI", .fail, "each is alone") { $0.announcedRanks = 4 },
    Case("MPI", .fail, "MPI_THREAD_SERIALIZED") { $0.threadLevel = "funneled" },
    Case("hosts", .warning, "one kind") { $0.processors = ["new", "old"] },
    Case("HDF5", .fail, "together: no such file") { $0.collectiveFailure = "no such file" },
    Case("folder", .fail, "read-only") { $0.folderFailure = "read-only" },
    Case("folder", .warning, "which is memory") { $0.fileSystem = "tmpfs" },
    Case("folder", .warning, "2 hosts") { ($0.fileSystem, $0.hosts) = ("ext4", 2) },
    Case("locks", .fail, "-o flock") { $0.lockFailure = "refused" },
    Case("locks", .warning, "HDF5_USE_FILE_LOCKING=TRUE") { $0.fileLocking = "TRUE" },
    Case("disk", .warning, "5.0 GB free") { $0.freeBytes = 5_000_000_000 },
    Case("disk", .fail, "0.0 GB free") { $0.freeBytes = 0 },
    Case("ranks", .warning, "more threads than processors") { $0.ranksOnNode = 2 },
    Case("ranks", .warning, "a quota of 2.0") { $0.processorQuota = 2 },
    Case("ranks", .warning, "left idle") { ($0.allowedProcessors, $0.threads) = (1, 1) },
    Case("memory", .warning, "1.0 GB free") { $0.availableMemory = 1_000_000_000 },
    Case("memory", .warning, "cluster.memoryPerNode") {
      $0.memory = NodeMemory(bytes: 1 << 30, origin: "the limit in a file")
    },
    Case("kernels", .warning, "portable ones") { $0.kernels = "portable" },
    Case("OpenBLAS", .warning, "OPENBLAS_CORETYPE=Haswell") {
      $0.referenceKernels = "OpenBLAS 0.3.21 (Prescott)"
    },
    Case("gnuplot", .warning, "apt install gnuplot-nox") { $0.gnuplot = nil },
    Case("bits", .fail, "computed b, and one a") {
      $0.bits = .different(ranks: 2, alone: "a", together: "b")
    },
    Case("bits", .warning, "not compared: no mpirun") { $0.bits = .unknown("no mpirun") },
    Case("bits", .fail, "did not end") { $0.bits = .failed("they did not end") },
  ])
  func whatIsWrongIsSaidWithWhatToDo(case: Case) throws {
    var facts = Self.healthy
    `case`.change(&facts)
    let diagnosis = Diagnosis(of: facts)
    let findings = diagnosis.findings.filter { $0.verdict != .ok }
    let finding = try #require(findings.first)
    #expect(findings.count == 1 && finding.subject == `case`.subject)
    #expect(finding.verdict == `case`.verdict)
    #expect("\(finding.text) \(finding.remedy ?? "")".contains(`case`.words), "\(finding)")
    #expect(finding.remedy?.isEmpty == false)
    #expect((diagnosis.failure != nil) == (`case`.verdict == .fail))
    #expect(diagnosis.failure?.exitCode == (`case`.verdict == .fail ? .checkFailed : nil))
  }

  @Test func ranksThatAreBoundToTheirOwnProcessorsAreFine() {
    var facts = Self.healthy
    (facts.ranksOnNode, facts.threads, facts.allowedProcessors) = (4, 2, 2)
    #expect(Diagnosis(of: facts).findings.allSatisfy { $0.verdict == .ok })
  }

  @Test func theFileSystemIsThatOfTheNearestMount() {
    let mounts = """
      overlay / overlay rw 0 0
      tmpfs /data tmpfs rw 0 0
      server:/x /data lustre rw 0 0
      /dev/sdb /data/local ext4 rw 0 0
      """
    #expect(FileSystem.kind(of: "/home/me", in: mounts) == "overlay")
    #expect(FileSystem.kind(of: "/data/runs", in: mounts) == "lustre")
    #expect(FileSystem.kind(of: "/data/local", in: mounts) == "ext4")
    #expect(FileSystem.kind(of: "/data/locally", in: mounts) == "lustre")
    #expect(FileSystem.kind(of: "/", in: "") == nil)
  }

  @Test func whatTheStartedRanksSayIsJudged() {
    func outcome(_ text: String, _ code: Int32, isLate: Bool = false) -> BitsOutcome {
      .outcome(of: text, code: code, isLate: isLate, seconds: 60, alone: "a-1")
    }
    #expect(outcome("a warning\nbits a-1\n", 0) == .same(ranks: 2))
    #expect(outcome("bits b-1", 0) == .different(ranks: 2, alone: "a-1", together: "b-1"))
    #expect(outcome("env: 'mpirun': No such file", 127) == .unknown("mpirun is not in PATH"))
    #expect(outcome("", 0, isLate: true) == .failed("they did not end within 60 s"))
    #expect(
      outcome("-----\nno slots\n", 1) == .failed("mpirun ended with 1: no slots"))
    guard case .unknown(let reason) = outcome("use --allow-run-as-root", 1) else {
      Issue.record("root is not told why")
      return
    }
    #expect(reason.contains("OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"))
  }

  @Test(.ranks(1...4)) func theRanksOfThisJobAreExamined() throws {
    var findings: [Finding] = []
    let folder = try temporaryDirectory("doctor")
    try withWorld { world in
      let task = DoctorTask(
        folder: folder, announcedRanks: world.size, launcherName: nil, launcher: nil,
        environment: [:])
      findings = try task.run(on: world).findings
    }
    let failures = findings.filter { $0.verdict == .fail }
    #expect(failures.isEmpty, "\(failures)")
    let bits = try #require(findings.last)
    #expect(bits.verdict == (worldSize > 1 ? .ok : .warning), "\(bits)")
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder).isEmpty)
  }

  @Test(.ranks(1...1)) func aProgramThatStandsStillIsEnded() throws {
    try withWorld { world in
      let outcome = try BitsOutcome.starting(
        ["sleep", "20"], environment: ProcessInfo.processInfo.environment, seconds: 0.2,
        beside: world)
      #expect(outcome == .failed("they did not end within 0 s"))
    }
  }
}
