package import Failures
internal import Foundation

/// A table with a row for each particle that is in a halo: its ID, the halo's mass, and the halo's
/// number.
///
/// It is HDF5, each column a dataset, or text: a line of names, then a line for each particle, with
/// commas, semicolons, tabs or spaces between them; lines that begin with `#` are comments, but the first,
/// which may begin with it, has the names. Particles without a row, of mass zero, or of a negative halo are in none.
///
/// Without numbers of halos, particles with the same mass count as one halo, whose position is not
/// known.
package struct LabelTable: Hashable, Codable, Sendable {
  /// The unit of the masses in a table, or of their logarithms.
  package enum MassUnit: String, Hashable, Codable, Sendable, CaseIterable {
    case solar = "Msun"
    case solarPerHubble = "Msun/h"
    case tenBillionSolarPerHubble = "1e10 Msun/h"
    case logSolar = "log10 Msun"
    case logSolarPerHubble = "log10 Msun/h"

    /// A mass of the table [Msun]; zero for none.
    func solarMasses(_ value: Double, hubble: Double) -> Double {
      switch self {
      case .solar: value
      case .solarPerHubble: value / hubble
      case .tenBillionSolarPerHubble: value * 1e10 / hubble
      case .logSolar: value > 0 ? pow(10, value) : 0
      case .logSolarPerHubble: value > 0 ? pow(10, value) / hubble : 0
      }
    }
  }

  /// The path of the file.
  package var file: String

  /// The name of the column, or dataset, of particles' IDs.
  package var id: String

  /// The name of the column of halos' masses.
  package var mass: String

  /// The name of the column of halos' numbers; `nil` if halos are told apart by their masses.
  package var halo: String?

  /// The unit of masses; Msun if not given, which is refused where the table says or shows otherwise.
  var massUnit: MassUnit?

  /// Makes a table of a file.
  package init(
    file: String, id: String = "id", mass: String = "mass", halo: String? = nil,
    massUnit: MassUnit? = nil
  ) {
    self.file = file
    self.id = id
    self.mass = mass
    self.halo = halo
    self.massUnit = massUnit
  }

  /// Decodes a table; only the file must be given.
  package init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    self.init(file: try values.decode(String.self, forKey: .file))
    id = try values.decodeIfPresent(String.self, forKey: .id) ?? id
    mass = try values.decodeIfPresent(String.self, forKey: .mass) ?? mass
    halo = try values.decodeIfPresent(String.self, forKey: .halo)
    massUnit = try values.decodeIfPresent(MassUnit.self, forKey: .massUnit)
  }

  /// The columns that are read.
  var columns: [String] { [id, mass] + (halo.map { [$0] } ?? []) }

  /// Refuses a table that is not there, or lacks a column.
  package func check() throws(Failure) { _ = try openFile() }

  /// Opens the file, whose columns are there.
  func openFile() throws(Failure) -> any LabelFile {
    guard FileManager.default.fileExists(atPath: file) else {
      throw Failure(
        .missingFile, in: file, because: "there is no such table of halo labels",
        remedy: "Check `labels.file` of the simulation in the experiment file.")
    }
    let beginning = try FileBeginning(file)
    if beginning.isHDF5 { return try openHDF5() }
    for (bytes, what, remedy) in Self.otherContents where beginning.bytes.starts(with: bytes) {
      throw Failure(.unreadable, in: file, because: "it is \(what)", remedy: remedy)
    }
    return try TextLabelFile(self)
  }

  /// Opens an HDF5 file; one that is no such table may be a catalogue.
  private func openHDF5() throws(Failure) -> HDF5LabelFile {
    do throws(Failure) {
      return try HDF5LabelFile(self)
    } catch {
      // With its columns, it is a table.
      guard error.problem != .wrongUnits, let format = CatalogueFormat.recognized(in: file) else {
        throw error
      }
      throw Failure(
        .unreadable, in: file, dataset: error.dataset,
        because: "it is a halo catalogue (\(format.formatDescription)), not a table with a row for "
          + "each particle",
        remedy: "Give it as `catalogue` of the simulation, not as `labels`.")
    }
  }

  /// The first bytes of files that are no tables as they stand, with their kind and the remedy.
  private static let otherContents: [(bytes: [UInt8], what: String, remedy: String)] = [
    ([0x1F, 0x8B], "compressed by gzip", "Unpack it: gunzip -k FILE."),
    ([0x42, 0x5A, 0x68], "compressed by bzip2", "Unpack it: bunzip2 -k FILE."),
    ([0x28, 0xB5, 0x2F, 0xFD], "compressed by zstd", "Unpack it: zstd -d FILE."),
    ([0xFD, 0x37, 0x7A, 0x58, 0x5A], "compressed by xz", "Unpack it: xz -dk FILE."),
    ([0x50, 0x4B, 0x03, 0x04], "a zip archive", "Unpack it, and give the table in it."),
    ([0xFF, 0xFE], "text in UTF-16", "Write it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW."),
    ([0xFE, 0xFF], "text in UTF-16", "Write it as UTF-8: iconv -f UTF-16 -t UTF-8 FILE > NEW."),
    ([0x50, 0x41, 0x52, 0x31], "a Parquet file", "Write the columns as CSV or HDF5."),
    ([0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59], "an array of numpy", "Write columns as CSV or HDF5."),
  ]

  /// Refuses halos that have different masses in the table, or masses in another unit.
  func check(_ halos: [LabeledHalos.Halo], _ snapshot: Snapshot) throws(Failure) {
    if let torn = halos.first(where: { $0.greatestMass > $0.leastMass * (1 + 1e-5) }) {
      throw Failure(
        .invalidValue, in: file, dataset: mass,
        because:
          "halo \(torn.label) has the masses \(torn.leastMass) and \(torn.greatestMass) Msun",
        remedy: "Give each halo one mass, or another column as `labels.halo`.")
    }
    // The most massive halo is hardly ever one of several with its mass.
    guard let largest = halos.max(by: { $0.leastMass < $1.leastMass }) else { return }
    if massUnit == nil { try checkHubble(halos, snapshot) }
    let ratio = largest.leastMass / (Double(largest.count) * snapshot.particleMass)
    guard ratio > 0.05, ratio < 20 else {
      throw Failure(
        .wrongUnits, in: file, dataset: mass,
        because: "the largest halo has \(largest.leastMass) Msun, \(ratio) times the mass of its "
          + "\(largest.count) particles",
        remedy: "Check `labels.massUnit`, which is now \((massUnit ?? .solar).rawValue).")
    }
  }

  /// Refuses masses without a unit that are h times those of the halos' particles.
  private func checkHubble(
    _ halos: [LabeledHalos.Halo], _ snapshot: Snapshot
  ) throws(Failure) {
    let ratios = halos.map { $0.leastMass / (Double($0.count) * snapshot.particleMass) }.sorted()
    let median = ratios[ratios.count / 2]
    let hubble = snapshot.cosmology.hubble
    guard abs(median / hubble - 1) < 0.02, abs(hubble - 1) > 0.05 else { return }
    throw Failure(
      .wrongUnits, in: file, dataset: mass,
      because: "no unit of masses is given, and they are \(median) = h times those of the halos' "
        + "particles in Msun", remedy: "Give `labels.massUnit: Msun/h`, or Msun if they are.")
  }
}

/// Rows of a table as they are written.
struct LabelRows {
  /// The IDs of particles [row].
  var ids: [UInt64] = []

  /// The masses of halos, in the table's unit [row].
  var masses: [Double] = []

  /// The numbers of halos [row]; none if the table has none.
  var halos: [Int64] = []
}

/// An open table of labels.
protocol LabelFile {
  /// Opens a file, whose columns must be there.
  init(_ table: LabelTable) throws(Failure)

  /// Reads one of equal shares of the rows.
  func rows(share: Int, of shares: Int) throws(Failure) -> LabelRows
}
