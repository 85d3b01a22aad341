/// Variants that are all combinations of the values of some settings.
package struct VariantMatrix: Hashable, Sendable {
  /// A setting that varies.
  package struct Axis: Hashable, Sendable {
    /// The way to the setting, such as `sampling.boxWidth`.
    package let key: String

    /// The values in words, in the order of the experiment.
    package let values: [String]

    /// Makes a setting.
    package init(key: String, values: [String]) {
      self.key = key
      self.values = values
    }
  }

  /// The settings.
  package let axes: [Axis]

  /// The names of the variants, the last setting varying fastest.
  package let variants: [String]

  /// Makes a matrix of as many variants as there are combinations.
  package init(axes: [Axis], variants: [String]) {
    precondition(
      variants.count == axes.map(\.values.count).reduce(1, *), "a variant is a combination")
    self.axes = axes
    self.variants = variants
  }

  /// The place of a variant's value on an axis.
  private func place(of variant: Int, on axis: Int) -> Int {
    let stride = axes[(axis + 1)...].map(\.values.count).reduce(1, *)
    return variant / stride % axes[axis].values.count
  }

  /// Returns the variants that differ on one axis alone.
  ///
  /// - Parameter axis: The axis.
  /// - Returns: For each combination of the other axes its values in words, and the variants in the order of the
  ///   axis's values.
  func lines(along axis: Int) -> [(others: String, variants: [String])] {
    let stride = axes[(axis + 1)...].map(\.values.count).reduce(1, *)
    return variants.indices.filter { place(of: $0, on: axis) == 0 }.map { first in
      let others = axes.indices.filter { $0 != axis }
        .map { axes[$0].values[place(of: first, on: $0)] }
      return (
        others.joined(separator: ", "),
        axes[axis].values.indices.map { variants[first + $0 * stride] }
      )
    }
  }
}
