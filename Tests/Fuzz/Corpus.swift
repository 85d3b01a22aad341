import Foundation
import TestSupport

/// A folder with an intact file of every format.
///
/// Foreign ones are the fixtures of the tests; the program itself makes its own, so that they are never those of
/// an older version.
struct Corpus {
  /// The path of the folder.
  let folder: String

  /// The path of the program.
  let program: String

  /// A step in making the corpus that did not work.
  struct Failed: Error, CustomStringConvertible {
    let description: String
  }

  /// Makes the files in an empty folder.
  ///
  /// - Parameters:
  ///   - folder: The path of the folder.
  ///   - program: The path of the program.
  /// - Throws: ``Failed`` if the program refuses something, or an error of Foundation.
  init(in folder: String, by program: String) throws {
    self.folder = folder
    self.program = program
    let tests = URL(filePath: ReferenceUniverse.folder).deletingLastPathComponent()
      .deletingLastPathComponent()
    func copy(_ file: String, to name: String) throws {
      try FileManager.default.copyItem(
        atPath: tests.appending(path: file).path, toPath: "\(folder)/\(name)")
    }
    try copy("References/snapshots", to: "simulations")
    try copy("InterchangeTests/Fixtures/small.safetensors", to: "small.safetensors")
    try copy("NetworksTests/Fixtures/network-19.json", to: "golden.json")
    try copy("PlansTests/Fixtures/step-benchmark.json", to: "benchmark.json")
    let benchmark = try String(contentsOfFile: "\(folder)/benchmark.json", encoding: .utf8)
    // That of the experiments' network.
    let own = benchmark.replacing("\"boxWidth\" : 25", with: "\"boxWidth\" : 5")
      .replacing(#/"convolutionChannels" : \[[^\]]*\]/#, with: "\"convolutionChannels\" : [16, 16]")
      .replacing(#/"hiddenUnits" : \[[^\]]*\]/#, with: "\"hiddenUnits\" : [4]")
    try write([own], to: "benchmark.json")
    var random = SeededGenerator(seed: 1)
    let rows = (0..<60).map { row in
      let a = Double.random(in: 11...13, using: &random)
      return "\(a),\(a + Double.random(in: -1...1, using: &random)),\(row / 4)"
    }
    try write(["a,b,halo"] + rows, to: "masses.csv")
    for (name, lines) in Self.simulations {
      try write(
        Self.experiment(name, ["  - name: A", "    role: training"] + lines), to: "\(name).yaml")
    }
    try makeRun()
  }

  private func write(_ lines: [String], to file: String) throws {
    try Data((lines.joined(separator: "\n") + "\n").utf8)
      .write(to: URL(filePath: "\(folder)/\(file)"))
  }

  /// Trains, predicts and so on, on three small simulations.
  private func makeRun() throws {
    var lines: [String] = []
    for (index, (name, role)) in [("A", "training"), ("B", "validation"), ("C", "test")]
      .enumerated()
    {
      var simulation = SyntheticSimulation()
      simulation.side = 6
      simulation.groups = [(40, [30]), (36, []), (33, [])]
      simulation.phase = 0.7 * Double(index)
      let path = "simulations/\(name)"
      try simulation.writeInitial(in: "\(folder)/\(path)")
      try simulation.writeFinal(in: "\(folder)/\(path)")
      try simulation.writeCatalogue(in: "\(folder)/\(path)")
      lines += [
        "  - name: \(name)", "    role: \(role)",
        "    initial: \(path)/snapdir_000/snapshot_000.hdf5",
        "    final: \(path)/snapdir_001/snapshot_001.hdf5",
        "    catalogue: \(path)/groups_001/fof_subhalo_tab_001.hdf5",
      ]
    }
    try write(Self.experiment("tiny", lines), to: "tiny.yaml")
    try write([run(["check", "experiment", "tiny.yaml"])], to: "full.yaml")
    try write(
      [
        "name: universe", "universe:", "  boxSize: 6", "  gridSize: 8",
        "  mesh: {steps: {count: 3}, threads: 1}",
      ]
        + ["simulations:", "  - {name: A, role: training, seed: 1}"]
        + ["  - {name: B, role: validation, seed: 2}"], to: "universe.yaml")
    try run(["prepare", "tiny.yaml"])
    try FileManager.default.createDirectory(
      atPath: "\(folder)/fresh/tiny", withIntermediateDirectories: true)
    try FileManager.default.copyItem(
      atPath: "\(folder)/runs/tiny/fields", toPath: "\(folder)/fresh/tiny/fields")
    try FileManager.default.copyItem(atPath: "\(folder)/fresh", toPath: "\(folder)/unfinished")
    try run(["train", "tiny.yaml", "--runs", "unfinished", "--time-limit", "0"], code: 75)
    try run(["train", "tiny.yaml"])
    try run(["predict", "tiny.yaml"])
    try run(["ablate", "expand", "tiny.yaml"])
    try run(
      ["export", "runs/tiny/training/raw-seed1/model.h5"]
        + ["--to", "safetensors", "--output", "exported.safetensors"])
  }

  /// Runs the program, and returns what it prints.
  @discardableResult
  private func run(_ words: [String], code: Int32 = 0) throws -> String {
    let output = "\(folder)/output"
    defer { unlink(output) }
    let trial = try Trial(
      of: ["/bin/sh", "-c", "exec \"$0\" \"$@\" > output", program] + words, in: folder,
      temporary: ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp")
    guard trial.code == code else {
      let command = words.joined(separator: " ")
      throw Failed(description: "\(command) ended with \(trial.code): \(trial.errors)")
    }
    return try String(contentsOfFile: output, encoding: .utf8)
  }

  /// Finds a file of the corpus, of which `NEWEST` may stand for the last one in its folder.
  func path(of file: String) -> String {
    let url = URL(filePath: "\(folder)/\(file)")
    guard url.lastPathComponent == "NEWEST.h5" else { return file }
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: url.deletingLastPathComponent().path))
      ?? []
    return file.replacing("NEWEST.h5", with: names.filter { $0.hasSuffix(".h5") }.max() ?? "none")
  }
}

extension Corpus {
  private static func experiment(_ name: String, _ simulations: [String]) -> [String] {
    ["name: \(name)", "simulations:"] + simulations + [
      "sampling:", "  boxWidth: 5", "  trainingSamples: 32", "  validationSamples: 16",
      "  testSamples: 40", "  maximumLogMass: 16", "network:", "  convolutionChannels: [16, 16]",
      "  hiddenUnits: [4]", "training:", "  batchSize: 16", "  epochs: 2", "  threadsPerRank: 1",
      "  checkpointSteps: 1", "analysis:", "  maximumLogMass: 16", "  massEdges: [11, 14, 16]",
      "  threadsPerRank: 1", "  information:", "    bootstraps: 0", "    maximumComponents: 2",
      "    randomStarts: 1", "    kMeansStarts: 1", "ablation:", "  seeds: [1, 2]",
    ]
  }

  /// The experiments on other programs' files, which all hold the same universe.
  private static var simulations: [(name: String, lines: [String])] {
    func lines(_ initial: String, _ final: String, _ halos: String?) -> [String] {
      ["    initial: simulations/\(initial)", "    final: simulations/\(final)"]
        + (halos.map { ["    \($0)"] } ?? [])
    }
    func catalogue(_ file: String) -> String { "catalogue: simulations/\(file)" }
    func labels(_ words: String) -> String { "labels: {file: simulations/labels/\(words)}" }
    let gadget4 = lines(
      "gadget4/ics.hdf5", "gadget4/snapshot_001.hdf5",
      catalogue("gadget4/fof_subhalo_tab_001.hdf5"))
    let arepo = lines(
      "gadget4/ics.hdf5", "arepo/snapdir_099", catalogue("arepo/groups_099"))
    func table(_ words: String) -> [String] {
      lines("gadget4/ics.hdf5", "gadget4/snapshot_001.hdf5", labels(words))
    }
    func unsorted(_ file: String) -> [String] {
      lines("gadget4/ics.hdf5", "catalogues/snapshot_002", catalogue("catalogues/\(file)"))
    }
    func inKiloparsecs(_ file: String) -> [String] {
      lines("gadget2/ics", "gadget2/snapshot_001", catalogue("catalogues/\(file)"))
    }
    func ofSWIFT(_ file: String) -> [String] {
      lines("swift/twin_0000.hdf5", "swift/twin_0001.hdf5", catalogue("catalogues/\(file)"))
    }
    return [
      ("gadget4", gadget4), ("gadget4-groups", gadget4), ("arepo", arepo), ("arepo-groups", arepo),
      (
        "gadget2",
        lines(
          "gadget2/ics", "gadget2/snapshot_001",
          labels("labels.csv, halo: halo, massUnit: Msun"))
      ),
      (
        "gadget-binary",
        lines(
          "binary/ics.gadget", "binary/snapshot_001",
          labels("labels.csv, halo: halo, massUnit: Msun"))
      ),
      ("swift", lines("swift/twin_0000.hdf5", "swift/twin_0001.hdf5", nil)),
      ("subfind", unsorted("subfind/subhalo_tab_002.0")),
      ("subfind-big", unsorted("subfind-big/subhalo_tab_002.0")),
      ("quijote", inKiloparsecs("quijote/group_tab_002.0")),
      ("quijote-big", inKiloparsecs("quijote-big/group_tab_002.0")),
      ("ahf", unsorted("ahf/snap_002.z0.000.AHF_halos")),
      ("rockstar", unsorted("rockstar/halos_2.0.ascii")),
      ("rockstar-binary", unsorted("rockstar-binary/halos_2.0.bin")),
      ("velociraptor", unsorted("velociraptor/snap_002.catalog_groups.0")),
      ("hbt", unsorted("hbt/SubSnap_002.0.hdf5")),
      ("hbt-sorted", unsorted("hbt-sorted/OrderedSubSnap_002.hdf5")),
      ("soap", ofSWIFT("soap-all/halo_properties_0002.hdf5")),
      ("swift-groups", ofSWIFT("swift/fof_output_0001.hdf5")),
      ("gadget3", unsorted("gadget3/subhalo_tab_002.0.hdf5")),
      ("eagle", unsorted("eagle/eagle_subfind_tab_002.0.hdf5")),
      ("owls", unsorted("owls/subhalo_002.0.hdf5")),
      ("labels-csv", table("labels.csv, halo: halo, massUnit: Msun")),
      (
        "labels-spaces",
        table(
          "rockstar.particles, id: particle_id, mass: mvir, halo: internal_haloid, massUnit: Msun")
      ),
      (
        "labels-hdf5",
        table(
          "labels.hdf5, id: particle, mass: halos/logMass, halo: halos/number, massUnit: log10 Msun"
        )
      ),
    ]
  }
}
