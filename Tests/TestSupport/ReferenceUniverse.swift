import Foundation

/// One universe of 216 particles in every format, written by programs that are not ours, and what other
/// programs read in it (`Tests/References/snapshots/write.py`).
package enum ReferenceUniverse {
  /// What another program reads in a snapshot.
  package struct Reading: Decodable, Sendable {
    /// The program with its version.
    package var reader: String
    /// [Mpc/h].
    package var boxSize: Double
    /// The redshift.
    package var redshift: Double
    /// The matter density in units of the critical one.
    package var omegaMatter: Double
    /// [100 km/s/Mpc].
    package var hubble: Double
    /// [Msun].
    package var particleMass: Double
    /// The number of particles.
    package var count: Int
    /// The sum of all IDs.
    package var idSum: UInt64
    /// The rows that are listed.
    package var rows: [Int]
    /// [listed row].
    package var ids: [UInt64]
    /// [listed row, 3], [Mpc/h].
    package var positions: [Double]
    /// Peculiar ones [listed row, 3], [km/s].
    package var velocities: [Double]
    /// Of all rows [3], [Mpc/h].
    package var positionSum: [Double]
    /// Of all rows [3], [km/s].
    package var velocitySum: [Double]
    /// The halo of each row, negative or a sentinel for none.
    package var halos: [Int]?
    /// Whether each row is in a subhalo.
    package var bound: [Int]?
  }

  /// The folder of the files.
  package static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "References/snapshots").path

  /// The path of a file or a set of files.
  package static func path(_ name: String) -> String { folder + "/" + name }

  /// What other programs read, by the path to open.
  package static func readings() throws -> [String: Reading] {
    try JSONDecoder().decode(
      [String: Reading].self, from: Data(contentsOf: URL(filePath: path("readings.json"))))
  }

  /// Copies files of a folder to a new one whose bytes a test may change, and returns its path.
  package static func copy(
    _ subfolder: String, to name: String, as last: String? = nil
  ) throws -> String {
    let rank = worldRank
    let target =
      try temporaryDirectory("\(name)-\(rank)-\(UUID().uuidString)")
      + "/" + (last ?? subfolder)
    try FileManager.default.copyItem(atPath: path(subfolder), toPath: target)
    return target
  }
}
