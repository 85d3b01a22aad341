internal import HDF5
package import Snapshots

/// Which mass of a halo its particles are labeled with.
package enum HaloLabel: String, Hashable, Codable, Sendable, CaseIterable {
  /// All particles that friends-of-friends links, and their mass.
  case fof

  /// Those of a group's particles that are in any of its subhaloes, and their mass: what is left of
  /// the group when the particles that are bound to none of its parts are removed.
  case bound
}

/// What the maker of a field file says about the simulation.
package struct FieldDescription: Hashable, Codable, Sendable {
  /// The name of the simulation.
  package var name: String

  /// The sites along one axis of the Lagrangian grid, N.
  package var gridSize: Int

  /// The side of the periodic box [Mpc/h].
  package var boxSize: Double

  /// The background universe.
  package var cosmology: Cosmology

  /// The mass of a particle [Msun].
  package var particleMass: Double

  /// The redshift of the particles whose density is stored.
  package var initialRedshift: Double

  /// The redshift of the halos.
  package var finalRedshift: Double

  /// What `/label` holds.
  package var label: HaloLabel

  /// The neighbours that a density was estimated from, the particle itself included.
  package var neighbours: Int

  /// What the fields were made from, by role: `initialSnapshot`, `finalSnapshot`, `catalogue`.
  package var sources: [String: SourceFiles]

  /// Makes a description.
  package init(
    name: String, gridSize: Int, boxSize: Double, cosmology: Cosmology, particleMass: Double,
    initialRedshift: Double, finalRedshift: Double, label: HaloLabel, neighbours: Int = 32,
    sources: [String: SourceFiles] = [:]
  ) {
    self.name = name
    self.gridSize = gridSize
    self.boxSize = boxSize
    self.cosmology = cosmology
    self.particleMass = particleMass
    self.initialRedshift = initialRedshift
    self.finalRedshift = finalRedshift
    self.label = label
    self.neighbours = neighbours
    self.sources = sources
  }
}

/// The mean of a field over all sites, and its standard deviation (divided by the count).
package struct FieldMoments: Hashable, Codable, Sendable {
  /// The mean, in the field's unit.
  package var mean: Double

  /// The standard deviation, in the field's unit.
  package var standardDeviation: Double

  /// Makes the moments of a field.
  package init(mean: Double, standardDeviation: Double) {
    self.mean = mean
    self.standardDeviation = standardDeviation
  }
}

/// What a field file says about itself: the description it was given, and what was computed from
/// the data when they were written.
///
/// The members of the description are members of this too: `metadata.gridSize`.
@dynamicMemberLookup
package struct FieldMetadata: Hashable, Codable, Sendable {
  /// What the maker said.
  package let description: FieldDescription

  /// The number of halos.
  package let haloCount: Int

  /// The number of sites whose particle is in a halo by the label.
  package let labeledCount: Int

  /// The moments of the density [rho/rho_mean].
  package let densityMoments: FieldMoments

  /// The moments of the potential [(Mpc/h)^2], if the file holds it.
  package let potentialMoments: FieldMoments?

  /// The largest smoothing length of the final particles [Mpc/h], if the file holds them.
  package let largestSmoothingLength: Double?

  /// Changes whenever a dataset, the grid or the box does: 16 hexadecimal digits.
  ///
  /// What a file may lack does not count: it follows from the snapshots, as the others do.
  package let fingerprint: String

  init(
    description: FieldDescription, haloCount: Int, labeledCount: Int,
    densityMoments: FieldMoments, potentialMoments: FieldMoments?,
    largestSmoothingLength: Double? = nil, fingerprint: String
  ) {
    self.description = description
    self.haloCount = haloCount
    self.labeledCount = labeledCount
    self.densityMoments = densityMoments
    self.potentialMoments = potentialMoments
    self.largestSmoothingLength = largestSmoothingLength
    self.fingerprint = fingerprint
  }

  /// A member of the description.
  package subscript<Value>(dynamicMember member: KeyPath<FieldDescription, Value>) -> Value {
    description[keyPath: member]
  }

  /// Whether the file holds a dataset that files may lack.
  func holds<Element>(_ field: GridField<Element>) -> Bool {
    switch field.dataset {
    case GridField.potential.dataset: potentialMoments != nil
    case GridField.finalPosition.dataset, GridField.finalSmoothing.dataset:
      largestSmoothingLength != nil
    default: true
    }
  }

  /// The moments of a field that sub-boxes are cut from; `nil` if the file does not hold it.
  package func moments(of field: GridField<Float>) -> FieldMoments? {
    switch field {
    case .density: densityMoments
    case .potential: potentialMoments
    default: nil
    }
  }

  /// The number of sites of the grid, N^3.
  package var siteCount: Int { gridSize * gridSize * gridSize }

  private var gridSize: Int { description.gridSize }
}
