package import Fields

/// A change of the initial field around a particle before a network sees it.
///
/// ``BoxPerturber`` has its equations.
package struct Perturbation: Codable, Hashable, Sendable {
  /// The forms of changes.
  package enum Form: String, Codable, Hashable, Sendable, CaseIterable {
    /// One density contrast all over the box.
    case density

    /// A tide without a change of the mean density.
    case tide

    /// Other phases of the modes of the whole field above a wavenumber, with the same amplitudes.
    case phases
  }

  /// The axis along which a tide has its strength; across it has minus half of that.
  package enum Axis: Hashable, Sendable {
    /// A principal axis of the tide that the particle has already: 1, of the largest eigenvalue, to 3.
    case own(Int)

    /// A direction on the grid, whose length does not matter.
    case direction(SIMD3<Double>)
  }

  /// The form.
  package let form: Form

  /// The density contrast, the eigenvalue of the tidal tensor along the axis, or the wavenumber up to which phases are
  /// kept [h/Mpc].
  package let strength: Double

  /// The axis of a tide; `nil` for others.
  let axis: Axis?

  /// The seed of other phases; `nil` for others.
  let seed: UInt64?

  /// Makes a uniform density contrast.
  package init(density strength: Double) {
    form = .density
    self.strength = strength
    axis = nil
    seed = nil
  }

  /// Makes a tide.
  package init(tide strength: Double, along axis: Axis) {
    form = .tide
    self.strength = strength
    self.axis = axis
    seed = nil
  }

  /// Makes other phases above a wavenumber, which is not negative [h/Mpc].
  package init(phasesAbove wavenumber: Double, seed: UInt64) {
    form = .phases
    strength = wavenumber
    axis = nil
    self.seed = seed
  }

  /// The other phases of the field; `nil` for changes of boxes.
  package var phaseChange: PhaseChange? {
    seed.map { PhaseChange(above: strength, seed: $0) }
  }

  /// Returns why boxes of an input cannot be changed so, and what to do about it, as clauses; `nil` if they can.
  package func problem(for input: NetworkInput) -> (reason: String, remedy: String)? {
    if input.showsFinalParticles {
      return (
        "\(input.name) shows the end, and perturbations are of the initial field",
        "take a network of initial fields"
      )
    }
    if form != .phases, input.filter != nil {
      return (
        "the fields of \(input.name) are filtered, and what is left of a \(form) would depend on the filter",
        "take a network of fields that are not filtered"
      )
    }
    if form == .phases, input.names.contains(.shear) {
      return (
        "the shear is no sum of modes, whose phases could be changed",
        "take a network of density, potential or tides"
      )
    }
    if case .direction = axis, input.names.contains(.shear) {
      return (
        "the shear has eigenvalues without axes, to which no tide of a direction can be added",
        "take a tide along an axis of the particle's own, 1 to 3"
      )
    }
    return nil
  }
}

extension Perturbation: CustomStringConvertible {
  /// The name without the strength, such as `density`, `tide along axis 1` or `phases of seed 1`.
  package var name: String {
    if let axis { return "\(form) along axis \(axis)" }
    return seed.map { "\(form) of seed \($0)" } ?? form.rawValue
  }

  /// The name and the strength, such as `tide along axis 1 of 0.05`.
  package var description: String {
    form == .phases ? "\(name) above \(strength) h/Mpc" : "\(name) of \(strength)"
  }
}

extension Perturbation.Axis: LosslessStringConvertible, Codable {
  /// Reads `1`, `2` or `3`, or the three components of a direction, `0,0.6,0.8`.
  package init?(_ description: String) {
    if let number = Int(description) {
      guard (1...3).contains(number) else { return nil }
      self = .own(number)
      return
    }
    let words = description.split(separator: ",", omittingEmptySubsequences: false)
    let components = words.compactMap { Double($0) }
    guard components.count == 3, words.count == 3,
      components.allSatisfy({ $0.isFinite && abs($0) <= 1e6 }),
      components.contains(where: { abs($0) >= 1e-6 })
    else { return nil }
    self = .direction(SIMD3(components))
  }

  /// The number or the components.
  package var description: String {
    switch self {
    case .own(let number): "\(number)"
    case .direction(let vector): "\(vector.x),\(vector.y),\(vector.z)"
    }
  }

  /// Writes the text of the axis.
  package func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(description)
  }

  /// Reads the text of an axis.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let axis = Self(text) else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "\(text) is no axis of a tide")
    }
    self = axis
  }
}
