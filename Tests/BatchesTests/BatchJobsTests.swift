import Testing

@testable import Batches
@testable import Experiments
@testable import Schedulers

/// Which batch jobs there are, and which waits for which.
struct BatchJobsTests {
  private func jobs(_ kind: BatchJobs.Kind, seeds: Bool, runs: [Int] = []) -> [BatchJobs.Job] {
    var experiment = Experiment()
    experiment.name = "x"
    experiment.cluster.nodes = 4
    experiment.ablation.simultaneousRuns = 3
    experiment.simulations =
      seeds
      ? [SimulationSettings(name: "a", role: .training, seed: 1)]
      : [SimulationSettings(name: "a", role: .training, initial: "i", final: "f", catalogue: "c")]
    return BatchJobs(
      of: experiment, in: RunDirectory(of: experiment), program: "/bin/halompi",
      arguments: ["x.yaml", "--set", "name=x"], folder: "/a folder"
    ).jobs(kind, runs: runs)
  }

  @Test func aPipelineHasItsStagesInTheirOrder() {
    let embedded = jobs(.pipeline, seeds: true)
    #expect(embedded.map(\.stage) == ["simulate", "prepare", "train", "predict", "analyze"])
    #expect(embedded.map(\.predecessors) == [[], [0], [1], [2], [3]])
    #expect(!embedded.contains { !$0.needsSuccess })
    #expect(embedded.map(\.script.isResumable) == [true, false, true, false, false])
    #expect(
      jobs(.pipeline, seeds: false).map(\.stage) == ["prepare", "train", "predict", "analyze"])
  }

  @Test func aJobRunsTheCommandAsItWasGiven() throws {
    let job = try #require(jobs(.train, seeds: true).first)
    #expect(job.script.command == .words(["/bin/halompi", "train", "x.yaml", "--set", "name=x"]))
    #expect(job.script.logFolder == "/a folder/runs/x/slurm")
    #expect(try job.script.text().contains("#SBATCH --nodes=4\n"))
  }

  @Test func anAblationIsAnArrayAndASummaryAndAReportThatStartInAnyCase() throws {
    let jobs = jobs(.ablation, seeds: true, runs: [4, 1, 2])
    #expect(jobs.map(\.stage) == ["ablation", "summary", "analyze"])
    #expect(try jobs[0].script.text().contains("#SBATCH --array=1-2,4%3\n"))
    for job in jobs[1...] { #expect(job.predecessors == [0] && !job.needsSuccess, "\(job.stage)") }
    #expect(jobs[1].script.cluster.nodes == 1)
    #expect(jobs[2].script.cluster.nodes == 4 && jobs[2].script.elements == nil)
  }
}
