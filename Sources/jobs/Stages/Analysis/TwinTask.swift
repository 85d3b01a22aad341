internal import Analysis
internal import Experiments
internal import Fields
internal import Foundation
internal import MPI

/// Reads in which halos of twin universes the compared particles are.
///
/// Twins are grouped by the wavenumber up to which they share the phases, and by their place among the twins of their
/// test simulation at that wavenumber: each group is a model of the report.
struct TwinTask {
  let experiment: Experiment
  let directory: RunDirectory

  /// Reads the labels of the twins at the particles' sites.
  ///
  /// Collective; rank 0 reads.
  ///
  /// - Returns: The predictions from the highest wavenumber down, the same on every rank; and what is missing.
  func run(
    for particles: CommonParticles, on world: borrowing Communicator
  ) throws -> (predictions: [TwinPrediction], gaps: [Gap]) {
    let groups = groups(among: particles.simulations)
    var predictions: [TwinPrediction] = []
    var gaps: [Gap] = []
    for group in groups {
      let missing = group.pairs.filter {
        !FileManager.default.fileExists(atPath: directory.field(of: $0.twin))
      }
      let isThere = try world.broadcast(group.pairs.map { missing.contains($0) ? 0 : 1 as Int32 })
      let pairs = zip(group.pairs, isThere).filter { $1 == 1 }.map(\.0)
      for (pair, isThere) in zip(group.pairs, isThere) where isThere == 0 {
        gaps.append(
          Gap(
            subject: "the twin \(pair.twin) of \(pair.simulation)",
            reason: "there is no field file of it",
            remedy: "halompi simulate and halompi prepare, with the same experiment file and --runs"
          ))
      }
      guard !pairs.isEmpty else { continue }
      // The mass of each particle's halo in the twin; 0 without a halo, below 0 without a twin.
      let masses = try world.broadcast(
        try world.agree {
          world.isRoot
            ? try read(pairs, for: particles) : [Float](repeating: 0, count: particles.count)
        })
      predictions.append(
        TwinPrediction(
          reseededAbove: group.above, number: group.number, pairs: pairs,
          logMasses: masses.map { $0 > 0 ? Double($0) : nil }, isCovered: masses.map { $0 >= 0 }))
    }
    return (predictions, gaps)
  }

  /// Twins that belong to one model.
  private struct Group {
    var above: Double
    var number: Int
    var pairs: [TwinPrediction.Pair]
  }

  /// The twins of the compared simulations.
  private func groups(among simulations: [String]) -> [Group] {
    var groups: [Group] = []
    for twin in experiment.simulations(of: .twin) {
      guard let above = twin.reseedAbove, let original = experiment.original(of: twin),
        simulations.contains(original.name)
      else { continue }
      let pair = TwinPrediction.Pair(simulation: original.name, twin: twin.name)
      let same = groups.indices.filter { groups[$0].above == above }
      let free = same.first { group in
        !groups[group].pairs.contains { $0.simulation == original.name }
      }
      if let free {
        groups[free].pairs.append(pair)
      } else {
        groups.append(Group(above: above, number: same.count + 1, pairs: [pair]))
      }
    }
    return groups.sorted { ($1.above, $0.number) < ($0.above, $1.number) }
  }

  private func read(
    _ pairs: [TwinPrediction.Pair], for particles: CommonParticles
  ) throws -> [Float] {
    var masses = [Float](repeating: -1, count: particles.count)
    for pair in pairs {
      guard let number = particles.simulations.firstIndex(of: pair.simulation) else { continue }
      let file = try FieldFile.open(directory.field(of: pair.twin))
      let labels = try file.read(.logMass)
      try file.close()
      for particle in particles.sites.indices where particles.simulation[particle] == number {
        let site = particles.sites[particle]
        guard labels.indices.contains(site) else { continue }
        masses[particle] = labels[site].isFinite ? max(0, labels[site]) : 0
      }
    }
    return masses
  }
}
