internal import RecordFiles
internal import SubBoxes

/// The mean gradient of a network's prediction with respect to the field around particles, in the frames of their
/// tides.
package struct SensitivityTable: Hashable, Sendable {
  /// The facts about the maps that are stored as text.
  struct Header: Codable, Hashable, Sendable {
    /// The names of the simulations of the particles, and the fingerprints of their field files.
    let simulations, fingerprints: [String]

    /// The checksum of the file of the model.
    let modelChecksum: String

    /// The names of the channels.
    let channels: [String]

    /// The edges of the bins of the true mass [log10 Msun].
    let massEdges: [Double]

    /// The width of a voxel [Mpc/h].
    let voxelSize: Double
  }

  let header: Header

  /// The number of particles of each bin.
  package let counts: [Int]

  /// The number of voxels along each axis of a map.
  package let width: Int

  /// The maps [bin, channel, width, width, width]: the change of the predicted log10 mass for a change of the field in
  /// one voxel [dex per unit of the field].
  let maps: [Float]

  private static let format = RecordFormat(
    "halompi-sensitivity", version: 1,
    remedy: "restore the file from a copy, or make it again with halompi predict --sensitivity")

  private static let count = RecordDataset<Int64>(
    "count", unit: "1", meaning: "number of particles of each bin of the true mass")
  private static let map = RecordDataset<Float>(
    "map", unit: "dex per unit of the channel",
    meaning: "mean derivative of the predicted log10 mass with respect to each voxel; axes 2 to 4 "
      + "are the principal axes of the particle's tide, largest eigenvalue first")

  init(header: Header, counts: [Int], width: Int, maps: [Float]) {
    self.header = header
    self.counts = counts
    self.width = width
    self.maps = maps
  }

  /// The checksum of the file of the model.
  package var modelChecksum: String { header.modelChecksum }

  /// The names of the channels.
  package var channels: [String] { header.channels }

  /// The bins of the true mass [log10 Msun].
  package var massRanges: [ClosedRange<Double>] {
    zip(header.massEdges, header.massEdges.dropFirst()).map { $0...$1 }
  }

  /// The width of a voxel [Mpc/h].
  package var voxelSize: Double { header.voxelSize }

  /// Returns the plane of a mean map that holds the first and the third axis of the tide, [first, third].
  package func plane(ofBin bin: Int, channel: Int) -> [Double] {
    let start = (bin * channels.count + channel) * width * width * width
    return (0..<width * width).map { place in
      Double(maps[start + (place / width * width + width / 2) * width + place % width])
    }
  }

  /// Writes the maps to a file, which appears when it is complete.
  ///
  /// - Throws: `HDF5Error`, `FileError`.
  func write(to path: String, model: Model) throws {
    try RecordWriter.write(to: path, as: Self.format) { file in
      try file.addJSON("header", header)
      try file.set("variant", to: model.boxes.kind.rawValue)
      try file.set("seed", to: model.seed)
      try file.set("epoch", to: Int64(model.epoch))
      try file.add(Self.count, counts.map { Int64($0) }, extents: [counts.count])
      try file.add(
        Self.map, maps, extents: [counts.count, channels.count, width, width, width])
    }
  }

  /// Reads maps, and verifies their checksums.
  ///
  /// - Throws: `Failure` for a file that is not intact; `HDF5Error` for one that is missing or cannot be read.
  package init(contentsOf path: String) throws {
    let file = try RecordReader(path, as: Self.format)
    let header = try file.json("header", as: Header.self)
    let extents = try file.extents(of: Self.map)
    let bins = header.massEdges.count - 1
    guard extents.count == 5, extents[0] == bins, extents[1] == header.channels.count,
      extents[2] % 2 == 1, extents[3] == extents[2], extents[4] == extents[2]
    else { throw file.failure("its map has the extents \(extents), which do not fit its header") }
    self.init(
      header: header,
      counts: try file.values(of: Self.count, extents: [bins]).map { Int($0) },
      width: extents[2], maps: try file.values(of: Self.map, extents: extents))
    try file.close()
  }
}
