import ArgumentParser

/// Many trainings that are compared.
struct Ablate: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Train every variant of an experiment with every seed, and compare them.",
    discussion: """
      The section `ablation` of the experiment says which variants and seeds. What is done and what is \
      not is read from the files of the runs, so the same command goes on after any interruption.

        halompi ablate expand jobs/gadget.yaml
        halompi ablate run jobs/gadget.yaml raw-seed3
      """,
    subcommands: [AblateExpand.self, AblateRun.self])
}
