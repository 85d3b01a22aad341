package import Failures
internal import Foundation

/// A format of halo catalogues, told by the content of a file and not by its name.
///
/// Each format is one type that makes a ``GroupCatalogue`` of its files and lists the members of halos
/// (``CatalogueFile``). What is particular to a format stands in that type's file alone.
package enum CatalogueFormat: String, Hashable, Codable, Sendable, CaseIterable {
  /// `fof_subhalo_tab` and `fof_tab` of GADGET-3, -4, AREPO, EAGLE and OWLS, in HDF5.
  case gadgetHDF5

  /// `subhalo_tab` and `subhalo_ids` of P-GADGET-3.
  case subfindBinary

  /// `group_tab` and `group_ids` of P-GADGET-3's friends-of-friends.
  case groupTab

  /// `AHF_halos` and `AHF_particles` of AHF.
  case ahf

  /// `halos_N.0.ascii` and `halos_N.0.particles` of ROCKSTAR.
  case rockstar

  /// `halos_N.0.bin` of ROCKSTAR.
  case rockstarBinary

  /// `catalog_groups` and `catalog_particles` of VELOCIraptor.
  case velociraptor

  /// `SubSnap` of HBT+ and HBT-HERONS.
  case hbt

  /// `membership` and `halo_properties` of SOAP.
  case soap

  /// `fof_output` of SWIFT.
  case swiftGroups

  /// The type that reads the format.
  var file: any CatalogueFile.Type {
    switch self {
    case .gadgetHDF5: GadgetHDF5Catalogue.self
    case .subfindBinary: SUBFINDBinaryCatalogue.self
    case .groupTab: GroupTabCatalogue.self
    case .ahf: AHFCatalogue.self
    case .rockstar: RockstarCatalogue.self
    case .rockstarBinary: RockstarBinaryCatalogue.self
    case .velociraptor: VELOCIraptorCatalogue.self
    case .hbt: HBTCatalogue.self
    case .soap: SOAPCatalogue.self
    case .swiftGroups: SWIFTGroupCatalogue.self
    }
  }

  /// The format in words, such as "binary SUBFIND of P-GADGET-3".
  package var formatDescription: String { file.formatDescription }

  /// Finds the format of a file.
  ///
  /// - Throws: A `Failure` if it has none of the formats, or cannot be read.
  static func detected(in path: String) throws(Failure) -> CatalogueFormat {
    let candidate = try CatalogueCandidate(path)
    for format in allCases where try format.file.recognizes(candidate) { return format }
    if let refusal = try UnreadCatalogues.refusal(candidate) { throw refusal }
    throw candidate.refusal
  }

  /// Finds the format of files that may be something else.
  ///
  /// - Parameter path: A file, the first of several, what they have in common, or their folder.
  /// - Returns: The format; `nil` if it is no catalogue of a known format, or cannot be read.
  package static func recognized(in path: String) -> CatalogueFormat? {
    try? detected(in: firstFile(at: path))
  }

  /// Finds the first file of a catalogue.
  ///
  /// - Parameter path: A file, the first of several, what they have in common, or their folder.
  /// - Returns: The path of the first file.
  /// - Throws: A `Failure` if there is no file, or more than one set of them.
  static func firstFile(at path: String) throws(Failure) -> String {
    let manager = FileManager.default
    let endings = allCases.flatMap { $0.file.endings }
    var isFolder: ObjCBool = false
    if manager.fileExists(atPath: path, isDirectory: &isFolder) {
      guard isFolder.boolValue else { return path }
      let names = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted()
      let firsts = names.filter { name in endings.contains { name.hasSuffix($0) } }
      if firsts.count == 1 { return path + "/" + firsts[0] }
    } else if let found = endings.map({ path + $0 }).first(where: manager.fileExists(atPath:)) {
      return found
    }
    return try SnapshotFiles(path, prefixes: allCases.flatMap { $0.file.prefixes }).first
  }
}

/// A format of halo catalogues.
protocol CatalogueFile {
  /// The format in words.
  static var formatDescription: String { get }

  /// The names of the columns in errors.
  static var names: GroupTables.Names { get }

  /// The beginnings of the names of its files, if they have the extension of HDF5 or none.
  static var prefixes: [String] { get }

  /// The endings of the name of its first file, if they tell the format.
  static var endings: [String] { get }

  /// Whether a file's content is of this format.
  static func recognizes(_ candidate: CatalogueCandidate) throws(Failure) -> Bool

  /// Reads the halos of a catalogue from its first file and those that belong to it.
  static func catalogue(
    _ first: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue

  /// Reads one of equal shares of the members, if they are listed by ID.
  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers

  /// Reads the halos that rows of the snapshot are in, if these are written row by row.
  static func labels(
    of catalogue: GroupCatalogue, in rows: Range<Int>, of snapshot: Snapshot
  ) throws(Failure) -> RowLabels

  /// Whether the mass of every halo is that of its members.
  static var hasMassesOfMembers: Bool { get }
}

extension CatalogueFile {
  static var names: GroupTables.Names { .init() }
  static var prefixes: [String] { [] }
  static var endings: [String] { [] }
  static var hasMassesOfMembers: Bool { false }

  static func members(
    of catalogue: GroupCatalogue, in snapshot: Snapshot, share: Int, of shares: Int
  ) throws(Failure) -> ListedMembers { ListedMembers() }

  static func labels(
    of catalogue: GroupCatalogue, in rows: Range<Int>, of snapshot: Snapshot
  ) throws(Failure) -> RowLabels { RowLabels() }
}

/// The halos that rows of a snapshot are in.
struct RowLabels {
  /// The halo, counted as in the catalogue; -1 for none [row].
  var halos: [Int32] = []

  /// Whether the particle is bound to the halo [row].
  var isBound: [Bool] = []
}

/// Particles of halos that a catalogue lists by their IDs.
struct ListedMembers {
  /// The IDs [entry]; one may stand for several halos in it.
  var ids: [UInt64] = []

  /// The halo, counted as in the catalogue [entry].
  var halos: [Int32] = []

  /// Whether the particle is bound to the halo [entry].
  var isBound: [Bool] = []
}

/// A file whose catalogue format is to be found.
struct CatalogueCandidate {
  let path: String

  /// Its bytes, in memory as far as they are looked at.
  let bytes: Data

  /// The file, if it is HDF5.
  let source: SnapshotSource?

  init(_ path: String) throws(Failure) {
    self.path = path
    source = try FileBeginning(path).isHDF5 ? SnapshotSource(path) : nil
    bytes = try FileContent.mapped(path)
  }

  /// The file's name.
  var name: String { String(path.split(separator: "/").last ?? "") }

  /// Returns the names of the columns, if it may be a table of text; none for HDF5.
  func columns() throws(Failure) -> [String] {
    source == nil ? try TextTable(path, bytes.prefix(4096)).columns() : []
  }

  /// Whether it is a file of groups of P-GADGET-3, by its name or by its header.
  func isGadgetTable(_ kind: GadgetGroupFile.Kind, named part: String) -> Bool {
    source == nil && name.contains(part) || GadgetGroupFile(path, bytes, kind) != nil
  }

  /// The error for a file that no format recognizes.
  var refusal: Failure {
    Failure(
      .unreadable, in: path,
      because: bytes.isEmpty ? "the file is empty" : "it is no halo catalogue of a known format",
      remedy: "Give a catalogue ("
        + CatalogueFormat.allCases.map(\.formatDescription).joined(separator: "; ")
        + "), or give the halos as a table of `labels` by particle ID.")
  }
}

extension GroupCatalogue {
  /// Reads a catalogue.
  ///
  /// - Parameters:
  ///   - path: A file, the first of several, what they have in common, or their folder.
  ///   - snapshot: The snapshot of the same time; it has the units where the catalogue has none.
  /// - Returns: The catalogue, whose membership is yet to be compared with the snapshot's particles.
  /// - Throws: A `Failure`.
  package static func open(
    _ path: String, of snapshot: Snapshot
  ) throws(Failure) -> GroupCatalogue {
    let first = try CatalogueFormat.firstFile(at: path)
    return try CatalogueFormat.detected(in: first).file.catalogue(first, of: snapshot)
  }
}
