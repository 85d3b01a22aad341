package import Fields
package import Settings
internal import Training

/// The content that field files must hold beyond what all of them do.
package struct FieldNeeds: Hashable, Sendable {
  /// Whether they hold the potential.
  package var potential = false

  /// Whether they hold the tidal shear.
  package var shear = false

  /// Whether they hold the components of the tidal tensor.
  package var tides = false

  /// Whether they hold final positions and smoothing lengths.
  package var final = false

  /// The fields of filtered densities, each filter once.
  package var filtered: [FilteredFields] = []

  /// Makes a list of nothing.
  package init() {}

  init(
    potential: Bool = false, shear: Bool = false, tides: Bool = false, final: Bool = false,
    filtered: [FilteredFields] = []
  ) {
    self.potential = potential
    self.shear = shear
    self.tides = tides
    self.final = final
    self.filtered = filtered
  }

  /// Adds what others need.
  mutating func formUnion(_ other: FieldNeeds) {
    potential = potential || other.potential
    shear = shear || other.shear
    tides = tides || other.tides
    final = final || other.final
    for fields in other.filtered {
      if let index = filtered.firstIndex(where: { $0.filter == fields.filter }) {
        filtered[index].formUnion(fields)
      } else {
        filtered.append(fields)
      }
    }
  }
}

extension Experiment {
  /// Returns the content that field files must hold for the experiment's own training and for all runs of its ablation.
  ///
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package func fieldNeeds() throws(SettingsError) -> FieldNeeds {
    var needs = fields.needs
    for variant in ablation.effectiveVariants.elements {
      needs.formUnion(try overridden(by: variant, seed: training.seed).fields.needs)
    }
    return needs
  }
}
