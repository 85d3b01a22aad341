internal import HDF5
package import Snapshots

/// The definition of the halo mass that particles are labeled with.
package enum HaloLabel: String, Hashable, Codable, Sendable, CaseIterable {
  /// All particles that friends-of-friends links, and their mass.
  case fof

  /// Those of a group's particles that are in any of its subhaloes, and their mass: what is left of
  /// the group when the particles that are bound to none of its parts are removed.
  case bound
}

/// The description of a simulation by the maker of its field file.
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

  /// The definition of the halo mass in `/label`.
  package var label: HaloLabel

  /// The neighbours that a density was estimated from, the particle itself included.
  package var neighbours: Int

  /// The sources of the fields, by role: `initialSnapshot`, `finalSnapshot`, `catalogue`.
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

/// The metadata of a field file: the description given by its maker, and the values computed from
/// the data when they were written.
///
/// The members of the description are members of this too: `metadata.gridSize`.
@dynamicMemberLookup
package struct FieldMetadata: Hashable, Codable, Sendable {
  /// The description given by the maker.
  package let description: FieldDescription

  /// The number of halos.
  package let haloCount: Int

  /// The number of sites whose particle is in a halo by the label.
  package let labeledCount: Int

  /// The moments of the density [rho/rho_mean].
  package let densityMoments: FieldMoments

  /// The moments of the fields that follow from the density, by their datasets, of those that the file holds.
  let derivedMoments: [String: FieldMoments]

  /// The filters of the filtered fields that the file holds, in its order.
  package let filters: [FieldFilter]

  /// The largest smoothing length of the final particles [Mpc/h], if the file holds them.
  package let largestSmoothingLength: Double?

  /// The fingerprint, 16 hexadecimal digits, which changes with the grid, the box or any dataset.
  ///
  /// Datasets that a file may lack do not count: they follow from the snapshots, as the others do.
  package let fingerprint: String

  init(
    description: FieldDescription, haloCount: Int, labeledCount: Int,
    densityMoments: FieldMoments, derivedMoments: [String: FieldMoments],
    filters: [FieldFilter] = [],
    largestSmoothingLength: Double? = nil, fingerprint: String
  ) {
    self.description = description
    self.haloCount = haloCount
    self.labeledCount = labeledCount
    self.densityMoments = densityMoments
    self.derivedMoments = derivedMoments
    self.filters = filters
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
    case GridField.finalPosition.dataset, GridField.finalSmoothing.dataset:
      largestSmoothingLength != nil
    case let dataset: derivedMoments[dataset] != nil || FieldFormat.datasets.contains(dataset)
    }
  }

  /// The moments of a field that sub-boxes are cut from; `nil` if the file does not hold it.
  package func moments(of field: GridField<Float>) -> FieldMoments? {
    field == .density ? densityMoments : derivedMoments[field.dataset]
  }

  /// The number of sites of the grid, N^3.
  package var siteCount: Int { gridSize * gridSize * gridSize }

  private var gridSize: Int { description.gridSize }
}
