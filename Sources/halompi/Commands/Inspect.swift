import ArgumentParser
import Jobs
import MPI

/// Prints what is in a file.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what is in a file as a small tree, and verify its checksums.",
    discussion: """
      Field files, models, checkpoints, predictions, snapshots: any HDF5 file. Datasets and texts \
      that carry a checksum are read and compared with it; one that differs is named, and exits with 65.

        halompi inspect runs/gadget/fields/A_1001.h5
      """)

  @Argument(help: "The file.", completion: .file(extensions: ["h5", "hdf5"]))
  var file: String

  @Flag(inversion: .prefixedNo, help: "Read the datasets and compare them with their checksums.")
  var verify = true

  func run() throws {
    try runJob { world in
      try world.agree {
        guard world.isRoot else { return }
        let tree = try FileTree(of: file, verifying: verify)
        print(tree, terminator: "")
        if let error = InspectionError(tree) { throw error }
      }
    }
  }
}
