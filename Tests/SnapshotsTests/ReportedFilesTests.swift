import Failures
import Foundation
import TestSupport
import Testing

@testable import Snapshots

/// Files like those that users of other programs reported, made of the fixtures.
@Suite(.serialized) struct ReportedFilesTests {
  private static let universe = Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701)

  private func particles(of snapshot: Snapshot) throws -> SnapshotParticles {
    try snapshot.particles(in: 0..<snapshot.particleCount, velocities: true)
  }

  /// Those of `gadget4/ics.hdf5`.
  private func reference() throws -> SnapshotParticles {
    try particles(of: Snapshot.open(ReferenceUniverse.path("gadget4/ics.hdf5")))
  }

  private func written(
    _ name: String, to folder: String, _ change: (inout HDF5Content) -> Void
  ) throws -> String {
    var content = try HDF5Content(of: ReferenceUniverse.path(name))
    change(&content)
    let path = folder + "/changed.hdf5"
    try content.write(to: path)
    return path
  }

  private func refusal(
    _ path: String, cosmology: Cosmology? = nil, ignoring types: [Int] = []
  ) -> Failure? {
    #expect(throws: Failure.self) {
      try particles(of: Snapshot.open(path, cosmology: cosmology, ignoring: types))
    }
  }

  /// GADGET-4 with OUTPUT_COORDINATES_AS_INTEGERS: positions in units of the box's part in 2^32 or 2^64.
  @Test(arguments: [32, 64]) func positionsAsWholePartsOfTheBox(bits: Int) throws {
    let expected = try reference()
    try withScratchFolder { folder in
      let path = try written("gadget4/ics.hdf5", to: folder) { content in
        content.change("PartType1/Coordinates") { object in
          object.path = "/PartType1/IntCoordinates"
          object.values =
            bits == 32
            ? .uint32(expected.positions.map { UInt32(($0 / 25 * 0x1p32).rounded(.down)) })
            : .uint64(expected.positions.map { UInt64(($0 / 25 * 0x1p64).rounded(.down)) })
        }
      }
      let found = try particles(of: Snapshot.open(path))
      #expect(found.ids == expected.ids && found.velocities == expected.velocities)
      #expect(zip(found.positions, expected.positions).allSatisfy { abs($0 - $1) < 25 * 0x1p-32 })
    }
  }

  /// A header of GADGET-4 for as many types, in the place of GADGET-2's in `ics.gadget`.
  private func header(types: Int) -> Data {
    func words(_ values: [UInt64]) -> Data {
      values.withUnsafeBytes { Data($0) }
    }
    func numbers(_ values: [Double]) -> Data { words(values.map(\.bitPattern)) }
    let counts = (0..<types).map { UInt64($0 == 1 ? 216 : 0) }
    // The mass of write.py in 10^10 Msun/h.
    let mass = 0.279 * 27.7536627 * 15625 / 216
    let content =
      words(counts) + words(counts) + numbers((0..<types).map { $0 == 1 ? mass : 0 })
      + numbers([0.01, 99, 25]) + words([1, 0, 0])
    let length = withUnsafeBytes(of: UInt32(content.count)) { Data($0) }
    return length + content + length
  }

  @Test(arguments: [6, 2, 8], [false, true])
  func gadget4HasAHeaderOfItsOwn(types: Int, isNamed: Bool) throws {
    let name = isNamed ? "binary/ics-pynbody.gadget" : "binary/ics.gadget"
    let original = try Data(contentsOf: URL(filePath: ReferenceUniverse.path(name)))
    let expected = try particles(of: Snapshot.open(ReferenceUniverse.path(name)))
    try withScratchFolder { folder in
      let path = folder + "/snapshot_000"
      // Format 2 has a record of 16 bytes before the header's.
      let start = isNamed ? 16 : 0
      try (original.prefix(start) + header(types: types) + original.dropFirst(start + 264))
        .write(to: URL(filePath: path))
      let error = try #require(refusal(path))
      #expect(error.description.contains("GADGET-4") && error.remedy.contains("`cosmology:"))
      // pynbody's masses are listed, the mass of this header is in its table: both are in kpc or Mpc.
      guard !isNamed else { return }
      let snapshot = try Snapshot.open(path, cosmology: Self.universe)
      #expect(snapshot.formatDescription.hasSuffix("header of GADGET-4"))
      let found = try particles(of: snapshot)
      #expect(found.ids == expected.ids && found.positions == expected.positions)
      #expect(found.velocities == expected.velocities)
    }
  }

  /// LensTools has w0, wa and a distance as real numbers where the high words of totals are.
  @Test(arguments: [[-1.0, 0, 2077], [-0.9, -0.5, 0]])
  func aSingleFileHasAllParticlesWhateverItsHighWordsAre(numbers: [Double]) throws {
    let path = ReferenceUniverse.path("binary/ics.gadget")
    let expected = try particles(of: Snapshot.open(path))
    try withScratchFolder { folder in
      var data = try Data(contentsOf: URL(filePath: path))
      data.replaceSubrange(164..<188, with: numbers.withUnsafeBytes { Data($0) })
      try data.write(to: URL(filePath: folder + "/ics"))
      let snapshot = try Snapshot.open(folder + "/ics")
      #expect(try particles(of: snapshot).ids == expected.ids)
      #expect(snapshot.remarks.count == 1)
      #expect(snapshot.remarks.first?.contains("high words") == true)
    }
  }

  /// The same in each of two files, big-endian; the high words begin at byte 188 of SnapFormat 2.
  @Test func highWordsThatNoSetOfFilesHasAreIgnored() throws {
    let folder = try ReferenceUniverse.copy("binary", to: "words")
    let path = folder + "/snapshot_001"
    let expected = try particles(of: Snapshot.open(path))
    let numbers = [-0.9, -0.5, 2077].map(\.bitPattern.bigEndian)
    for part in 0..<2 {
      let file = URL(filePath: "\(path).\(part)")
      var data = try Data(contentsOf: file)
      data.replaceSubrange(188..<212, with: numbers.withUnsafeBytes { Data($0) })
      try data.write(to: file)
    }
    let snapshot = try Snapshot.open(path)
    #expect(try particles(of: snapshot).ids == expected.ids)
    #expect(snapshot.remarks.first?.contains("high words") == true)
  }

  @Test func signedIDsOf32BitsAreTakenByTheirBits() throws {
    let expected = try reference().ids.map { $0 + 1 << 31 }
    try withScratchFolder { folder in
      let path = try written("gadget4/ics.hdf5", to: folder) { content in
        content.change("PartType1/ParticleIDs") {
          $0.values = .int32(expected.map { Int32(bitPattern: UInt32($0)) })
        }
      }
      #expect(try particles(of: Snapshot.open(path)).ids == expected)
    }
  }

  /// monofonIC and others write initial conditions for SWIFT without `Code` and `Cosmology`.
  @Test func initialConditionsForSWIFTNeedACosmologyAlone() throws {
    let expected = try particles(of: Snapshot.open(ReferenceUniverse.path("swift/twin_0000.hdf5")))
    try withScratchFolder { folder in
      let path = try written("swift/twin_0000.hdf5", to: folder) { content in
        content.remove("Cosmology")
        content.remove("Code")
        content.change("Header") { header in header.attributes.removeAll { $0.name == "Code" } }
      }
      let error = try #require(refusal(path))
      for word in ["Omega0, OmegaLambda and HubbleParam", "`cosmology:", "`units`"] {
        #expect(
          error.description.replacing("it and", with: "and").contains(word.prefix(6)), "\(error)")
      }
      #expect(error.reason.contains("OmegaLambda, HubbleParam are in none of the groups"))
      let snapshot = try Snapshot.open(path, cosmology: Self.universe)
      #expect(snapshot.formatDescription == "HDF5 for SWIFT")
      let found = try particles(of: snapshot)
      #expect(found.ids == expected.ids && found.positions == expected.positions)
      #expect(found.velocities == expected.velocities)
    }
  }

  /// 216 particles of type 2 that hold a part of the matter, and the rest in those of type 1.
  private func withNeutrinos(_ part: Double, _ content: inout HDF5Content) {
    let mass = 0.279 * 27.7536627 * 15625 / 216
    content.set("Header/NumPart_Total", to: .uint64([0, 216, 216]))
    content.set("Header/NumPart_ThisFile", to: .uint64([0, 216, 216]))
    content.set("Header/MassTable", to: .double([0, mass * (1 - part), mass * part]))
  }

  @Test func neutrinosAreLeftOutIfTheExperimentSaysSo() throws {
    let expected = try reference()
    try withScratchFolder { folder in
      let path = try written("gadget4/ics.hdf5", to: folder) { withNeutrinos(0.03, &$0) }
      let error = try #require(refusal(path))
      #expect(error.problem == .otherMatter)
      #expect(error.remedy.contains("`ignoreTypes: [2]`"), "\(error)")
      let snapshot = try Snapshot.open(path, ignoring: [2])
      #expect(try particles(of: snapshot).ids == expected.ids)
      // 0.97 of the mass that fills the box, which alone would be taken for wrong units.
      let whole = snapshot.cosmology.particleMass(count: 216, boxSize: 25)
      #expect(abs(snapshot.particleMass / whole - 0.97) < 1e-6)
    }
  }

  /// Tracers have no mass at all.
  @Test func tracersAreLeftOutIfTheExperimentSaysSo() throws {
    try withScratchFolder { folder in
      let path = try written("gadget4/ics.hdf5", to: folder) { withNeutrinos(0, &$0) }
      #expect(try Snapshot.open(path, ignoring: [2, 3]).particleCount == 216)
    }
  }

  @Test(arguments: [0.16, 0.8]) func matterThatCountsIsNotLeftOut(part: Double) throws {
    try withScratchFolder { folder in
      let path = try written("gadget4/ics.hdf5", to: folder) { withNeutrinos(part, &$0) }
      let error = try #require(refusal(path, ignoring: [2]))
      #expect(error.reason.contains("of type 2 hold \(part * 100) %"), "\(error)")
      #expect(error.remedy.contains("zoom simulation"))
    }
  }

  /// Blocks of binary files hold the particles of all types, one type after the other.
  @Test func neutrinosOfBinaryFilesStandBehindTheDarkMatter() throws {
    let path = ReferenceUniverse.path("binary/ics.gadget")
    let expected = try particles(of: Snapshot.open(path))
    try withScratchFolder { folder in
      var data = try Data(contentsOf: URL(filePath: path))
      func put<Value>(_ value: Value, at offset: Int) {
        data.replaceSubrange(
          offset..<offset + MemoryLayout<Value>.size,
          with: withUnsafeBytes(of: value) { Data($0) })
      }
      // The last 16 particles become type 2, with the mass of the others: 7 % of the matter.
      let mass = data.subdata(in: 4 + 32..<4 + 40)
      for offset in [0, 96] {
        put(UInt32(200), at: 4 + offset + 4)
        put(UInt32(16), at: 4 + offset + 8)
      }
      data.replaceSubrange(4 + 40..<4 + 48, with: mass)
      try data.write(to: URL(filePath: folder + "/ics"))
      let error = try #require(refusal(folder + "/ics", ignoring: [2]))
      #expect(error.reason.contains("hold 7.4"), "\(error)")
      // Of no mass they are tracers; the others then do not fill the box, within 2 %.
      put(mass.withUnsafeBytes { $0.loadUnaligned(as: Double.self) } * 216 / 200, at: 4 + 32)
      put(1e-9, at: 4 + 40)
      try data.write(to: URL(filePath: folder + "/ics"))
      let found = try particles(of: Snapshot.open(folder + "/ics", ignoring: [2]))
      #expect(found.ids == Array(expected.ids.prefix(200)))
      #expect(found.positions == Array(expected.positions.prefix(600)))
      #expect(found.velocities == Array(expected.velocities.prefix(600)))
    }
  }

  @Test func gasIsRefusedWithTheReason() throws {
    try withScratchFolder { folder in
      let path = try written("gadget4/ics.hdf5", to: folder) {
        $0.set("Header/NumPart_Total", to: .uint64([216, 216]))
      }
      let error = try #require(refusal(path, ignoring: [0]))
      #expect(error.reason.contains("216 particles of type 0, gas"))
      #expect(error.remedy.contains("dark matter alone with the same initial phases"))
    }
  }

  /// Sets of files in a folder, the first of which is to be found.
  static let sets = [
    ["snapshot_z0.500.hdf5"], ["snapshot_z0.000.hdf5"], ["snap_000.0.h5", "snap_000.1.h5"],
    ["snapshot_z0.500"], ["gadget_z0.500.0.hdf5", "gadget_z0.500.1.hdf5"],
  ]

  /// A number between dots is a part's only if the first part stands beside it.
  @Test(arguments: sets)
  func namesWithDotsAreFoundInAFolder(names: [String]) throws {
    try withScratchFolder { folder in
      for name in names { try Data().write(to: URL(filePath: folder + "/" + name)) }
      let files = try SnapshotFiles(folder, prefixes: ["snapshot", "snap_", "gadget"])
      #expect(files.first == folder + "/" + names[0])
      #expect(try files.all(names.count) == names.map { folder + "/" + $0 })
    }
  }

  @Test func twoRedshiftsInAFolderAreTwoSnapshots() throws {
    try withScratchFolder { folder in
      for name in ["snapshot_z0.000.hdf5", "snapshot_z0.500.hdf5"] {
        try Data().write(to: URL(filePath: folder + "/" + name))
      }
      let error = #expect(throws: Failure.self) {
        try SnapshotFiles(folder, prefixes: ["snapshot"])
      }
      #expect(error?.reason.contains("several sets of files") == true)
    }
  }

  /// The first bytes are those of the formats' specifications.
  @Test(arguments: [
    (Data("#ASDF 1.0.0\n".utf8), "Abacus"), (Data([0x1F, 0x8B, 8, 0]), "gzip"),
    (Data([0x28, 0xB5, 0x2F, 0xFD]), "zstd"), (Data("BZh91AY".utf8), "bzip2"),
    (Data([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]), "xz"), (Data("SIMPLE  =   T".utf8), "FITS"),
    (Data([0x93] + Array("NUMPY".utf8)), "numpy"), (Data("CDF\u{1}".utf8), "netCDF"),
    (Data("version https://git-lfs.github.com/spec/v1\n".utf8), "git lfs pull"),
    (Data("<!DOCTYPE html>".utf8), "Download the file again"), (Data("PK\u{3}\u{4}".utf8), "zip"),
  ])
  func formatsThatAreNotReadAreNamed(beginning: Data, words: String) throws {
    try withScratchFolder { folder in
      try beginning.write(to: URL(filePath: folder + "/snapshot"))
      let error = try #require(refusal(folder + "/snapshot"))
      #expect(error.description.contains(words), "\(error)")
    }
  }

  /// HDF5 files that are no snapshot, by what is in them.
  @Test(arguments: ["gadget4/fof_subhalo_tab_001.hdf5", "catalogues/hbt/SubSnap_002.0.hdf5"])
  func aCatalogueInThePlaceOfASnapshotIsNamed(name: String) throws {
    let error = try #require(refusal(ReferenceUniverse.path(name)))
    #expect(error.reason.contains("it is a halo catalogue"), "\(error)")
    #expect(error.remedy.contains("as `catalogue`"))
  }

  @Test func otherHDF5FilesAreNamed() throws {
    try withScratchFolder { folder in
      var content = try HDF5Content(of: ReferenceUniverse.path("gadget4/ics.hdf5"))
      content.set("Parameters/KpcUnit", to: .double([25_000]))
      content.change("Parameters") { $0.path = "/Units" }
      try content.write(to: folder + "/pkdgrav.hdf5")
      content.objects = [.init(path: "/"), .init(path: "/Snapshots"), .init(path: "/Groups")]
      try content.write(to: folder + "/simulation.hdf5")
      for (name, words) in [("pkdgrav", "PKDGRAV3"), ("simulation", "such as snapdir_099")] {
        let error = try #require(refusal("\(folder)/\(name).hdf5"))
        #expect(error.description.contains(words), "\(error)")
      }
    }
  }

  static let folders: [(names: [String], words: String)] = [
    (["Header/attr-v2", "1/Position/header"], "bigfile, as MP-Gadget"),
    (["field_rv_A_000.asdf"], "Abacus"), (["info_00042.txt", "amr_00042.out00001"], "RAMSES"),
  ]

  @Test(arguments: folders)
  func foldersThatAreNotReadAreNamed(names: [String], words: String) throws {
    try withScratchFolder { folder in
      for name in names {
        let path = URL(filePath: folder + "/" + name)
        try FileManager.default.createDirectory(
          at: path.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data().write(to: path)
      }
      let error = try #require(refusal(folder))
      #expect(error.reason.contains(words), "\(error)")
    }
  }
}
