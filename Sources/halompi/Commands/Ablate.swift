internal import ArgumentParser

/// Many trainings that are compared.
struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train every variant of an experiment with every seed, and compare them.",
    discussion: """
      The section `ablation` of the experiment says which variants and seeds. What is done and what is \
      not is read from the files of the runs, so the same command goes on after any interruption.

        halompi ablate jobs/gadget.yaml --executor local
        mpirun -n 9 halompi ablate jobs/gadget.yaml
        halompi ablate status jobs/gadget.yaml
        halompi ablate summarize jobs/gadget.yaml
      """,
    subcommands: [
      AblateStart.self, AblateExpand.self, AblateRun.self, AblateStatus.self,
      AblateSummarize.self,
    ],
    defaultSubcommand: AblateStart.self)
}
