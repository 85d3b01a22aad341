import Foundation

/// Files of one format, and the commands that read them.
struct FuzzTarget: Sendable {
  /// How a file is changed, besides its bytes.
  enum Format: Sendable {
    /// Lines, words and numbers of a text.
    case text
    /// Binary: bytes alone.
    case binary
    /// Attributes and datasets of HDF5, with checksums that fit.
    case hdf5
    /// The header of safetensors, whose length is told before it.
    case safeTensors
    /// An experiment, whose settings the command line changes: the file stays as it is.
    case settings
  }

  /// A file that is changed.
  struct Victim: Sendable {
    /// The path in the corpus.
    let file: String
    /// The format.
    let format: Format
    /// The bytes in front of the data of a binary file, which are structure.
    var header = 0
  }

  /// What the target is called on the command line.
  let name: String

  /// The files or folders of the corpus that commands need; the victims are in them.
  let files: [String]

  /// The files of which one is changed in each round.
  let victims: [Victim]

  /// The commands, of which each round runs one; `FILE` stands for the file that was changed, and `SETTINGS` for drawn
  /// settings.
  let commands: [[String]]

  /// The field file that the last command makes, whose labels are compared with those of the intact files.
  var fields: String?

  /// The commands that may take more of the processor than others, and are ended then: drawn settings may ask for any
  /// amount of work, but not of memory.
  var longCommands: Set<String> = []

  /// The files that a command makes when it succeeds, and does not leave when it fails.
  static let product = "product"
}

extension FuzzTarget {
  /// All targets: an own format each, and one for each format of simulations.
  static let all: [FuzzTarget] = [settings] + own + foreign

  private static let experiment = ["tiny.yaml", "--quiet"]

  private static let run = "runs/tiny"
  private static let training = "runs/tiny/training/raw-seed1"

  /// Every setting, in every command that reads an experiment.
  private static let settings: FuzzTarget = {
    let experiment = ["FILE", "SETTINGS"]
    let work = experiment + ["--quiet"]
    return FuzzTarget(
      name: "settings",
      files: ["tiny.yaml", "universe.yaml", "simulations", "benchmark.json", run, "fresh"],
      victims: [Victim(file: "tiny.yaml", format: .settings)],
      commands: [
        ["check", "experiment"] + experiment,
        ["plan"] + experiment + ["--benchmark", "benchmark.json"],
        ["slurm"] + experiment + ["--job", "pipeline", "--dry-run"],
        ["ablate", "expand"] + experiment, ["run", "--dry-run"] + experiment,
        ["simulate", "universe.yaml", "SETTINGS", "--quiet"], ["prepare"] + work,
        ["train"] + work + ["--runs", "fresh"], ["predict"] + work, ["analyze"] + work,
      ],
      longCommands: ["simulate", "prepare", "train", "predict", "analyze"])
  }()

  /// The formats of the program itself.
  private static let own: [FuzzTarget] = [
    FuzzTarget(
      name: "experiment", files: ["full.yaml", "tiny.yaml", "simulations", "benchmark.json", run],
      victims: [
        Victim(file: "full.yaml", format: .text), Victim(file: "tiny.yaml", format: .text),
      ],
      commands: [
        ["check", "experiment", "FILE"], ["plan", "FILE", "--benchmark", "benchmark.json"],
        ["slurm", "FILE", "--job", "train", "--dry-run"],
      ]),
    FuzzTarget(
      name: "model", files: ["tiny.yaml", "simulations", run],
      victims: [Victim(file: "\(training)/model.h5", format: .hdf5)],
      commands: [
        ["inspect", "FILE"], ["export", "FILE", "--to", "safetensors", "--output", product],
        ["export", "FILE", "--to", "onnx", "--output", product], ["predict"] + experiment,
      ]),
    FuzzTarget(
      name: "checkpoint", files: ["tiny.yaml", "simulations", "unfinished"],
      victims: [
        Victim(file: "unfinished/tiny/training/raw-seed1/checkpoints/NEWEST.h5", format: .hdf5)
      ],
      commands: [["inspect", "FILE"], ["train"] + experiment + ["--runs", "unfinished"]]),
    FuzzTarget(
      name: "field", files: ["tiny.yaml", "simulations", run],
      victims: ["A", "B", "C"].map { Victim(file: "\(run)/fields/\($0).h5", format: .hdf5) },
      commands: [["inspect", "FILE"], ["predict"] + experiment, ["plan"] + experiment]),
    FuzzTarget(
      name: "predictions", files: ["tiny.yaml", "simulations", run],
      victims: [Victim(file: "\(run)/predictions/raw-seed1/predictions.h5", format: .hdf5)],
      commands: [["inspect", "FILE"], ["analyze"] + experiment]),
    FuzzTarget(
      name: "logs", files: [run],
      victims: ["metrics", "timings"].map {
        Victim(file: "\(training)/\($0).jsonl", format: .text)
      },
      commands: [["watch", run, "--once"]]),
    FuzzTarget(
      name: "run-records", files: ["tiny.yaml", "simulations", run],
      victims: ["experiment.yaml", "fields/provenance.json"].map {
        Victim(file: "\(run)/\($0)", format: .text)
      },
      commands: [["plan"] + experiment, ["predict"] + experiment, ["analyze"] + experiment]),
    FuzzTarget(
      name: "safetensors", files: ["exported.safetensors", "small.safetensors"],
      victims: ["exported", "small"].map {
        Victim(file: "\($0).safetensors", format: .safeTensors)
      },
      commands: [["import", "FILE", "--output", product]]),
    FuzzTarget(
      name: "table", files: ["masses.csv"], victims: [Victim(file: "masses.csv", format: .text)],
      commands: ["ksg", "gmm"].map {
        ["information", "FILE", "--columns", "a,b", "--groups", "halo", "--estimator", $0]
          + ["--bootstraps", "0", "--threads", "1"]
      }),
    FuzzTarget(
      name: "manifest", files: ["tiny.yaml", "simulations", run],
      victims: [Victim(file: "\(run)/ablation/manifest.json", format: .text)],
      commands: [
        ["ablate", "status"] + experiment, ["ablate", "summarize"] + experiment,
        ["ablate", "expand"] + experiment,
      ]),
    FuzzTarget(
      name: "benchmark", files: ["tiny.yaml", "simulations", "benchmark.json", run],
      victims: [Victim(file: "benchmark.json", format: .text)],
      commands: [["plan"] + experiment + ["--benchmark", "FILE"]]),
    FuzzTarget(
      name: "golden", files: ["golden.json"], victims: [Victim(file: "golden.json", format: .text)],
      commands: [["check", "golden", "FILE"]]),
  ]

  /// A simulation of which one file is changed: `inspect` reads it if it is a snapshot, `prepare` all of it.
  ///
  /// - Parameters:
  ///   - name: The name of the experiment.
  ///   - victims: The files and their formats.
  ///   - header: The bytes in front of the data, of binary files.
  ///   - inspects: Whether they are snapshots.
  /// - Returns: The target.
  private static func simulation(
    _ name: String, _ victims: [(String, Format)], header: Int = 0, inspects: Bool = false
  ) -> FuzzTarget {
    FuzzTarget(
      name: name, files: ["simulations", "\(name).yaml"],
      victims: victims.map {
        Victim(file: "simulations/\($0.0)", format: $0.1, header: header)
      },
      commands: (inspects ? [["inspect", "FILE"]] : []) + [["prepare", "\(name).yaml"]],
      fields: "runs/\(name)/fields/A.h5")
  }

  /// The formats of other programs.
  private static let foreign: [FuzzTarget] = [
    simulation(
      "gadget4",
      [("gadget4/ics.hdf5", .hdf5), ("gadget4/snapshot_001.hdf5", .hdf5)], inspects: true),
    simulation("gadget4-groups", [("gadget4/fof_subhalo_tab_001.hdf5", .hdf5)]),
    simulation(
      "gadget2", [("gadget2/ics.0.hdf5", .hdf5), ("gadget2/snapshot_001.0.hdf5", .hdf5)],
      inspects: true),
    simulation(
      "gadget-binary",
      [
        ("binary/ics.gadget", .binary), ("binary/snapshot_001.0", .binary),
        ("binary/snapshot_001.1", .binary),
      ], header: 264, inspects: true),
    simulation("arepo", [("arepo/snapdir_099/snap_099.0.hdf5", .hdf5)], inspects: true),
    simulation(
      "arepo-groups",
      (0..<3).map { ("arepo/groups_099/fof_subhalo_tab_099.\($0).hdf5", .hdf5) }),
    simulation(
      "swift", [("swift/twin_0000.hdf5", .hdf5), ("swift/twin_0001.hdf5", .hdf5)], inspects: true),
    simulation(
      "subfind",
      ["subhalo_tab_002.0", "subhalo_tab_002.1", "subhalo_ids_002.0"].map {
        ("catalogues/subfind/\($0)", .binary)
      }, header: 28),
    simulation(
      "subfind-big",
      ["subhalo_tab_002.0", "subhalo_ids_002.0"].map { ("catalogues/subfind-big/\($0)", .binary) },
      header: 24),
    simulation(
      "quijote",
      ["group_tab_002.0", "group_tab_002.1", "group_ids_002.0"].map {
        ("catalogues/quijote/\($0)", .binary)
      }, header: 24),
    simulation(
      "quijote-big",
      ["group_tab_002.0", "group_ids_002.0"].map { ("catalogues/quijote-big/\($0)", .binary) },
      header: 24),
    simulation(
      "ahf",
      ["halos", "particles"].map { ("catalogues/ahf/snap_002.z0.000.AHF_\($0)", .text) }),
    simulation(
      "rockstar",
      ["0.ascii", "0.particles", "1.ascii"].map { ("catalogues/rockstar/halos_2.\($0)", .text) }),
    simulation(
      "rockstar-binary",
      (0..<2).map { ("catalogues/rockstar-binary/halos_2.\($0).bin", .binary) }, header: 256),
    simulation(
      "velociraptor",
      ["catalog_groups.0", "properties.0", "catalog_particles.1"].map {
        ("catalogues/velociraptor/snap_002.\($0)", .hdf5)
      }),
    // Records and lists of different lengths cannot be written again here: bytes alone.
    simulation("hbt", (0..<2).map { ("catalogues/hbt/SubSnap_002.\($0).hdf5", .binary) }),
    simulation("hbt-sorted", [("catalogues/hbt-sorted/OrderedSubSnap_002.hdf5", .hdf5)]),
    simulation(
      "soap",
      [
        ("catalogues/soap-all/halo_properties_0002.hdf5", .hdf5),
        ("catalogues/soap-all/membership_0002.hdf5", .hdf5),
      ]),
    simulation("swift-groups", [("catalogues/swift/fof_output_0001.hdf5", .hdf5)]),
    simulation(
      "gadget3",
      (0..<2).map { ("catalogues/gadget3/subhalo_tab_002.\($0).hdf5", .hdf5) }),
    simulation("eagle", [("catalogues/eagle/eagle_subfind_tab_002.0.hdf5", .hdf5)]),
    simulation("owls", (0..<2).map { ("catalogues/owls/subhalo_002.\($0).hdf5", .hdf5) }),
    simulation("labels-csv", [("labels/labels.csv", .text)]),
    simulation("labels-spaces", [("labels/rockstar.particles", .text)]),
    simulation("labels-hdf5", [("labels/labels.hdf5", .hdf5)]),
  ]
}
