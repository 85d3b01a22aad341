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
  /// What a mass of 1 in the table is.
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

  /// The unit of masses.
  package var massUnit: MassUnit

  /// Makes a table of a file.
  package init(
    file: String, id: String = "id", mass: String = "mass", halo: String? = nil,
    massUnit: MassUnit = .solar
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
    massUnit = try values.decodeIfPresent(MassUnit.self, forKey: .massUnit) ?? massUnit
  }

  /// The columns that are read.
  var columns: [String] { [id, mass] + (halo.map { [$0] } ?? []) }

  /// Refuses a table that is not there, or lacks a column.
  package func check() throws(SnapshotError) { _ = try openFile() }

  /// Opens the file, whose columns are there.
  func openFile() throws(SnapshotError) -> any LabelFile {
    guard FileManager.default.fileExists(atPath: file) else {
      throw SnapshotError(
        .missingFile, in: file, because: "there is no such table of halo labels",
        remedy: "Check `labels.file` of the simulation in the experiment file.")
    }
    return try FileBeginning(file).isHDF5 ? HDF5LabelFile(self) : TextLabelFile(self)
  }

  /// Refuses halos of which the table says different masses, or masses in another unit.
  func check(_ halos: [LabelledHalos.Halo], _ snapshot: Snapshot) throws(SnapshotError) {
    if let torn = halos.first(where: { $0.greatestMass > $0.leastMass * (1 + 1e-5) }) {
      throw SnapshotError(
        .invalidValue, in: file, dataset: mass,
        because:
          "halo \(torn.label) has the masses \(torn.leastMass) and \(torn.greatestMass) Msun",
        remedy: "Give each halo one mass, or another column as `labels.halo`.")
    }
    // The most massive halo is hardly ever one of several with its mass.
    guard let largest = halos.max(by: { $0.leastMass < $1.leastMass }) else { return }
    let ratio = largest.leastMass / (Double(largest.count) * snapshot.particleMass)
    guard ratio > 0.05, ratio < 20 else {
      throw SnapshotError(
        .wrongUnits, in: file, dataset: mass,
        because: "the largest halo has \(largest.leastMass) Msun, \(ratio) times the mass of its "
          + "\(largest.count) particles",
        remedy: "Check `labels.massUnit`, which is now \(massUnit.rawValue).")
    }
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
  init(_ table: LabelTable) throws(SnapshotError)

  /// Reads one of equal shares of the rows.
  func rows(share: Int, of shares: Int) throws(SnapshotError) -> LabelRows
}
