import Testing

@testable import Schedulers

/// Which scheduler a machine has.
struct SchedulerTests {
  private func find(_ environment: [String: String], _ programs: Set<String>) -> String? {
    Scheduler.find(in: environment) { programs.contains($0) }
      .map { "\($0.scheduler.name): \($0.evidence)" }
  }

  private static let path = ["PATH": "/bin:/opt/bin"]

  private static let machines: [(String, Set<String>)] = [
    ("Slurm: /bin/sbatch", ["/bin/sbatch", "/opt/bin/scontrol"]),
    ("PBS: /opt/bin/qsub", ["/opt/bin/qsub", "/opt/bin/pbsnodes"]),
    ("LSF: /bin/bsub", ["/bin/bsub", "/bin/bjobs"]), ("Flux: /bin/flux", ["/bin/flux"]),
  ]

  @Test(arguments: machines)
  func aSchedulerIsFoundByItsCommands(found: String, programs: Set<String>) {
    #expect(find(Self.path, programs) == found)
  }

  @Test func theCommandOfAnotherSchedulerIsNoPBS() {
    // Grid Engine's.
    #expect(find(Self.path, ["/bin/qsub", "/bin/qstat"]) == nil)
    #expect(find([:], ["/bin/sbatch", "/bin/scontrol"]) == nil)
  }

  @Test(arguments: [
    ("SLURM_JOB_ID", "Slurm"), ("PBS_JOBID", "PBS"), ("LSB_JOBID", "LSF"),
    ("FLUX_ENCLOSING_ID", "Flux"),
  ])
  func withinAJobItsSchedulerIsTheOne(variable: String, name: String) {
    let programs: Set = ["/bin/sbatch", "/bin/scontrol"]
    let environment = Self.path.merging([variable: "7"]) { $1 }
    #expect(find(environment, programs) == "\(name): this is its job 7")
    #expect(find(Self.path.merging([variable: ""]) { $1 }, programs) == "Slurm: /bin/sbatch")
  }
}
