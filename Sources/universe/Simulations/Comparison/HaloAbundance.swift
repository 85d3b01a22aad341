internal import DurableFiles
internal import Foundation
package import LinearTheory
internal import ParticleMesh
internal import Snapshots

/// The halos of an experiment's simulated universes beside those that mass functions expect.
package struct HaloAbundance: Hashable, Sendable {
  /// Halos in an interval of mass.
  package struct Bin: Hashable, Sendable {
    /// The interval [log10 Msun].
    package let logMass: Range<Double>

    /// The halos found in each universe, with all particles that friends-of-friends link.
    let foundByUniverse: [Int]

    /// The halos found in each universe by the counts of `MassFunction.countedParticles(of:)`.
    let correctedByUniverse: [Int]

    /// The halos expected in all universes by mass function.
    package let expected: [MassFunction: Double]

    /// The halos found in all universes.
    package var found: Int { foundByUniverse.reduce(0, +) }

    /// The halos found in all universes by the counts of `MassFunction.countedParticles(of:)`.
    var corrected: Int { correctedByUniverse.reduce(0, +) }

    /// The halos found in units of those expected.
    package func ratio(_ function: MassFunction) -> Double {
      Double(found) / (expected[function] ?? .nan)
    }

    /// The ratio of ``corrected`` to the halos that `MassFunction.warren` expects.
    var correctedRatio: Double { Double(corrected) / (expected[.warren] ?? .nan) }

    /// The standard deviation of the mean number of halos from universe to universe, in units of the mean.
    ///
    /// Long waves of the boxes are in it, those that no box has are not. NaN for one universe.
    var boxScatter: Double {
      let count = Double(foundByUniverse.count)
      let mean = Double(found) / count
      let squares = foundByUniverse.reduce(0) { $0 + pow(Double($1) - mean, 2) }
      return (squares / (count - 1) / count).squareRoot() / mean
    }

    /// The standard deviation of a ratio of 1, for halos that are distributed at random.
    ///
    /// Of a small box it is too small: the box's own long waves shift all halos alike.
    package func scatter(_ function: MassFunction) -> Double {
      1 / (expected[function] ?? .nan).squareRoot()
    }
  }

  /// Half decades from halos of 100 particles on, the last one to ``largestLogMass``.
  package let bins: [Bin]

  /// The number of universes that were counted.
  let universeCount: Int

  /// The largest mass that is learned from, where counting ends [log10 Msun].
  static let largestLogMass = 13.4

  /// The mass functions that are compared with.
  package static let functions: [MassFunction] = [.shethTormen, .watson, .jenkins, .warren]

  /// Counts the halos of simulations.
  ///
  /// - Parameters:
  ///   - folders: The folders of the simulations.
  ///   - universe: The settings that the simulations have in common.
  /// - Throws: A `JobFailure` if the files of one are missing or cannot be read.
  package init(of folders: [SimulationFolder], universe: UniverseSettings) throws {
    try self.init(
      folders.map { folder in
        let snapshot = try Snapshot.open(folder.final)
        let masses = try GroupCatalogue.open(folder.catalogue, of: snapshot).masses
        return masses.map { Int(($0 / universe.particleMass).rounded()) }
      }, of: universe)
  }

  /// Counts halos.
  ///
  /// - Parameters:
  ///   - particles: The particles of each halo of each universe.
  ///   - universe: The settings that the universes have in common.
  /// - Throws: `Failure` or `FileError` if the spectrum cannot be had.
  init(_ particles: [[Int]], of universe: UniverseSettings) throws {
    let particle = universe.particleMass
    func counts(_ range: Range<Double>, _ counted: (Int) -> Double) -> [Int] {
      particles.map { halos in halos.count { range.contains(log10(counted($0) * particle)) } }
    }
    // Masses are whole numbers of particles: a bin begins between two. Of 99.5 the tenfold is a whole
    // number, and rounding would choose the bin of a halo of 995.
    var bins: [Bin] = []
    var start = log10((99.0 * 100).squareRoot() * particle)
    while start < Self.largestLogMass - 1e-9 {
      let range = start..<min(start + 0.5, Self.largestLogMass)
      bins.append(
        Bin(
          logMass: range, foundByUniverse: counts(range, Double.init),
          correctedByUniverse: counts(range, MassFunction.countedParticles),
          expected: Dictionary(
            uniqueKeysWithValues: try Self.functions.map { function in
              let one = try universe.expectedHalos(function, logMass: range)
              return (function, Double(particles.count) * one)
            })))
      start = range.upperBound
    }
    self.bins = bins
    universeCount = particles.count
  }

  /// Writes the table as comma-separated values; the scatter over boxes is empty for one box.
  ///
  /// - Throws: `FileError`.
  package func write(to path: String) throws {
    var text = "lowLogMass,highLogMass,found,corrected,boxScatter"
    for function in Self.functions { text += ",\(function.rawValue)" }
    text += "\n"
    for bin in bins {
      text += "\(bin.logMass.lowerBound),\(bin.logMass.upperBound),\(bin.found),\(bin.corrected),"
      text += universeCount > 1 ? "\(bin.boxScatter)" : ""
      for function in Self.functions { text += ",\(bin.expected[function] ?? .nan)" }
      text += "\n"
    }
    try DurableFile.write(Data(text.utf8), to: path)
  }
}

extension UniverseSettings {
  /// The mass of a particle [Msun].
  fileprivate var particleMass: Double {
    cosmology.particleMass(boxSize: boxSize, particlesPerAxis: gridSize) / cosmology.hubble
  }

  /// Returns the number of halos that a mass function expects in the box at the last step, in an
  /// interval [log10 Msun].
  ///
  /// - Throws: `Failure` or `FileError` if the spectrum cannot be had.
  func expectedHalos(_ function: MassFunction, logMass: Range<Double>) throws -> Double {
    let spectrum = try linearSpectrum()
    let growth = try LinearGrowth(cosmology)
    // Simpson's rule in ln M.
    let intervals = 16
    let step = (logMass.upperBound - logMass.lowerBound) / Double(intervals)
    var sum = 0.0
    for node in 0...intervals {
      let mass = pow(10, logMass.lowerBound + Double(node) * step) * cosmology.hubble
      let density = try spectrum.haloAbundance(
        function, mass: mass, growth: growth, scaleFactor: mesh.steps.end)
      let weight: Double = node == 0 || node == intervals ? 1 : node % 2 == 1 ? 4 : 2
      sum += weight * density
    }
    return boxSize * boxSize * boxSize * sum * step * log(10) / 3
  }
}

extension HaloAbundance: CustomStringConvertible {
  /// A row for each bin: halos found and, for each mass function, the ratio with its scatter.
  ///
  /// The last two columns are the ratio to Warren et al. with their count of particles, and the scatter
  /// from universe to universe.
  package var description: String {
    func cell(_ text: String) -> String {
      String(repeating: " ", count: max(1, 18 - text.count)) + text
    }
    func number(_ value: Double, _ decimals: Int) -> String {
      String(format: "%.\(decimals)f", value)
    }
    let names =
      ["log10 M/Msun", "found"] + Self.functions.map(\.rawValue) + ["warren, N(1-N^-.6)", "boxes"]
    var text =
      "halos of \(universeCount) universes in units of those expected, and Poisson scatter\n"
    text += names.map(cell).joined() + "\n"
    for bin in bins {
      text += cell("\(number(bin.logMass.lowerBound, 2)) to \(number(bin.logMass.upperBound, 2))")
      text += cell("\(bin.found)")
      func ratio(_ value: Double, _ function: MassFunction) -> String {
        cell("\(number(value, 3)) +- \(number(bin.scatter(function), 3))")
      }
      for function in Self.functions { text += ratio(bin.ratio(function), function) }
      text += ratio(bin.correctedRatio, .warren)
      text += cell(universeCount > 1 ? "+- \(number(bin.boxScatter, 3))" : "-")
      text += "\n"
    }
    return text
  }
}
