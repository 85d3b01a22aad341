internal import Fields

/// Changes the initial field in boxes around particles.
///
/// A perturbation has a tidal tensor T at the particle, the second derivatives of a potential phi with
/// laplacian(phi) = delta as in `TidalTensor`. Of a uniform density contrast s it is T_ij = s/3 at i = j. Of a tide of
/// strength s along the unit vector n it is T_ij = s (3 n_i n_j - delta_ij)/2, without a trace. With x from the center
/// voxel, in voxels of width h [Mpc/h], is added to
///
/// - `density`: s; of a tide -5 (x T x)/R^2 in r <= R, and nothing beyond: the smooth density that makes this T at the
///   center and no mean of any shell. R = (w - 1)/2, rounded down, so that the sphere fits inside of the box;
/// - `potential`: h^2 (x T x)/2;
/// - `tides`: T_ij;
/// - `shear`: the eigenvalues of T without its trace along the axes of the tide that each voxel has already.
///
/// It is added to the standardized box, times the scale of the channel: one rounding to single precision, and one
/// rounded addition.
struct BoxPerturber: Sendable {
  private let perturbations: [Perturbation]
  private let fields: [GridField<Float>]
  private let scales: [Double]
  private let voxelSizes: [Double]
  private let localTide: LocalTide?
  private let width: Int

  /// Makes the perturber of the boxes of an input.
  ///
  /// - Parameters:
  ///   - perturbations: The perturbations, which boxes of the input can have (``Perturbation/problem(for:)``).
  ///   - input: The input that the boxes show.
  ///   - boxWidth: The number of voxels along each axis of a box.
  ///   - standardization: The standardization of the values of each channel.
  ///   - voxelSizes: The width of the voxels of each simulation [Mpc/h].
  init(
    _ perturbations: [Perturbation], of input: NetworkInput, boxWidth: Int,
    standardization: InputStandardization, voxelSizes: [Double]
  ) {
    self.perturbations = perturbations
    fields = input.fields
    scales = standardization.channels.map { 1 / $0.standardDeviation }
    self.voxelSizes = voxelSizes
    localTide = LocalTide(input, boxWidth: boxWidth, standardization: standardization)
    width = boxWidth
  }

  /// Changes the box of a sample, [channel, w, w, w], as its number of a perturbation says.
  func apply(to box: UnsafeMutablePointer<Float>, of sample: OrientedSample) {
    guard sample.perturbation > 0 else { return }
    let perturbation = perturbations[Int(sample.perturbation) - 1]
    // The box was cut from a field with other phases already.
    if perturbation.form == .phases { return }
    let tensor = tensor(of: perturbation, sample.orientation, in: box)
    let voxelSize = voxelSizes[Int(sample.sample.simulation)]
    for (channel, field) in fields.enumerated() {
      let change = change(of: field, by: perturbation, tensor, voxelSize: voxelSize)
      add(change, times: scales[channel], to: box + channel * width * width * width)
    }
  }

  /// The tidal tensor at the center along the axes of the box.
  private func tensor(
    of perturbation: Perturbation, _ orientation: CubeOrientation, in box: UnsafePointer<Float>
  ) -> SymmetricTensor {
    let strength = perturbation.strength
    switch perturbation.axis {
    case nil: return SymmetricTensor(isotropic: strength / 3)
    case .own(let number):
      // Boxes of the shear alone need none, as their eigenvalues have no axes.
      let axes = localTide?.tensor(of: box).principalAxes ?? [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
      return SymmetricTensor(strength: strength, along: axes[number - 1])
    case .direction(let vector):
      let unit = vector / (vector * vector).sum().squareRoot()
      var shown = SIMD3<Double>()
      for axis in 0..<3 {
        shown[Int(orientation.boxAxes[axis])] = Double(orientation.signs[axis]) * unit[axis]
      }
      return SymmetricTensor(strength: strength, along: shown)
    }
  }

  /// The change of a field at an offset from the center [voxels].
  private func change(
    of field: GridField<Float>, by perturbation: Perturbation, _ tensor: SymmetricTensor,
    voxelSize: Double
  ) -> (SIMD3<Double>) -> Double {
    if field == .potential { return { voxelSize * voxelSize * tensor.squared($0) / 2 } }
    if let axes = field.tensorAxes { return { _ in tensor[axes] } }
    if let eigenvalue = GridField.shear.firstIndex(of: field) {
      guard case .own(let number) = perturbation.axis else { return { _ in 0 } }
      let value = perturbation.strength * (eigenvalue + 1 == number ? 1 : -0.5)
      return { _ in value }
    }
    switch perturbation.form {
    case .density: return { _ in perturbation.strength }
    case .phases: return { _ in 0 }
    case .tide:
      let square = Double((width - 1) / 2 * ((width - 1) / 2))
      return { x in (x * x).sum() <= square ? -5 * tensor.squared(x) / square : 0 }
    }
  }

  private func add(
    _ change: (SIMD3<Double>) -> Double, times scale: Double, to box: UnsafeMutablePointer<Float>
  ) {
    let offsets = (0..<width).map { Double($0 - width / 2) }
    var voxel = 0
    for x in offsets {
      for y in offsets {
        for z in offsets {
          box[voxel] += Float(change(SIMD3(x, y, z)) * scale)
          voxel += 1
        }
      }
    }
  }
}
