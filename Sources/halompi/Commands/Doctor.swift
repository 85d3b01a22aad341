internal import ArgumentParser
internal import Foundation
internal import MPI
internal import Workshop

/// Looks at what jobs need of this machine.
struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Look at what jobs need of this machine, and say what to do about each thing.",
    discussion: """
      MPI and its threads, a file that ranks write and read together, the folder with its locks and \
      space, processors and threads, memory, the kernels that will be used, gnuplot, the scheduler of a \
      cluster; and whether two ranks compute the same bits as one, for which two are started if no \
      launcher started this command. \
      It takes some seconds, and leaves no files.

        halompi doctor --folder runs
        srun --mpi=pmix -n 8 halompi doctor

      Each line says ok, warning (jobs run, but slower or without something) or fail (they do not), \
      and the line below what to do. Exits with 1 if one says fail, else with 0.
      """)

  @Option(help: ArgumentHelp("The folder in which files are tried.", valueName: "dir"))
  var folder = "."

  @Flag(help: .hidden)
  var onlyBits = false

  func run() throws {
    // MPI adds to the environment what would mislead the ranks that are started.
    let environment = ProcessInfo.processInfo.environment
    let announcedRanks = Launcher.size
    let launcherName = Launcher.name
    let launcher = launcherName == nil ? Self.launcher : nil
    try runJob(mayBeAlone: true) { world in
      if onlyBits {
        let result = try BitsProbe.result(on: world)
        return try world.agree {
          if world.isRoot { try Console.output.give(BitsProbe.line(for: result)) }
        }
      }
      let task = DoctorTask(
        folder: folder, announcedRanks: announcedRanks, launcherName: launcherName,
        launcher: launcher, environment: environment)
      let diagnosis = try task.run(on: world)
      try world.agree {
        guard world.isRoot else { return }
        try Console.output.show(diagnosis, terminator: "")
        if let failure = diagnosis.failure { throw failure }
      }
    }
  }

  /// The words that start this program by two ranks.
  private static var launcher: [String] {
    let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().path
    return MPIFamily.current.launcher(ranks: 2) + [program, "doctor", "--only-bits"]
  }
}
