internal import ArgumentParser
internal import MPI
internal import Workshop

/// Prints what is in a file.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print what is in a file as a small tree, and verify its checksums.",
    discussion: """
      Field files, models, checkpoints, predictions: any HDF5 file. Datasets and texts \
      that carry a checksum are read and compared with it; one that differs is named, and exits with 65.

      Of a snapshot (GADGET, AREPO or SWIFT; a file, a folder, or what several files have in common) it \
      says what prepare would read: format, particles, box, redshift, cosmology, units, IDs, lattice and \
      halos, and what is missing with what to do about it. All particles are read by one rank. A halo \
      catalogue is named with its format; with --catalogue it is compared with the snapshot, as prepare does.

      The file is read by a second process, with limits in proportion to its size: a file that is damaged so that HDF5 crashes on
      it, or never ends, is called damaged.

        halompi inspect runs/gadget/fields/A_1001.h5
        halompi inspect snapdir_000
        halompi inspect snapdir_000 --catalogue groups_000
      """)

  @Argument(help: "The file, or the folder of a snapshot.", completion: .file())
  var file: String

  @Option(
    help: "The catalogue of the snapshot's halos: a file or its folder.", completion: .file())
  var catalogue: String?

  @Flag(inversion: .prefixedNo, help: "Read the datasets and compare them with their checksums.")
  var verify = true

  @Flag(help: "Print the tree of a snapshot, too, if it is HDF5.")
  var tree = false

  @Flag(
    help: "Read the file in this process, without limits on time and memory: not for damaged files."
  )
  var trust = false

  func run() throws {
    guard !trust else { return try inspect() }
    let options =
      [verify ? "--verify" : "--no-verify", "--trust"] + (tree ? ["--tree"] : [])
      + (catalogue.map { ["--catalogue=\($0)"] } ?? [])
    var code: Int32 = 0
    try reportingFailures {
      let reading = try IsolatedReading(of: file, with: catalogue).run(
        ["inspect"] + options + ["--", file])
      Console.error.say(reading.errors)
      code = reading.code
    }
    guard code == 0 else { throw ExitCode(code) }
  }

  private func inspect() throws {
    try runJob { world in
      let alone = try world.split(color: world.rank, key: 0)
      try world.agree {
        guard world.isRoot else { return }
        if catalogue == nil, let found = CatalogueInspection(of: file) {
          try Console.output.show(found, terminator: "")
          guard found.isHDF5 else { return }
        } else if catalogue != nil || SnapshotInspection.isSnapshot(file) {
          let inspection = try SnapshotInspection(of: file, catalogue: catalogue, on: alone)
          try Console.output.show(inspection, terminator: "")
          if let failure = inspection.failure(of: file) { throw failure }
          guard tree else { return }
        }
        let tree = try FileTree(of: file, verifying: verify)
        try Console.output.show(tree, terminator: "")
        if let failure = tree.failure { throw failure }
      }
    }
  }
}
