internal import Fields
internal import Foundation
internal import MPI
internal import Randomness
internal import Snapshots
internal import SubBoxes

/// Field files of random numbers, to train on where only the time matters.
struct BenchmarkFields {
  /// The sites along an axis; boxes that are wider wrap around, as all do at the faces.
  static let gridSize = 64

  /// A folder that is removed with everything in it after the benchmark.
  let folder: String

  /// The fields to train on, and those to validate on.
  let training, validation: String

  /// Returns an input of so many channels, of those that files can hold; `nil` if there is none.
  static func input(channelCount: Int) -> NetworkInput? {
    let names: [[NetworkInput.Name]] = [
      [.density], [.density, .potential], [.shear], [.density, .shear],
      [.density, .potential, .shear], [.tides], [.density, .tides], [.density, .potential, .tides],
    ]
    return names.map { NetworkInput($0, finalVoxelSize: .nan) }
      .first { $0.channelCount == channelCount }
  }

  /// Writes the fields into a new folder in `parent`, which all ranks can see.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - input: The input whose fields the files hold.
  ///   - parent: The folder.
  ///   - world: The ranks.
  /// - Throws: The error of the rank that failed, in an `AgreedFailure`.
  init(of input: NetworkInput, in parent: String, on world: borrowing Communicator) throws {
    let own = world.isRoot ? "\(parent)/halompi-benchmark-\(UUID().uuidString)" : ""
    let path = String(decoding: try world.broadcast(Array(own.utf8)), as: UTF8.self)
    folder = path
    training = "\(path)/training.h5"
    validation = "\(path)/validation.h5"
    try world.agree {
      if world.isRoot {
        try FileManager.default.createDirectory(
          atPath: path, withIntermediateDirectories: true)
      }
    }
    do {
      try Self.write(input, to: training, index: 0, on: world)
      try Self.write(input, to: validation, index: 1, on: world)
    } catch {
      if world.isRoot { try? FileManager.default.removeItem(atPath: path) }
      throw error
    }
  }

  /// Removes the folder.
  ///
  /// Collective.
  func remove(on world: borrowing Communicator) throws {
    try world.barrier()
    try world.agree {
      if world.isRoot { try FileManager.default.removeItem(atPath: folder) }
    }
  }

  private static func write(
    _ input: NetworkInput, to path: String, index: UInt64, on world: borrowing Communicator
  ) throws {
    let planes = PlaneDecomposition(gridSize: gridSize, ranks: world.size).planes(of: world.rank)
    var slab = FieldSlab(gridSize: gridSize, planes: planes)
    let derived = input.fields.filter { $0 != .density }
    var others = derived.map { _ in [Float](repeating: 0, count: slab.sites.count) }
    for (place, site) in slab.sites.enumerated() {
      var stream = RandomStream(seed: index, for: .benchmark, index: UInt64(site))
      slab.density[place] = Float(0.5 + stream.uniform())
      slab.logMass[place] = Float(11 + 2 * stream.uniform())
      slab.halo[place] = 0
      slab.radius[place] = 0.5
      for number in others.indices { others[number][place] = Float(stream.uniform()) }
    }
    slab.add(others, as: derived)
    var halos = HaloTable()
    halos.mass = [1e12]
    halos.boundMass = [1e12]
    halos.center = [0, 0, 0]
    halos.radius = [1]
    halos.particleCount = [gridSize * gridSize * gridSize].map { Int64($0) }
    halos.boundCount = halos.particleCount
    let description = FieldDescription(
      name: "benchmark-\(index)", gridSize: gridSize, boxSize: 25,
      cosmology: Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701),
      particleMass: 1e9, initialRedshift: 99, finalRedshift: 0, label: .fof)
    try FieldFile.write(
      slab, halos, description, creator: "halompi benchmark step", to: path, on: world)
  }
}
