internal import ArgumentParser
internal import MPI
package import Networks
internal import Workshop

/// Checks the network against the values of another program.
struct CheckGolden: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "golden",
    abstract: "Check the network against golden values of another implementation.",
    discussion: """
      The file holds predictions, losses, gradients and optimizer steps that another program \
      computed, for any box width; weights and boxes are regenerated from integers. The worst \
      relative error of each quantity is printed; one beyond its tolerance exits with 1.

        halompi check golden network-19.json
      """)

  @Argument(help: "The file of golden values (JSON).", completion: .file(extensions: ["json"]))
  var file: String

  @Option(help: "The implementation of the network that is checked.")
  var kernels = NetworkKernels.reference

  func run() throws {
    try runJob { world in
      try world.agree {
        guard world.isRoot else { return }
        let report = try GoldenReport(file: file, kernels: kernels)
        try Console.output.show(report, terminator: "")
        if let failure = report.failure { throw failure }
      }
    }
  }
}

extension NetworkKernels: ExpressibleByArgument {}
