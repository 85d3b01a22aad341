internal import Failures
package import MPI
internal import ParticleMesh
internal import Particles
internal import Snapshots
internal import Statistics

/// One universe simulated twice from the same initial phases, compared particle by particle.
///
/// Particles are the same if their IDs are. A halo of the reference is matched by that halo of the other
/// simulation which has most of its particles.
package struct UniverseComparison: Hashable, Sendable {
  /// A final snapshot and its halos.
  package struct Files: Hashable, Sendable {
    /// The snapshot, whose rows are in the order of groups.
    package var snapshot: String

    /// The catalogue of the snapshot.
    package var catalogue: String

    /// Names the files.
    package init(snapshot: String, catalogue: String) {
      self.snapshot = snapshot
      self.catalogue = catalogue
    }
  }

  /// The power of both in a shell of wavenumbers.
  package struct Shell: Hashable, Sendable {
    /// The mean wavenumber [h/Mpc].
    package let wavenumber: Double

    /// The modes of all universes.
    package let modes: Int

    /// The mean power [(Mpc/h)^3].
    package let reference, made: Double

    /// The power in units of the reference's.
    package var ratio: Double { made / reference }
  }

  /// The power of matter in shells up to the Nyquist wavenumber of the particles.
  package internal(set) var shells: [Shell] = []

  /// Halos and their particles in bins of the particles that halos have, in ascending order.
  package internal(set) var bins: [HaloBin]

  /// The numbers of particles in halos of both, of one alone, and of none.
  package internal(set) var membership = MembershipAgreement()

  /// The particles of a halo in half a decade, from 100 on, and of those below it that a catalogue has.
  static let edges = [32, 100, 316, 1000, 3162, 10_000, 31_623, 100_000]

  /// Compares universes, which are pooled.
  ///
  /// Not collective: one rank does all.
  ///
  /// - Parameters:
  ///   - universes: The files of the reference and of the other simulation; boxes and particles of all
  ///     are as large and as many.
  ///   - alone: A communicator of this rank alone.
  /// - Throws: A ``JobFailure``: files that cannot be read, or are not of one universe.
  package init(_ universes: [(reference: Files, made: Files)], on alone: borrowing Communicator)
    throws
  {
    precondition(alone.size == 1, "a comparison is made by one rank")
    bins = zip(Self.edges, Self.edges.dropFirst()).map { HaloBin(sizes: $0..<$1) }
    var powers: [(PowerSpectrum, PowerSpectrum)] = []
    for universe in universes {
      let reference = try HaloParticles(universe.reference, on: alone)
      let made = try HaloParticles(universe.made, on: alone)
      try reference.check(made)
      powers.append((try reference.power(on: alone), try made.power(on: alone)))
      guard powers[0].0.wavenumbers == powers[powers.count - 1].0.wavenumbers else {
        throw Failure.incomparable(
          universes[0].reference.snapshot, with: universe.reference.snapshot,
          because: "boxes or numbers of particles differ")
      }
      add(reference, made)
    }
    guard let (first, _) = powers.first else { return }
    let count = Double(powers.count)
    for shell in first.wavenumbers.indices.prefix(first.wavenumbers.count / 2) {
      shells.append(
        Shell(
          wavenumber: first.wavenumbers[shell], modes: powers.count * first.modeCounts[shell],
          reference: powers.reduce(0) { $0 + $1.0.powers[shell] } / count,
          made: powers.reduce(0) { $0 + $1.1.powers[shell] } / count))
    }
  }

  /// The largest deviation of the power from the reference's below a wavenumber [h/Mpc], as a part of it;
  /// NaN if no shell is below it.
  func largestPowerError(below wavenumber: Double) -> Double {
    shells.filter { $0.wavenumber < wavenumber }.map { abs($0.ratio - 1) }.max() ?? .nan
  }

  /// The largest median offset of log10 M among the bins of 100 particles and more [dex]; NaN if there
  /// is no particle to compare.
  var largestMedianOffset: Double {
    bins.filter { $0.sizes.lowerBound >= 100 && !$0.offsets.isEmpty }.map { abs($0.median) }.max()
      ?? .nan
  }

  private mutating func add(_ reference: HaloParticles, _ made: HaloParticles) {
    for (halo, size) in reference.sizes.enumerated() {
      if let bin = bin(of: size) { bins[bin].referenceHalos += 1 }
      // The other simulation's halos that have its particles.
      var shared: [Int32: Int] = [:]
      let particles = reference.members[halo]
      for particle in particles where made.halos[particle] >= 0 {
        shared[made.halos[particle], default: 0] += 1
      }
      let match = shared.max { ($0.value, $1.key) < ($1.value, $0.key) }
      membership.same += match?.value ?? 0
      guard let bin = bin(of: size) else { continue }
      bins[bin].particles += particles.count
      bins[bin].matched += match?.value ?? 0
      for (other, count) in shared.sorted(by: { $0.key < $1.key }) {
        let offset = made.logMass(of: Int(other)) - reference.logMass(of: halo)
        bins[bin].offsets.append(contentsOf: repeatElement(Float(offset), count: count))
      }
    }
    for size in made.sizes {
      if let bin = bin(of: size) { bins[bin].madeHalos += 1 }
    }
    for (first, second) in zip(reference.halos, made.halos) {
      switch (first >= 0, second >= 0) {
      case (true, true): membership.both += 1
      case (true, false): membership.referenceAlone += 1
      case (false, true): membership.madeAlone += 1
      case (false, false): membership.neither += 1
      }
    }
  }

  private func bin(of size: Int) -> Int? { bins.firstIndex { $0.sizes.contains(size) } }
}

/// The numbers of particles in halos of both simulations, of one alone, and of none.
package struct MembershipAgreement: Hashable, Sendable {
  /// In a halo of both.
  package var both = 0

  /// In a halo of the reference alone.
  var referenceAlone = 0

  /// In a halo of the other simulation alone.
  var madeAlone = 0

  /// In no halo.
  package var neither = 0

  /// In a halo of the reference and in the one that matches it.
  package var same = 0

  /// The part of all particles that are in halos of both or of none.
  package var agreement: Double {
    Double(both + neither) / Double(max(1, both + neither + referenceAlone + madeAlone))
  }
}

/// Halos of the reference with as many particles as an interval says, and their particles.
package struct HaloBin: Hashable, Sendable {
  /// The particles of a halo.
  package let sizes: Range<Int>

  /// The halos of the reference.
  var referenceHalos = 0

  /// The halos of the other simulation.
  var madeHalos = 0

  /// The particles of the reference's halos.
  package internal(set) var particles = 0

  /// Those of them in the other simulation's halo that matches theirs.
  var matched = 0

  /// The difference of log10 M of each particle that is in a halo of both, in no order [dex].
  package internal(set) var offsets: [Float] = []

  init(sizes: Range<Int>) { self.sizes = sizes }

  /// The part of the particles that are in any halo of the other simulation.
  var keptFraction: Double { Double(offsets.count) / Double(max(1, particles)) }

  /// The part of the particles that are in the halo that matches theirs.
  var matchedFraction: Double { Double(matched) / Double(max(1, particles)) }

  /// The median of the differences [dex].
  package var median: Double { quantile(0.5) }

  /// Half the width of the interval of the middle 68 % of the differences [dex].
  package var scatter: Double { quantiles.middle?.halfWidth ?? .nan }

  /// The root mean square of the differences [dex].
  package var rms: Double {
    let sum = offsets.reduce(0) { $0 + Double($1) * Double($1) }
    return offsets.isEmpty ? .nan : (sum / Double(offsets.count)).squareRoot()
  }

  /// The difference that a part of the particles are below; NaN without particles.
  func quantile(_ part: Double) -> Double { quantiles(part) ?? .nan }

  private var quantiles: Quantiles {
    Quantiles(offsets.map { Double($0) }, by: .hyndmanFan1FromAbove)
  }
}
