package import Experiments
internal import MPI
package import Schedulers
internal import Text

/// The batch jobs of an experiment: their scripts, and which waits for which.
///
/// A value: nothing is written or submitted here.
package struct BatchJobs: Sendable {
  /// The kind of work to submit.
  package enum Kind: String, CaseIterable, Sendable {
    /// The simulations of the realizations that have a seed.
    case simulate
    /// The fields.
    case prepare
    /// One training.
    case train
    /// The runs of an ablation that are not done, each as an element of an array of jobs.
    case ablation
    /// The predictions of one trained network.
    case predict
    /// The report on all predictions of the run directory.
    case analyze
    /// All stages of one training, each after the one before.
    case pipeline
  }

  /// A job, and the jobs before it in the list that it waits for.
  package struct Job: Hashable, Sendable {
    /// The command of the job, which is the name of its script.
    package let stage: String

    /// The script that is submitted.
    package let script: BatchScript

    /// The jobs of the list that it waits for.
    let predecessors: [Int]

    /// Whether they must have succeeded, or need only have ended.
    let needsSuccess: Bool

    /// The name of the script's file.
    var fileName: String { "\(script.name).\(script.cluster.scheduler.scriptEnding)" }
  }

  private let experiment: Experiment
  private let directory: RunDirectory
  private let program: String
  private let arguments: [String]
  private let folder: String

  /// Names the jobs of an experiment.
  ///
  /// - Parameters:
  ///   - experiment: Its section `cluster` says what the jobs ask for.
  ///   - directory: The run directory, where the logs go.
  ///   - program: The absolute path of halompi.
  ///   - arguments: The experiment file and options, as the commands take them in `folder`.
  ///   - folder: The absolute path of the folder that the jobs run in.
  package init(
    of experiment: Experiment, in directory: RunDirectory, program: String, arguments: [String],
    folder: String
  ) {
    self.experiment = experiment
    self.directory = directory
    self.program = program
    self.arguments = arguments
    self.folder = folder
  }

  /// The jobs to submit, in an order in which each comes after those it waits for.
  ///
  /// - Parameters:
  ///   - kind: The kind of work to submit.
  ///   - runs: The indices of the runs of an ablation to execute.
  /// - Returns: The jobs.
  package func jobs(_ kind: Kind, runs: [Int] = []) -> [Job] {
    followed(
      kind == .ablation
        ? [array(of: runs), summary, report]
        : stages(of: kind).enumerated().map { index, stage in
          job(stage, after: index > 0 ? [index - 1] : [])
        })
  }

  private func stages(of kind: Kind) -> [Kind] {
    guard kind == .pipeline else { return [kind] }
    let isSimulated = experiment.simulations.contains { $0.seed != nil }
    return (isSimulated ? [.simulate] : []) + [.prepare, .train, .predict, .analyze]
  }

  /// Tells the scripts where they are and which wait for them: PBS and Flux are given a job again that has stopped.
  private func followed(_ jobs: [Job]) -> [Job] {
    guard experiment.cluster.scheduler != .slurm else { return jobs }
    func path(of job: Job) -> String { "\(scriptFolder)/\(job.fileName)" }
    return jobs.enumerated().map { index, job in
      var script = job.script
      script.path = path(of: job)
      // The places of the jobs that wait, among this one and its followers.
      var places = [index: 0]
      for (later, follower) in jobs.enumerated().dropFirst(index + 1) {
        guard let place = follower.predecessors.last.flatMap({ places[$0] }) else { continue }
        places[later] = places.count
        script.followers.append(
          BatchScript.Follower(
            path: path(of: follower), predecessor: place, needsSuccess: follower.needsSuccess))
      }
      return Job(
        stage: job.stage, script: script, predecessors: job.predecessors,
        needsSuccess: job.needsSuccess)
    }
  }

  private func job(_ kind: Kind, after predecessors: [Int]) -> Job {
    let isResumable = kind == .train || kind == .simulate
    var script = script(kind.rawValue, [kind.rawValue], isResumable: isResumable)
    if kind == .train { script.timeLimitOption = "--time-limit" }
    return Job(
      stage: kind.rawValue, script: script, predecessors: predecessors, needsSuccess: true)
  }

  /// One element per run, so that a run that crashes or hangs takes no other with it.
  private func array(of runs: [Int]) -> Job {
    var script = script("ablation", ["ablate", "run"], isResumable: true)
    script.timeLimitOption = "--time-limit"
    script.elements = BatchScript.Elements(
      indices: runs, simultaneous: experiment.ablation.simultaneousRuns)
    return Job(stage: "ablation", script: script, predecessors: [], needsSuccess: true)
  }

  /// Compares what is there when the array has ended, whatever became of its runs, and tells what is missing.
  private var summary: Job {
    var script = script("summary", ["ablate", "summarize"], isResumable: false)
    (script.cluster.nodes, script.cluster.ranksPerNode, script.cluster.coresPerRank) = (1, 1, 1)
    return Job(stage: "summary", script: script, predecessors: [0], needsSuccess: false)
  }

  /// Analyzes the predictions that are there when the array has ended: each run makes its own.
  private var report: Job {
    let kind = Kind.analyze.rawValue
    return Job(
      stage: kind, script: script(kind, [kind], isResumable: false), predecessors: [0],
      needsSuccess: false)
  }

  private var scriptFolder: String {
    absolutePath(directory.batchScripts(of: experiment.cluster.scheduler), in: folder)
  }

  private func script(_ stage: String, _ command: [String], isResumable: Bool) -> BatchScript {
    var script = BatchScript(
      name: "\(experiment.name)-\(stage)", cluster: experiment.cluster,
      command: .words([program] + command + arguments), isResumable: isResumable, folder: folder,
      logFolder: scriptFolder, mpi: MPIFamily.current.slurmPlugin,
      comment: ["Written by halompi \(halompiVersion): \(stage) of \(experiment.name)."])
    script.hasHydra = MPIFamily.current == .mpich
    return script
  }
}
