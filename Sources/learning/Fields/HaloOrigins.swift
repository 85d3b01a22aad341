internal import Failures
internal import MPI
internal import Snapshots

/// A test that halos came from where the initial density is high, as those of one simulation do.
///
/// A halo is the collapse of a region that began denser than the mean (Gunn & Gott 1972, doi:10.1086/151605). In the
/// initial density of another simulation whose particles have the same IDs, half of the regions are denser, and nothing
/// else tells that the snapshots do not belong together.
struct HaloOrigins {
  /// The number of the largest halos that are looked at.
  private static let most = 64

  /// The number of halos below which nothing is said.
  private static let fewest = 20

  /// The number of particles that a halo has at least.
  private static let smallest = 30

  /// The least share of them that began denser than the mean; it is 1 in simulations, and 1/2 by chance.
  private static let leastShare = 0.75

  private let halos: [Int]

  /// Chooses the halos.
  ///
  /// - Parameter counts: The number of particles of each halo.
  init(counts: [Int]) {
    let large = counts.indices.filter { counts[$0] >= Self.smallest }
    halos = Array(large.sorted { (counts[$0], $1) > (counts[$1], $0) }.prefix(Self.most))
  }

  /// Refuses halos that came from anywhere.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - slab: The densities and the halos at this rank's sites.
  ///   - initial: The path of the initial snapshot.
  ///   - final: The path of the final snapshot.
  ///   - communicator: The ranks.
  /// - Throws: `AgreedFailure` with a `Failure` of the kind `mismatch`.
  func check(
    _ slab: FieldSlab, initial: String, final: String, on communicator: borrowing Communicator
  ) throws {
    guard halos.count >= Self.fewest else { return }
    // Densities in steps of 2^-24, so that sums are the same for any number of ranks; the last two are those of all.
    var sums = [Int64](repeating: 0, count: 2 * halos.count + 2)
    var places: [Int32: Int] = [:]
    for (place, halo) in halos.enumerated() { places[Int32(halo)] = place }
    func add(_ steps: Int64, to place: Int) {
      sums[2 * place] += steps
      sums[2 * place + 1] += 1
    }
    for (density, halo) in zip(slab.density, slab.halo) where density.isFinite {
      let steps = Int64(min(density, 0x1p20) * 0x1p24)
      add(steps, to: halos.count)
      if halo >= 0, let place = places[halo] { add(steps, to: place) }
    }
    try communicator.sum(&sums)
    let means = stride(from: 0, to: sums.count, by: 2).map { place in
      Double(sums[place]) / Double(max(1, sums[place + 1]))
    }
    let denser = means.dropLast().count { $0 > means[halos.count] }
    try communicator.agree { () throws(Failure) in
      guard Double(denser) < Self.leastShare * Double(halos.count) else { return }
      throw Failure(
        .mismatch, in: final,
        because:
          "of its \(halos.count) largest halos, \(denser) come from regions that are denser than the mean in "
          + "the initial snapshot \(initial), where nearly all of one simulation do",
        remedy: "Give the initial and the final snapshot of one simulation, of the same seed.")
    }
  }
}
