internal import Failures
internal import Foundation

/// A format that is known by its look and is not read, so that a user learns what to do with it.
struct UnreadFormat {
  /// Its name, as the end of "it is".
  let name: String

  /// The remedy, as a sentence.
  let remedy: String

  private init(_ name: String, _ remedy: String = Self.convert) {
    self.name = name
    self.remedy = remedy
  }

  private static let convert =
    "It is not read: convert it to GADGET's HDF5 format with the datasets Coordinates, Velocities and "
    + "ParticleIDs, as Documentation/your-simulations.md lists."

  private static let unpack = "Unpack it first."

  /// Formats by the first bytes of a file.
  private static let beginnings: [(bytes: [UInt8], format: UnreadFormat)] = [
    (Array("#ASDF".utf8), UnreadFormat("an ASDF file, as Abacus writes them")),
    ([0x1F, 0x8B], UnreadFormat("compressed by gzip", unpack)),
    ([0x28, 0xB5, 0x2F, 0xFD], UnreadFormat("compressed by zstd", unpack)),
    (Array("BZh".utf8), UnreadFormat("compressed by bzip2", unpack)),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], UnreadFormat("compressed by xz", unpack)),
    ([0x50, 0x4B, 3, 4], UnreadFormat("a zip archive", unpack)),
    ([0x93] + Array("NUMPY".utf8), UnreadFormat("an array of numpy")),
    (Array("CDF".utf8), UnreadFormat("a netCDF file")),
    (Array("SIMPLE  =".utf8), UnreadFormat("a FITS file")),
    (
      Array("version https://".utf8),
      UnreadFormat("a pointer to a file of Git LFS", "Fetch the file itself: git lfs pull.")
    ),
    (
      Array("<".utf8),
      UnreadFormat("a page of the web", "Download the file again; a server answered in its place.")
    ),
  ]

  /// Finds the format of a file; `nil` if it is none of these.
  init?(_ beginning: FileBeginning) {
    let known = Self.beginnings.first { beginning.bytes.starts(with: $0.bytes) }
    guard let known else { return nil }
    self = known.format
  }

  /// Finds what an HDF5 file is that has no numbers of particles, or units of another kind; `nil` if it is not known.
  init?(_ source: SnapshotSource) throws(Failure) {
    if try source.numbers("KpcUnit", of: ["Units"]) != nil {
      self.init("an HDF5 file of PKDGRAV3, whose units are of another kind")
      return
    }
    guard try source.numbers("NumPart_ThisFile", of: ["Header"]) == nil else { return nil }
    if try source.has("Snapshots") {
      self.init(
        "a file that links to all snapshots of a run, as simulation.hdf5 of IllustrisTNG does",
        "Give the folder of one snapshot, such as snapdir_099, and its groups as `catalogue`.")
      return
    }
    // GADGET and AREPO, EAGLE and OWLS, SWIFT, HBT+, SOAP, VELOCIraptor.
    for name in ["Group", "FOF", "Groups", "Subhalos", "InputHalos", "Group_Size"]
    where try source.has(name) {
      self.init(
        "a halo catalogue",
        "Give it as `catalogue` of the simulation, and the particles as `initial` and `final`.")
      return
    }
    return nil
  }

  /// Finds the format of a folder; `nil` if it is none of these.
  ///
  /// - Parameters:
  ///   - path: The folder.
  ///   - names: The names of the files and folders in it.
  init?(folder path: String, holding names: [String]) {
    let manager = FileManager.default
    func holds(_ inside: String) -> Bool { manager.fileExists(atPath: path + "/" + inside) }
    if holds("Header/attr-v2") || holds("1/Position") || holds("1/ID") {
      self.init("a folder of bigfile, as MP-Gadget and FastPM write them")
    } else if names.contains(where: { $0.hasSuffix(".asdf") })
      || holds("halo_info") || holds("field_rv_A")
    {
      self.init("a folder of ASDF files, as Abacus writes them")
    } else if names.contains(where: { $0.hasPrefix("info_") && $0.hasSuffix(".txt") }) {
      self.init("an output of RAMSES")
    } else {
      return nil
    }
  }

  /// The error of a snapshot in this format.
  func error(_ path: String) -> Failure {
    Failure(.unreadable, in: path, because: "it is \(name)", remedy: remedy)
  }
}
