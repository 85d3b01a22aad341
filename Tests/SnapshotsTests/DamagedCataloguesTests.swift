import Failures
import Foundation
import MPI
import TestSupport
import Testing

@testable import Snapshots

/// Catalogues and tables that are damaged, of another kind, or hostile.
@Suite(.serialized) struct DamagedCataloguesTests {
  /// What prepare would take of a catalogue: the halo and boundness by particle ID, masses and radii.
  private struct Labels: Equatable {
    var halos: [Int32]
    var isBound: [Bool]
    var counts: [Int]

    init(_ path: String, _ snapshot: Snapshot) throws {
      var members: HaloMembers?
      try withWorld { world in
        let alone = try world.split(color: world.rank, key: 0)
        let assignment = try HaloAssignment.open(.catalogue(path), of: snapshot)
        if case .groups(let catalogue) = assignment { try catalogue.check(against: snapshot) }
        let particles = try snapshot.particles(in: 0..<snapshot.particleCount)
        let found = try assignment.members(of: particles, in: snapshot, on: alone)
        try assignment.check(found.counts, of: snapshot)
        try DamagedCataloguesTests.check(found, particles, snapshot)
        members = found
      }
      let found = try #require(members)
      halos = found.halos
      isBound = found.isBound
      counts = found.counts
    }
  }

  /// Folders of catalogues, and the table in each whose bytes are changed.
  static let formats = [
    ("catalogues/subfind", "catalogues/subfind/subhalo_tab_002.0"),
    ("catalogues/subfind-big", "catalogues/subfind-big/subhalo_tab_002.0"),
    ("catalogues/quijote", "catalogues/quijote/group_tab_002.0"),
    ("catalogues/ahf", "catalogues/ahf/snap_002.z0.000.AHF_halos"),
    ("catalogues/rockstar", "catalogues/rockstar/halos_2.0.ascii"),
    ("catalogues/gadget3", "catalogues/gadget3/subhalo_tab_002.0.hdf5"),
    ("catalogues/eagle", "catalogues/eagle/eagle_subfind_tab_002.0.hdf5"),
    ("catalogues/owls", "catalogues/owls/subhalo_002.0.hdf5"),
    ("catalogues/rockstar-binary", "catalogues/rockstar-binary/halos_2.0.bin"),
    ("catalogues/rockstar-binary-big", "catalogues/rockstar-binary-big/halos_2.0.bin"),
    ("catalogues/velociraptor", "catalogues/velociraptor/snap_002.catalog_groups.0"),
    ("catalogues/hbt", "catalogues/hbt/SubSnap_002.0.hdf5"),
    ("catalogues/soap", "catalogues/soap/halo_properties_0002.hdf5"),
    ("catalogues/swift", "catalogues/swift/fof_output_0001.hdf5"),
  ]

  /// The snapshot that a folder's catalogue is of.
  private static func snapshot(of folder: String) throws -> Snapshot {
    let own = [
      "quijote": "gadget2/snapshot_001", "soap": "swift/twin_0001.hdf5",
      "swift": "swift/twin_0001.hdf5",
    ]
    let name = own.first { folder.contains($0.key) }?.value ?? "catalogues/snapshot_002"
    return try Snapshot.open(ReferenceUniverse.path(name))
  }

  /// A header's numbers in every place and of hostile values, and cut files: an error with a sentence, or
  /// labels of all particles, never a trap.
  @Test(arguments: formats) func mutatedFilesGiveErrorsOrLabels(
    folder: String, first: String
  ) throws {
    let snapshot = try Self.snapshot(of: folder)
    let original = try Labels(ReferenceUniverse.path(first), snapshot)
    let target = try ReferenceUniverse.copy(folder, to: "mutations", as: "groups")
    defer { remove(target) }
    let file = target + "/" + (first.split(separator: "/").last ?? "")
    let content = try Data(contentsOf: URL(filePath: file))
    var chance = FixedSequence(seed: 7)
    var refused = 0
    let rounds = mutationCount(150)
    for round in 0..<rounds {
      var changed = content
      switch round % 3 {
      case 0:
        let word: [UInt32] = [0xFFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0x7F80_0000, 0]
        let value = word[Int(chance.next() % 5)]
        // Headers first, then anywhere.
        let place =
          round < 60
          ? 4 * (round / 3) % max(4, content.count - 4) : Int(chance.next()) % (content.count - 4)
        withUnsafeBytes(of: value.littleEndian) {
          changed.replaceSubrange(place..<place + 4, with: $0)
        }
      case 1: changed[Int(chance.next()) % content.count] = UInt8(chance.next() % 256)
      default: changed = content.prefix(Int(chance.next()) % content.count)
      }
      try changed.write(to: URL(filePath: file))
      do {
        let labels = try Labels(file, snapshot)
        // Whatever is read must be whole: the members of halos are those that are counted.
        let members = labels.halos.count { $0 >= 0 }
        #expect(members == labels.counts.reduce(0, +))
        if round % 3 == 2, folder.contains("subfind") || folder.contains("quijote") {
          #expect(labels == original, "cut to \(changed.count) bytes")
        }
      } catch let error as Failure {
        #expect(error.description.hasSuffix(".") && error.reason.count > 5)
        refused += 1
      } catch let error as AgreedFailure {
        #expect(error.underlying is Failure)
        refused += 1
      }
    }
    #expect(refused > rounds / 3)
  }

  /// Refuses halos whose members are not around them, as `prepare` does.
  private static func check(
    _ members: HaloMembers, _ particles: SnapshotParticles, _ snapshot: Snapshot
  ) throws {
    var check = MembershipCheck(members, in: snapshot)
    check.add(particles)
    try check.conclude(check.sums, snapshot.path)
  }

  /// Removes a copy with the folder that it stands in.
  private func remove(_ copy: String) {
    try? FileManager.default.removeItem(at: URL(filePath: copy).deletingLastPathComponent())
  }

  /// SplitMix64 with a fixed seed.
  private struct FixedSequence {
    var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return (z ^ (z >> 31)) >> 2
    }
  }

  /// Files that are recognized and not read, with what is said of them.
  @Test(arguments: [
    ("catalogues/swift/fof_output_0001.hdf5", "does not say which groups of"),
    ("gadget4/snapshot_001.hdf5", "a snapshot, not a catalogue"),
    ("catalogues/subfind/subhalo_ids_002.0", "subhalo_tab_002.0"),
    ("catalogues/rockstar/halos_2.0.particles", "halos_N.0.ascii"),
    ("labels/labels.csv", "no halo catalogue of a known format"),
  ])
  func aFileThatIsNoCatalogueIsNamed(name: String, words: String) throws {
    let snapshot = try Snapshot.open(ReferenceUniverse.path("catalogues/snapshot_002"))
    let error = #expect(throws: Failure.self) {
      try GroupCatalogue.open(ReferenceUniverse.path(name), of: snapshot)
    }
    #expect(error?.description.contains(words) == true, "\(String(describing: error))")
  }

  /// Tables that are cut off or of before P-GADGET-3, by their names, with what is said of them.
  @Test(arguments: [
    ("sub_tab_063.0", "L-SubFind"), ("subhalo_tab_002.0", "not what its numbers announce"),
    ("group_tab_002.0", "by particle ID"),
  ])
  func aTableOfOtherNumbersIsNamed(name: String, words: String) throws {
    let snapshot = try Snapshot.open(ReferenceUniverse.path("catalogues/snapshot_002"))
    try withScratchFolder { folder in
      // Groups, IDs, all groups and files, as of the Millennium simulation.
      let header: [UInt32] = [3, 132, 3, 1, 60, 40, 32, 0, 60, 100]
      try header.withUnsafeBytes { Data($0) }.write(to: URL(filePath: "\(folder)/\(name)"))
      let error = #expect(throws: Failure.self) {
        try GroupCatalogue.open("\(folder)/\(name)", of: snapshot)
      }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      #expect(error?.remedy.contains("`labels`") == true)
    }
  }

  /// The beginnings of the files by their formats' specifications.
  @Test(
    arguments: [
      ([0x1F, 0x8B, 8, 0], "gzip"), ([0xFF, 0xFE, 0x69, 0], "UTF-16"),
      (Array("id,mass,halo\n\n".utf8), "no rows"),
      (Array("id,mass,halo\n5,1e12,\u{1B}[31m\n".utf8), "?[31m is no whole number"),
      ([0x69, 0x64, 0, 0, 7], "neither HDF5 nor text"),
      (Array("# masses in Msun/h\nid,mass,halo\n5,1e12,1\n".utf8), "column id"),
      (Array("id,mvir,mass,halo\n5,1,1e12,1\n".utf8), "massUnit"),
      (Array("id,M200c(12),mass,halo\n5,1,1e12,1\n".utf8), "Msun/h or 1e10 Msun/h"),
      (Array("id,mass,halo\n# h^-1 Msun\n5,1e12,1\n".utf8), "massUnit"),
      ([], "the file is empty"),
      (Array("id,mass,halo\r5,1e12,1\r".utf8), "carriage returns"),
    ] as [([UInt8], String)])
  func aTableThatIsNoneIsNamedWithoutItsBytes(bytes: [UInt8], words: String) throws {
    let folder = try temporaryDirectory("labels-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let table = LabelTable(file: folder + "/labels.csv", halo: "halo")
    try Data(bytes).write(to: URL(filePath: table.file))
    let error = #expect(throws: Failure.self) {
      let file = try table.openFile()
      _ = try file.rows(share: 0, of: 1)
    }
    let text = error?.description ?? ""
    #expect(text.contains(words), "\(text)")
    #expect(text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }, "\(text)")
  }

  /// A pipe that nobody writes to would be waited for without end.
  @Test func aFolderAndAPipeAreNoFiles() throws {
    let scratch = try ScratchFolder()
    let pipe = scratch.path("pipe")
    try #require(mkfifo(pipe, 0o600) == 0)
    func expect(_ words: String, _ read: () throws -> Void) {
      let error = #expect(throws: Failure.self) { try read() }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
    }
    expect("it is a folder") { _ = try LabelTable(file: scratch.path(".")).openFile() }
    expect("it is a pipe") { _ = try LabelTable(file: pipe).openFile() }
    expect("it is a pipe") { _ = try CatalogueCandidate(pipe) }
    expect("it is a pipe") { _ = try Snapshot.open(pipe) }
  }

  @Test func aByteOrderMarkAndQuotationMarksAreNoPartOfNames() throws {
    let folder = try temporaryDirectory("labels-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let table = LabelTable(file: folder + "/labels.csv", halo: "halo", massUnit: .solar)
    try Data("\u{FEFF}\"id\",\"mass\",\"halo\"\r\n5,1e12,1\r\n".utf8)
      .write(to: URL(filePath: table.file))
    #expect(try table.openFile().rows(share: 0, of: 1).ids == [5])
  }

  /// Masses of `labels.csv` are in Msun/h, h being 0.701.
  @Test func massesPerHubbleWithoutAUnitAreRefused() throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let snapshot = try Snapshot.open(ReferenceUniverse.path("gadget4/snapshot_001.hdf5"))
      let table = LabelTable(file: ReferenceUniverse.path("labels/labels.csv"), halo: "halo")
      let assignment = try HaloAssignment.open(.table(table), of: snapshot)
      let particles = try snapshot.particles(in: 0..<216)
      let error = #expect(throws: AgreedFailure.self) {
        try assignment.members(of: particles, in: snapshot, on: alone)
      }
      #expect(error?.underlying.map { "\($0)".contains("labels.massUnit: Msun/h") } == true)
    }
  }

  /// The masses of SUBFIND's tables, and those with a text that says so, are not in Msun.
  @Test(arguments: [("Group/GroupMass", ""), ("mass", "1e10 Msun/h"), ("mass", "10^10 h^-1 Msun")])
  func columnsInMsunPerHubbleNeedAUnit(name: String, unit: String) throws {
    try withScratchFolder { folder in
      var content = try HDF5Content(of: ReferenceUniverse.path("labels/labels.hdf5"))
      content.objects = [("id", HDF5Content.Values.int64([5])), (name, .double([1e12]))].map {
        .init(
          path: "/" + $0.0, extents: [1], values: $0.1,
          attributes: unit.isEmpty ? [] : [("units", .text(unit))])
      }
      try content.write(to: folder + "/labels.hdf5")
      var table = LabelTable(file: folder + "/labels.hdf5", mass: name)
      let error = #expect(throws: Failure.self) { try table.check() }
      #expect(error?.remedy.contains("labels.massUnit") == true, "\(String(describing: error))")
      table.massUnit = .tenBillionSolarPerHubble
      try table.check()
    }
  }

  /// In a box of 25 Mpc/h; the first made distances in units of the radius infinite (`scripts/fuzz subfind 1 7 31`).
  @Test(arguments: [1e-40, 30.0, .infinity]) func aRadiusThatNoHaloHasIsRefused(radius: Double) {
    #expect(throws: Failure.self) { try GroupTables.checked([0.5, radius], 25, "radii", "file") }
  }

  /// A table whose rows are all of particles in no halo.
  @Test(arguments: ["5,0,1", "5,1e12,-1"]) func aTableWithoutAHaloIsRefused(row: String) throws {
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let folder = try temporaryDirectory("labels-\(UUID().uuidString)")
      let table = LabelTable(file: folder + "/labels.csv", halo: "halo", massUnit: .solar)
      try Data("id,mass,halo\n\(row)\n".utf8).write(to: URL(filePath: table.file))
      let snapshot = try Snapshot.open(ReferenceUniverse.path("gadget4/snapshot_001.hdf5"))
      let assignment = try HaloAssignment.open(.table(table), of: snapshot)
      let members = try assignment.members(
        of: snapshot.particles(in: 0..<216), in: snapshot, on: alone)
      let error = #expect(throws: Failure.self) {
        try assignment.check(members.counts, of: snapshot)
      }
      #expect(error?.reason.contains("no row puts a particle in a halo") == true)
    }
  }

  /// SWIFT's labels: none in a halo, and those in none all in one "halo" of number 0.
  @Test(arguments: [(2_147_483_647, "friends-of-friends was not run"), (0, "holds 84 particles")])
  func labelsThatAreNoneAreRefused(ungrouped: Int64, words: String) throws {
    let target = try ReferenceUniverse.copy("swift", to: "fof")
    defer { remove(target) }
    let path = target + "/twin_0001.hdf5"
    var content = try [UInt8](Data(contentsOf: URL(filePath: path)))
    // The dataset is the place with 216 numbers that are those of groups, or of none.
    let width = 8 * 216
    let none: Int64 = 2_147_483_647
    func number(_ offset: Int) -> Int64 {
      content.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Int64.self) }
    }
    let start = try #require(
      (0...content.count - width).first { start in
        (0..<216).allSatisfy { [1, 2, 3, none].contains(number(start + 8 * $0)) }
      })
    for row in 0..<216 {
      let own = number(start + 8 * row)
      let label = ungrouped == 0 ? (own == none ? 0 : own) : ungrouped
      withUnsafeBytes(of: label.littleEndian) {
        content.replaceSubrange(start + 8 * row..<start + 8 * row + 8, with: $0)
      }
    }
    try Data(content).write(to: URL(filePath: path))
    try withWorld { world in
      let alone = try world.split(color: world.rank, key: 0)
      let snapshot = try Snapshot.open(path)
      var text = ""
      do {
        let particles = try snapshot.particles(in: 0..<216)
        let assignment = try HaloAssignment.open(.snapshot, of: snapshot)
        let members = try assignment.members(of: particles, in: snapshot, on: alone)
        try assignment.check(members.counts, of: snapshot)
        try Self.check(members, particles, snapshot)
      } catch { text = "\(error)" }
      #expect(text.contains(words), "\(text)")
    }
  }
}
