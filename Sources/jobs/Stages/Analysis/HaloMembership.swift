import Analysis
internal import Experiments
import Fields
import Foundation
import MPI

/// In which halo each compared particle is: what a bootstrap over halos needs.
struct HaloMembership {
  let directory: RunDirectory

  /// Finds the halos of particles in the field files.
  ///
  /// Collective; rank 0 reads.
  ///
  /// - Returns: A number for each particle, different for different halos of all simulations; unknown if a
  ///   field file is not there, or is not that of the predictions.
  func halos(
    of particles: CommonParticles, on world: borrowing Communicator
  ) throws -> Outcome<[Int32]> {
    let missing = particles.simulations.map { directory.field(of: $0) }
      .first { !FileManager.default.fileExists(atPath: $0) }
    let isThere = try world.broadcast([Int32(missing == nil ? 1 : 0)])[0] == 1
    guard isThere else {
      return .unknown("the field files of the simulations are not all there")
    }
    let halos = try world.broadcast(
      try world.agree { world.isRoot ? try read(for: particles) : [] })
    guard !halos.contains(where: { $0 < 0 }) else {
      return .unknown("the field files are not those that were predicted from")
    }
    return .known(halos)
  }

  private func read(for particles: CommonParticles) throws -> [Int32] {
    var halos = [Int32](repeating: -1, count: particles.count)
    var offset: Int32 = 0
    for (number, name) in particles.simulations.enumerated() {
      let file = try FieldFile.open(directory.field(of: name))
      let labels = try file.read(.halo)
      for particle in particles.sites.indices where particles.simulation[particle] == number {
        let site = particles.sites[particle]
        if labels.indices.contains(site), labels[site] >= 0 {
          halos[particle] = offset + labels[site]
        }
      }
      offset += Int32(file.metadata.haloCount)
      try file.close()
    }
    return halos
  }
}
