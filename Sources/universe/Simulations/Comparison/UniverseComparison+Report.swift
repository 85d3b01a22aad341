internal import DurableFiles
package import Failures
internal import Foundation
internal import Text

extension UniverseComparison: CustomStringConvertible {
  /// Power, masses, membership and abundance as tables.
  package var description: String {
    var text = "power of matter, made / reference\n"
    text += row(["k [h/Mpc]", "modes", "ratio"])
    for shell in shells where isShown(shell) {
      text += row([number(shell.wavenumber, 2), "\(shell.modes)", number(shell.ratio, 4)])
    }
    text += "largest deviation below 1 h/Mpc: \(number(largestPowerError(below: 1), 4))\n\n"
    text += "halos by particles in the reference; log10 M of particles in halos of both [dex]\n"
    text += row(
      ["particles", "halos", "made", "ratio", "median", "68 %", "rms", "in a halo", "in its halo"])
    for bin in bins where bin.referenceHalos + bin.madeHalos > 0 {
      text += row(
        [
          "\(bin.sizes.lowerBound)-\(bin.sizes.upperBound - 1)", "\(bin.referenceHalos)",
          "\(bin.madeHalos)", number(Double(bin.madeHalos) / Double(bin.referenceHalos), 3),
          number(bin.median, 4), number(bin.scatter, 4), number(bin.rms, 4),
          number(bin.keptFraction, 3), number(bin.matchedFraction, 3),
        ])
    }
    text += "largest median offset from 100 particles on: \(number(largestMedianOffset, 4)) dex\n\n"
    let inReference = membership.both + membership.referenceAlone
    text += "particles in halos of both \(membership.both), of the reference alone "
    text += "\(membership.referenceAlone), of the other alone \(membership.madeAlone), of none "
    text += "\(membership.neither)\nagreed on being in a halo or not: "
    text += "\(number(membership.agreement, 4)); in the matching halo, of those in halos of the "
    text += "reference: \(number(Double(membership.same) / Double(max(1, inReference)), 4))\n"
    return text
  }

  /// Writes `power.csv` and `halos.csv` into a folder.
  ///
  /// - Throws: `FileError`.
  package func write(to folder: String) throws {
    try DurableFile.createDirectory(folder)
    var power = "wavenumber,modes,reference,made,ratio\n"
    for shell in shells {
      power +=
        "\(shell.wavenumber),\(shell.modes),\(shell.reference),\(shell.made),\(shell.ratio)\n"
    }
    var halos =
      "least,most,referenceHalos,madeHalos,particles,low16,median,high84,rms,kept,matched\n"
    for bin in bins where bin.referenceHalos + bin.madeHalos > 0 {
      halos += "\(bin.sizes.lowerBound),\(bin.sizes.upperBound - 1),\(bin.referenceHalos),"
      halos += "\(bin.madeHalos),\(bin.particles),\(bin.quantile(0.16)),\(bin.median),"
      halos += "\(bin.quantile(0.84)),\(bin.rms),\(bin.keptFraction),\(bin.matchedFraction)\n"
    }
    try DurableFile.write(Data(power.utf8), to: "\(folder)/power.csv")
    try DurableFile.write(Data(halos.utf8), to: "\(folder)/halos.csv")
  }

  /// The error that a tolerance is exceeded, or nothing.
  ///
  /// - Parameters:
  ///   - power: Of the power below 1 h/Mpc, as a part of the reference's.
  ///   - offset: Of the medians of log10 M in bins from 100 particles on [dex].
  /// - Returns: The first tolerance that is exceeded; `nil` if none is.
  package func failure(power: Double?, offset: Double?) -> (any JobFailure)? {
    let measured = [
      ("power below 1 h/Mpc", largestPowerError(below: 1), power),
      ("median of log10 M", largestMedianOffset, offset),
    ]
    for case (let quantity, let value, let limit?) in measured where !(value <= limit) {
      return UnlikeUniverses(quantity: quantity, value: value, limit: limit)
    }
    return nil
  }

  /// All shells to 1 h/Mpc, and beyond those whose wavenumber is a fifth or more above the last one shown.
  private func isShown(_ shell: Shell) -> Bool {
    guard shell.wavenumber > 1 else { return true }
    let step = log(1.2)
    guard let place = shells.firstIndex(of: shell), place > 0 else { return true }
    return Int(log(shell.wavenumber) / step) > Int(log(shells[place - 1].wavenumber) / step)
  }

  private func row(_ cells: [String]) -> String {
    cells.map { String(repeating: " ", count: max(0, 12 - $0.count)) + $0 }.joined() + "\n"
  }

  private func number(_ value: Double, _ decimals: Int) -> String {
    String(format: "%.\(decimals)f", value)
  }
}

/// Two simulations of one universe that differ by more than was allowed.
struct UnlikeUniverses: JobFailure, CustomStringConvertible {
  let quantity: String
  let value: Double
  let limit: Double

  var exitCode: JobExitCode { .checkFailed }

  var description: String {
    "comparing universes: the largest deviation of the \(quantity) is \(digits(value)), the tolerance "
      + "\(digits(limit)); more steps, or a finer force mesh, bring simulations closer"
  }
}
