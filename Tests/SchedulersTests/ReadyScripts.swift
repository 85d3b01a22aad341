import Schedulers

/// The scripts in the folder `slurm`, which take the experiment from the command line of `sbatch`.
enum ReadyScripts {
  static let all: [(String, BatchScript)] = [
    (
      "simulate",
      script(
        "simulate", isResumable: true,
        [
          "Simulates the realizations of an experiment that have a seed.", "",
          "  sbatch slurm/simulate.sbatch jobs/paper.yaml", "",
        ])
    ),
    (
      "prepare",
      script(
        "prepare", isResumable: false,
        [
          "Makes the fields of an experiment.", "",
          "  sbatch slurm/prepare.sbatch jobs/gadget.yaml",
          "",
        ])
    ),
    (
      "train",
      script(
        "train", isResumable: true,
        [
          "Trains the network of an experiment, across as many time limits and preemptions as it takes.",
          "",
          "  sbatch slurm/train.sbatch jobs/gadget.yaml",
          "  sbatch --nodes=4 --time=12:00:00 slurm/train.sbatch jobs/gadget.yaml --set training.seed=2",
          "",
        ])
    ),
    (
      "predict",
      script(
        "predict", isResumable: false,
        [
          "Predicts halo masses with the trained network of an experiment.", "",
          "  sbatch slurm/predict.sbatch jobs/gadget.yaml", "",
        ])
    ),
    (
      "analyze",
      script(
        "analyze", isResumable: false,
        [
          "Turns the predictions of all trainings of an experiment into tables, figures and a page.",
          "",
          "  sbatch slurm/analyze.sbatch jobs/gadget.yaml", "",
        ])
    ),
    (
      "ablation",
      script(
        "ablate run", isResumable: true,
        [
          "Trains the runs of an ablation, each as an element of an array of jobs: one that is killed or hangs takes",
          "no other with it. First the manifest is written; the array has its indices.", "",
          "  halompi ablate expand jobs/gadget.yaml",
          "  sbatch --array=0-9%4 slurm/ablation.sbatch jobs/gadget.yaml", "",
          "What failed or is missing: `halompi ablate expand --unfinished` lists the indices to submit again.",
          "",
        ], elements: .init(indices: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9], simultaneous: 4))
    ),
  ]

  private static func script(
    _ command: String, isResumable: Bool, _ purpose: [String], elements: BatchScript.Elements? = nil
  ) -> BatchScript {
    var cluster = ClusterSettings()
    cluster.nodes = 2
    cluster.ranksPerNode = 2
    cluster.coresPerRank = 8
    return BatchScript(
      name: "halompi-\(command == "ablate run" ? "ablation" : command)", cluster: cluster,
      command: .commandWithArguments(command.split(separator: " ").map(String.init)),
      isResumable: isResumable, elements: elements,
      comment: purpose + use + (isResumable ? resuming : []))
  }

  private static let use = [
    "Submit it in the folder that holds .build and jobs, or name the program in HALOMPI. What follows the",
    "experiment goes to halompi. Options of sbatch on the command line replace those below; add your",
    "account and partition there, or here. `halompi slurm` writes such scripts from an experiment.",
  ]

  private static let resuming = [
    "",
    "Two minutes before the time limit, or when the job is preempted, Slurm signals this script, which tells",
    "all ranks. They finish the step, write a checkpoint and exit with 75; the job is then put back into the",
    "queue, at most HALOMPI_REQUEUES times (default 20) and only if a step was done, and goes on from the",
    "checkpoint. Any other exit code ends the job for good, and so does scancel.",
  ]
}
