package import HDF5
internal import RecordFiles

/// A field on the Lagrangian grid, by its place in a field file.
package struct GridField<Element: HDF5Element>: Hashable, Sendable {
  /// The path of the dataset.
  package let dataset: String

  let unit: String
  let meaning: String

  /// The number of values at each site.
  var width = 1

  /// Whether sub-boxes are cut from it, for which every site needs a finite number.
  var isInput = false

  /// The axes of the grid that a component of a tensor belongs to; `nil` for a number without a direction.
  package var tensorAxes: TensorAxes?

  /// The remedy for a field file that lacks it, by the key of `fields` in an experiment that asks for it.
  package var remedyIfMissing: String {
    let group = dataset.prefix { $0 != "/" }
    return group == Self.filteredGroup
      ? "Set fields.filter to that of the network, and run `halompi prepare` again."
      : "Set fields.\(group) to true, and run `halompi prepare` again."
  }

  /// The group of the filtered fields.
  private static var filteredGroup: String { "filtered" }

  /// Returns the field of the filtered density that is what this one is of the density.
  package func filtered(by filter: FieldFilter) -> GridField {
    var field = GridField(
      dataset: "\(Self.filteredGroup)/\(filter.name)/\(dataset)", unit: unit,
      meaning: "\(meaning); \(filter.words)", width: width, isInput: isInput)
    field.tensorAxes = tensorAxes
    return field
  }

  /// The beginning of the names of the attributes that hold the moments: `shearMajor` for `shear/major`.
  var attributePrefix: String {
    dataset.split(separator: "/").enumerated()
      .map { $0 == 0 ? String($1) : $1.prefix(1).uppercased() + $1.dropFirst() }.joined()
  }

  /// The dataset as a record file describes it.
  var description: RecordDataset<Element> {
    RecordDataset(dataset, unit: unit, meaning: meaning)
  }

  /// The extents of the dataset on a grid of N^3 sites.
  func extents(gridSize n: Int) -> [Int] { width == 1 ? [n, n, n] : [n, n, n, width] }
}

/// The axes of the grid that a component of a symmetric tensor belongs to, the smaller number first.
package struct TensorAxes: Hashable, Sendable {
  /// The axes, 0 for the slowest.
  package let first, second: Int

  /// Makes a pair of axes, in any order.
  package init(_ one: Int, _ other: Int) {
    first = min(one, other)
    second = max(one, other)
  }
}

extension GridField<Float> {
  /// SPH density [rho/rho_mean].
  package static let density = GridField(
    dataset: "density", unit: "rho/rho_mean",
    meaning: "SPH density at the initial particle of each site, cubic spline over the neighbours",
    isInput: true)

  /// Gravitational potential of the density contrast, phi_k = -delta_k / k^2 [(Mpc/h)^2]; only in
  /// files that were asked for it.
  package static let potential = GridField(
    dataset: "potential", unit: "(Mpc/h)^2",
    meaning: "potential of the density contrast: the inverse Laplacian of density - mean",
    isInput: true)

  /// The eigenvalues of the tidal tensor without its trace, the largest first: the tidal shear in a form that no
  /// rotation changes; only in files that were asked for it.
  package static let shear = ["major", "intermediate", "minor"].enumerated().map { number, name in
    GridField(
      dataset: "shear/\(name)", unit: "1",
      meaning:
        "eigenvalue \(number + 1) of 3, largest first, of the tidal tensor without its trace",
      isInput: true)
  }

  /// The axes of the six components of the tidal tensor.
  static let tensorAxes = [(0, 0), (1, 1), (2, 2), (0, 1), (0, 2), (1, 2)].map(TensorAxes.init)

  /// The components of the tidal tensor, the second derivatives of the potential along two axes of the grid; only in
  /// files that were asked for it.
  package static let tides = tensorAxes.map { axes in
    let name = ["x", "y", "z"][axes.first] + ["x", "y", "z"][axes.second]
    return GridField(
      dataset: "tides/\(name)", unit: "1",
      meaning: "component \(name) of the tidal tensor: second derivative of the potential",
      isInput: true, tensorAxes: axes)
  }

  /// Lists the inputs that follow from the density.
  ///
  /// - Parameter filters: The filters of a file, in its order.
  /// - Returns: The fields in the order of the file, which may lack any of them.
  static func derived(filters: [FieldFilter]) -> [GridField] {
    let fields = [potential] + shear + tides
    let filtered = filters.flatMap { filter in
      ([density] + fields).map { $0.filtered(by: filter) }
    }
    return fields + filtered
  }

  /// Position of the particle in the final snapshot, an array of three numbers a site [Mpc/h]; only in
  /// files that were asked for it.
  static let finalPosition = GridField(
    dataset: "final/position", unit: "Mpc/h",
    meaning: "comoving position of the site's particle in the final snapshot", width: 3)

  /// Smoothing length of the particle in the final snapshot [Mpc/h]; only in files that were asked
  /// for it.
  static let finalSmoothing = GridField(
    dataset: "final/smoothingLength", unit: "Mpc/h",
    meaning: "half the distance of the site's particle from the last of its neighbours, at the end")

  /// log10 of the mass of the particle's halo [log10 Msun]; NaN outside halos.
  package static let logMass = GridField(
    dataset: "label/logMass", unit: "log10 Msun",
    meaning: "log10 of the mass of the halo that the site's particle is in; NaN outside halos")

  /// Distance of the particle from its halo's centre [r200m]; NaN where there is none.
  package static let radius = GridField(
    dataset: "label/radius", unit: "r200m",
    meaning: "final distance of the site's particle from its halo's centre; NaN outside halos")
}

extension GridField<Int32> {
  /// The number of the particle's halo; -1 outside halos.
  package static let halo = GridField(
    dataset: "label/halo", unit: "1",
    meaning: "row in /halo of the halo that the site's particle is in; -1 outside halos")
}

/// A column of the halo table, by its place in a field file.
struct HaloColumn<Element: HDF5Element>: Sendable {
  let dataset: String
  let unit: String
  let meaning: String
  let width: Int
  let values: @Sendable (HaloTable) -> [Element]

  /// The dataset as a record file describes it.
  var description: RecordDataset<Element> {
    RecordDataset(dataset, unit: unit, meaning: meaning)
  }

  func extents(_ halos: Int) -> [Int] { width == 1 ? [halos] : [halos, width] }
}

extension HaloColumn<Float> {
  static let all = [
    HaloColumn(
      dataset: "halo/mass", unit: "Msun", meaning: "mass of all linked particles", width: 1
    ) { $0.mass },
    HaloColumn(
      dataset: "halo/boundMass", unit: "Msun",
      meaning: "mass of the linked particles that are in any subhalo of the halo", width: 1
    ) { $0.boundMass },
    HaloColumn(
      dataset: "halo/center", unit: "Mpc/h", meaning: "comoving position of the centre", width: 3
    ) { $0.center },
    HaloColumn(
      dataset: "halo/r200m", unit: "Mpc/h",
      meaning: "comoving radius of 200 times the mean matter density; NaN if unknown", width: 1
    ) { $0.radius },
  ]
}

extension HaloColumn<Int64> {
  static let all = [
    HaloColumn(
      dataset: "halo/count", unit: "particles", meaning: "number of linked particles", width: 1
    ) { $0.particleCount },
    HaloColumn(
      dataset: "halo/boundCount", unit: "particles",
      meaning: "number of linked particles that are in any subhalo of the halo", width: 1
    ) { $0.boundCount },
  ]
}

/// The names and versions of the format.
enum FieldFormat {
  static let name = "halompi-fields"
  static let version = 1

  /// The group that says what the file was made from, one group for each role.
  static let sourceGroup = "source"

  /// The most sites along an axis whose cube can be counted.
  static let largestGridSize = 1 << 20

  /// The longest side of a chunk of a grid dataset.
  static let chunkSide = 64

  /// Datasets in the order in which their checksums make the fingerprint.
  ///
  /// The fields derived from the density and the final particles, which a file may lack, are not among them: they follow from
  /// the snapshots, as the others do, and a training on the density goes on when they are added.
  static let datasets =
    [
      GridField.density.dataset, GridField.logMass.dataset, GridField.halo.dataset,
      GridField.radius.dataset,
    ] + HaloColumn<Float>.all.map(\.dataset) + HaloColumn<Int64>.all.map(\.dataset)

  static func chunk<Element>(of field: GridField<Element>, gridSize: Int) -> [Int] {
    field.extents(gridSize: min(chunkSide, gridSize))
  }
}
