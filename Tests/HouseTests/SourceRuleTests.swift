import Testing

/// The rules of the house, on all sources.
///
/// Each rule is shown to find what it is for, too.
struct SourceRuleTests {
  private static func broken(_ text: String, at path: String = "Sources/Training/Bad.swift")
    -> TextFile
  { TextFile(path: path, text: text) }

  @Test func filesAreShort() throws {
    let files = try Repository.files(
      in: ["Sources", "Tests", "scripts", "slurm", "python"], Repository.programs)
    #expect(files.count > 100, "the sources were not found")
    let findings = files.flatMap(SourceRules.isShort)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test func aLongFileIsFound() {
    let lines = { String(repeating: "let x = 1\n", count: $0) }
    #expect(SourceRules.isShort(Self.broken(lines(400))).isEmpty)
    #expect(SourceRules.isShort(Self.broken(lines(401))).count == 1)
  }

  @Test func onlyTheCommandLinePrints() throws {
    let findings = try Repository.files(in: ["Sources"], ["swift", "c", "h", "inc"])
      .flatMap(SourceRules.doesNotPrint)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test(arguments: [
    "print(\"x\")", "  debugPrint(value)", "{ print(value) }", "printf(\"%d\", 1);",
    "FileHandle.standardError.write(data)", "let text = \"//\"; print(text)",
  ])
  func printingIsFound(line: String) {
    #expect(SourceRules.doesNotPrint(Self.broken(line)).count == 1)
    #expect(SourceRules.doesNotPrint(Self.broken(line, at: "Sources/halompi/A.swift")).count == 1)
    #expect(
      SourceRules.doesNotPrint(Self.broken(line, at: "Sources/halompi/Console/A.swift")).isEmpty)
  }

  @Test(arguments: [
    "// print(x)", "let words = \"print(x)\"", "blueprint(x)", "file.print(x)", "/// print(x)",
    "process.standardOutput = pipe",
  ])
  func whatOnlyLooksLikePrintingIsNot(line: String) {
    #expect(SourceRules.doesNotPrint(Self.broken(line)).isEmpty)
  }

  @Test func testsStartProcessesAfterMPI() throws {
    let findings = try Repository.files(in: ["Tests"], ["swift"])
      .filter { $0.path != "Tests/TestSupport/ChildProcess.swift" }
      .flatMap(SourceRules.takesChildProcesses)
    #expect(findings.isEmpty, "\(report(findings))")
    for (line, count) in [
      ("let process = Process()", 1), ("  start(Process())", 1), ("try childProcess()", 0),
      ("// Process()", 0),
    ] {
      #expect(
        SourceRules.takesChildProcesses(Self.broken(line, at: "Tests/A.swift")).count == count)
    }
  }

  @Test func importsSayWhoSeesThem() throws {
    let findings = try Repository.files(in: ["Sources"], ["swift"])
      .flatMap(SourceRules.saysWhoSeesAnImport)
    #expect(findings.isEmpty, "\(report(findings))")
    let text = "import Foundation\ninternal import MPI\n"
    #expect(SourceRules.saysWhoSeesAnImport(Self.broken(text)).map(\.line) == [1])
  }

  @Test func cLibrariesAreCalledInTheirWrappersOnly() throws {
    let findings = try Repository.files(in: ["Sources"], ["swift"])
      .flatMap(SourceRules.callsCOnlyInWrappers)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test(arguments: [
    ("MPI_Barrier(world)", "MPI"), ("CMPI.MPI_Barrier(world)", "MPI"),
    ("let c = cmpi_comm_world()", "MPI"),
    ("H5Fopen(path, 0, 0)", "HDF5"), ("H5FDset(x)", "HDF5"), ("ch5_read_only()", "HDF5"),
    ("cblas_sgemm(a)", "Networks"), ("openblas_set_num_threads(1)", "Networks"),
    ("fftwf_execute(plan)", "FourierTransforms"), ("fftw_cleanup()", "FourierTransforms"),
  ])
  func aCallOutsideItsWrapperIsFound(line: String, wrapper: String) {
    #expect(SourceRules.callsCOnlyInWrappers(Self.broken(line)).count == 1)
    let inside = Self.broken(line, at: "Sources/\(wrapper)/A.swift")
    #expect(SourceRules.callsCOnlyInWrappers(inside).isEmpty)
  }

  @Test func eachWrapperCallsItsLibrary() throws {
    // Otherwise the pattern of the library would be wrong, or the target's name.
    let files = try Repository.files(in: ["Sources"], ["swift"])
    for wrapper in SourceRules.wrappers where wrapper.target != "FourierTransforms" {
      let own = files.filter { $0.target == wrapper.target }
      #expect(
        own.contains { $0.text.contains(wrapper.call) }, "\(wrapper.target) calls nothing")
    }
  }

  @Test func nothingIsLeftUnfinished() throws {
    let findings = try Repository.files(
      in: ["Sources", "Tests", "scripts", "slurm", "jobs", "Documentation", "python"],
      Repository.programs.union(["md", "yaml", "toml", "ipynb"])
    ).flatMap(SourceRules.isFinished)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test(arguments: [
    "// TO" + "DO: later", "# fix" + "me", "a place" + "holder", "not imple" + "mented",
  ])
  func unfinishedWorkIsFound(line: String) {
    #expect(SourceRules.isFinished(Self.broken(line)).count == 1)
  }

  @Test func sourcesNameNoMachine() throws {
    let findings = try Repository.files(
      in: ["Sources", "scripts", "slurm", "jobs", "python"],
      Repository.programs.union(["yaml", "toml", "ipynb"])
    ).flatMap(SourceRules.namesNoMachine)
    #expect(findings.isEmpty, "\(report(findings))")
  }

  @Test(arguments: [
    "let data = \"/home/me/data\"", "cd /work", "path: /tmp/x", "x=/root", "PATH=/opt/mpi/bin",
  ])
  func aPathOfAMachineIsFound(line: String) {
    #expect(SourceRules.namesNoMachine(Self.broken(line)).count == 1)
  }

  @Test(arguments: ["a/work/b", "../tmp/x", "\"\\(folder)/tmp\"", "/proc/self/exe", "$HOME/work"])
  func aRelativePathIsNone(line: String) {
    #expect(SourceRules.namesNoMachine(Self.broken(line)).isEmpty)
  }
}
