internal import Foundation
internal import LinearTheory
internal import MPI

/// A filter of the scales of a field: what remains of each mode of the periodic box, by its wavenumber k.
///
/// A low pass multiplies the modes of the density contrast by its window W(k), a high pass by 1 - W(k):
///
///     topHat    3 (sin x - x cos x) / x^3    x = k R
///     gaussian  exp(-x^2 / 2)                x = k R
///     sharpK    1 up to k = K, 0 beyond
///
/// The potential and the tides of the filtered field are the filtered ones, since all of them are linear; the
/// eigenvalues of the shear are those of the filtered tensor.
package struct FieldFilter: Codable, Hashable, Sendable {
  /// The shape of a filter.
  package enum Window: String, Codable, CaseIterable, Hashable, Sendable {
    /// The mean over a ball.
    case topHat
    /// The mean with the weights of a Gaussian.
    case gaussian
    /// All modes up to a wavenumber.
    case sharpK
  }

  /// The scales that a filter keeps.
  package enum Pass: String, Codable, CaseIterable, Hashable, Sendable {
    /// The large scales.
    case low
    /// The small scales: the field without what a low pass keeps.
    case high
  }

  /// The shape of the filter.
  package var window = Window.gaussian

  /// The radius R of a top hat, or the standard deviation R of a Gaussian [Mpc/h].
  package var radius: Double?

  /// The last wavenumber K that a sharp filter keeps [h/Mpc].
  package var wavenumber: Double?

  /// The scales that the filter keeps.
  package var pass = Pass.low

  /// Makes a filter; ``problem`` tells whether it has the scale that its window needs.
  package init(
    _ window: Window = .gaussian, radius: Double? = nil, wavenumber: Double? = nil,
    pass: Pass = .low
  ) {
    self.window = window
    self.radius = radius
    self.wavenumber = wavenumber
    self.pass = pass
  }

  /// Decodes a filter, whose window and pass may be left out.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    window = try container.decodeIfPresent(Window.self, forKey: .window) ?? .gaussian
    radius = try container.decodeIfPresent(Double.self, forKey: .radius)
    wavenumber = try container.decodeIfPresent(Double.self, forKey: .wavenumber)
    pass = try container.decodeIfPresent(Pass.self, forKey: .pass) ?? .low
  }

  /// The radius [Mpc/h] or the wavenumber [h/Mpc].
  private var scale: Double? { window == .sharpK ? wavenumber : radius }

  /// Returns why the filter cannot be, and what to do about it, as clauses; `nil` if it can.
  package var problem: (reason: String, remedy: String)? {
    let (own, other) = window == .sharpK ? ("wavenumber", "radius") : ("radius", "wavenumber")
    if window == .sharpK ? radius != nil : wavenumber != nil {
      return (
        "a filter of the window \(window.rawValue) has no \(other)", "give its \(own) instead"
      )
    }
    return scale == nil
      ? ("a filter of the window \(window.rawValue) needs a \(own)", "give it") : nil
  }
}

extension FieldFilter {
  /// The scale as it is written in names, whole numbers without a point.
  private var number: String {
    guard let scale else { return "" }
    let text = "\(scale)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  /// The name in files, such as `gaussianLow2.5`.
  package var name: String {
    "\(window.rawValue)\(pass == .low ? "Low" : "High")\(number)"
  }

  /// The filter in words, such as `gaussian low pass of 2.5 Mpc/h`.
  package var words: String {
    let shape = [Window.topHat: "top-hat", .gaussian: "Gaussian", .sharpK: "sharp"][window] ?? ""
    return "\(shape) \(pass.rawValue) pass of \(number) \(window == .sharpK ? "h/Mpc" : "Mpc/h")"
  }

  /// Finds the filter that a file names; `nil` if this program does not make it.
  package init?(named name: String) {
    for window in Window.allCases {
      for (word, pass) in [("Low", Pass.low), ("High", .high)] {
        let prefix = window.rawValue + word
        guard name.hasPrefix(prefix), let scale = Double(name.dropFirst(prefix.count)),
          Self.scales.contains(scale)
        else { continue }
        let filter = FieldFilter(
          window, radius: window == .sharpK ? nil : scale,
          wavenumber: window == .sharpK ? scale : nil, pass: pass)
        // One spelling alone: names are compared with names.
        if filter.name == name {
          self = filter
          return
        }
      }
    }
    return nil
  }

  /// The radii [Mpc/h] and wavenumbers [h/Mpc] that a filter may have.
  package static let scales = 0.001...10_000

  /// Returns what is left of a mode, by the square of its wavenumber in units of the fundamental one.
  ///
  /// - Parameters:
  ///   - gridSize: The sites along one axis, N.
  ///   - boxSize: The side of the periodic box [Mpc/h].
  /// - Returns: The factors from 0 to the largest square on the grid, 3 (N/2)^2, N/2 rounded down.
  func factors(gridSize: Int, boxSize: Double) -> [Float] {
    let fundamental = 2 * Double.pi / boxSize
    return (0...3 * (gridSize / 2) * (gridSize / 2)).map { squared in
      let kept = value(at: fundamental * Double(squared).squareRoot())
      return Float(pass == .low ? kept : 1 - kept)
    }
  }

  /// The window W at a wavenumber [h/Mpc].
  private func value(at wavenumber: Double) -> Double {
    guard let scale else { preconditionFailure("a filter that is used has a scale") }
    switch window {
    case .topHat: return topHatWindow(wavenumber * scale).value
    case .gaussian:
      let x = wavenumber * scale
      return exp(-x * x / 2)
    case .sharpK: return wavenumber <= scale ? 1 : 0
    }
  }
}

/// The fields that a field file is to hold of a filtered density.
package struct FilteredFields: Codable, Hashable, Sendable, CustomStringConvertible {
  /// The filter of the density contrast.
  package var filter: FieldFilter

  /// Whether the file holds the density itself.
  package var density = false

  /// Whether the file holds its potential.
  package var potential = false

  /// Whether the file holds its tidal shear.
  package var shear = false

  /// Whether the file holds the components of its tidal tensor.
  package var tides = false

  /// Makes a list of nothing.
  package init(_ filter: FieldFilter) { self.filter = filter }

  /// The filter, and the names of the fields.
  package var description: String {
    let names = [
      density ? "density" : nil, potential ? "potential" : nil, shear ? "shear" : nil,
      tides ? "tides" : nil,
    ]
    return "\(filter.name): " + names.compactMap(\.self).joined(separator: ", ")
  }

  /// Adds the fields of another list of the same filter.
  package mutating func formUnion(_ other: FilteredFields) {
    precondition(other.filter == filter, "fields of one filter are put together")
    density = density || other.density
    potential = potential || other.potential
    shear = shear || other.shear
    tides = tides || other.tides
  }
}

extension FilteredFields {
  /// Computes the fields on the planes of a slab, which takes them.
  ///
  /// Collective.
  func compute(
    in slab: inout FieldSlab, boxSize: Double, threads: Int, on communicator: borrowing Communicator
  ) throws {
    slab.filters.append(filter)
    func take(_ values: [[Float]], as fields: [GridField<Float>]) {
      slab.add(values, as: fields.map { $0.filtered(by: filter) })
    }
    if density {
      let modes = DensityModes(boxSize: boxSize, threads: threads, filter: filter)
      take([try modes.density(of: slab, on: communicator)], as: [.density])
    }
    if potential {
      let solver = PotentialSolver(boxSize: boxSize, threads: threads, filter: filter)
      take([try solver.potential(of: slab, on: communicator)], as: [.potential])
    }
    if shear || tides {
      let tensor = TidalTensor(boxSize: boxSize, threads: threads, filter: filter)
      let components = try tensor.components(of: slab, on: communicator)
      if shear { take(TidalTensor.shear(of: components), as: GridField.shear) }
      if tides { take(components, as: GridField.tides) }
    }
  }
}
