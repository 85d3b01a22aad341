/// A convolution of 3^3 with stride 1 and zero padding: a cross-correlation, as in all networks.
///
/// output[z, y, x, o] = bias[o] + the sum over kz, ky, kx, i of
/// input[z + kz - 1, y + ky - 1, x + kx - 1, i] weight[kz, ky, kx, i, o]:
/// [w, w, w, inputChannels] -> [w, w, w, outputChannels].
///
/// The neighbourhoods of a slab of voxels are gathered as the rows of a matrix ("columns",
/// [voxels, 27 inputChannels]) whose product with the kernels is the output. Slabs are whole rows
/// along x and of bounded size, so the matrix takes the same memory at any width.
struct Convolution {
  /// The width of input and output [voxels].
  let width: Int

  /// The number of channels of the input.
  let inputChannels: Int

  /// The number of channels of the output.
  let outputChannels: Int

  /// The most elements of the gathered matrix, unless a single row along x has more: 1 MB.
  var elementsPerSlab = 1 << 18

  /// The scratch memory of convolutions, which one thread's layers share.
  final class Workspace {
    fileprivate let columns: AlignedBuffer<Float>
    fileprivate let ones: AlignedBuffer<Float>

    /// Allocates what the largest of some convolutions needs.
    init(for convolutions: [Convolution]) {
      let counts = Self.counts(for: convolutions)
      columns = AlignedBuffer(count: counts.columns)
      ones = AlignedBuffer(count: counts.ones)
      ones.pointer.update(repeating: 1, count: ones.count)
    }

    private static func counts(for convolutions: [Convolution]) -> (columns: Int, ones: Int) {
      (
        convolutions.map { $0.voxelsPerSlab * $0.neighbourhood }.max() ?? 0,
        convolutions.map(\.voxelsPerSlab).max() ?? 0
      )
    }

    /// The size of the memory that convolutions need [bytes].
    static func byteCount(for convolutions: [Convolution]) -> Int {
      let counts = counts(for: convolutions)
      return (counts.columns + counts.ones) * MemoryLayout<Float>.stride
    }

    /// The size of the memory [bytes].
    var byteCount: Int { columns.byteCount + ones.byteCount }
  }

  /// The number of elements of the output.
  var outputCount: Int { width * width * width * outputChannels }

  /// Computes the output from weights [3, 3, 3, inputChannels, outputChannels] and biases.
  func forward(
    _ input: UnsafePointer<Float>, weight: UnsafePointer<Float>, bias: UnsafePointer<Float>,
    output: UnsafeMutablePointer<Float>, workspace: Workspace
  ) {
    for slab in slabs {
      gather(slab, of: input, into: workspace.columns.pointer)
      let target = output + slab.lowerBound * width * outputChannels
      for voxel in 0..<slab.count * width {
        (target + voxel * outputChannels).update(from: bias, count: outputChannels)
      }
      BLAS.multiply(
        BLAS.Operand(workspace.columns.pointer), BLAS.Operand(weight), rows: slab.count * width,
        inner: neighbourhood, columns: outputChannels, accumulate: true, into: target)
    }
  }

  /// Overwrites the gradients of weights [3, 3, 3, inputChannels, outputChannels] and biases.
  func backwardParameters(
    input: UnsafePointer<Float>, outputGradient: UnsafePointer<Float>,
    weightGradient: UnsafeMutablePointer<Float>, biasGradient: UnsafeMutablePointer<Float>,
    workspace: Workspace
  ) {
    weightGradient.update(repeating: 0, count: neighbourhood * outputChannels)
    biasGradient.update(repeating: 0, count: outputChannels)
    for slab in slabs {
      gather(slab, of: input, into: workspace.columns.pointer)
      let source = outputGradient + slab.lowerBound * width * outputChannels
      BLAS.multiply(
        BLAS.Operand(workspace.columns.pointer, transposed: true), BLAS.Operand(source),
        rows: neighbourhood, inner: slab.count * width, columns: outputChannels, accumulate: true,
        into: weightGradient)
      BLAS.add(
        vector: workspace.ones.pointer, times: source, rows: slab.count * width,
        columns: outputChannels, to: biasGradient)
    }
  }

  /// Overwrites the gradient of the input.
  func backwardInput(
    outputGradient: UnsafePointer<Float>, weight: UnsafePointer<Float>,
    inputGradient: UnsafeMutablePointer<Float>, workspace: Workspace
  ) {
    inputGradient.update(repeating: 0, count: width * width * width * inputChannels)
    for slab in slabs {
      BLAS.multiply(
        BLAS.Operand(outputGradient + slab.lowerBound * width * outputChannels),
        BLAS.Operand(weight, transposed: true), rows: slab.count * width, inner: outputChannels,
        columns: neighbourhood, accumulate: false, into: workspace.columns.pointer)
      scatter(slab, of: workspace.columns.pointer, addingTo: inputGradient)
    }
  }
}

// MARK: - Slabs and their neighbourhoods

extension Convolution {
  /// The number of inputs that an output voxel sees.
  private var neighbourhood: Int { 27 * inputChannels }

  /// The number of rows along x in a slab.
  private var rowsPerSlab: Int {
    min(width * width, max(1, elementsPerSlab / (width * neighbourhood)))
  }

  private var voxelsPerSlab: Int { rowsPerSlab * width }

  /// Ranges of rows along x, row z*width + y, that cover the box.
  private var slabs: some Sequence<Range<Int>> {
    stride(from: 0, to: width * width, by: rowsPerSlab).lazy.map {
      [end = width * width, count = rowsPerSlab] start in start..<min(end, start + count)
    }
  }

  /// Copies the neighbourhoods of a slab's voxels, zero beyond the box, into `columns`.
  private func gather(
    _ slab: Range<Int>, of input: UnsafePointer<Float>, into columns: UnsafeMutablePointer<Float>
  ) {
    forEachTriple(in: slab) { column, voxel, inside in
      let target = columns + column
      if inside.isEmpty {
        target.update(repeating: 0, count: 3 * inputChannels)
        return
      }
      if inside.lowerBound > 0 { target.update(repeating: 0, count: inputChannels) }
      (target + inside.lowerBound * inputChannels).update(
        from: input + (voxel + inside.lowerBound) * inputChannels,
        count: inside.count * inputChannels)
      if inside.upperBound < 3 {
        (target + inside.upperBound * inputChannels).update(
          repeating: 0, count: (3 - inside.upperBound) * inputChannels)
      }
    }
  }

  /// Adds gathered neighbourhoods to where they came from: the transpose of ``gather(_:of:into:)``.
  private func scatter(
    _ slab: Range<Int>, of columns: UnsafePointer<Float>,
    addingTo input: UnsafeMutablePointer<Float>
  ) {
    forEachTriple(in: slab) { column, voxel, inside in
      if inside.isEmpty { return }
      BLAS.add(
        columns + column + inside.lowerBound * inputChannels, count: inside.count * inputChannels,
        to: input + (voxel + inside.lowerBound) * inputChannels)
    }
  }

  /// Visits the three neighbours along x, adjacent in memory, for all (kz, ky) of a slab's voxels.
  ///
  /// `column` is where they start in the gathered matrix, `voxel` the number of the first of the
  /// three (even if it is beyond the box), `inside` which of them are in the box.
  private func forEachTriple(
    in slab: Range<Int>, _ body: (_ column: Int, _ voxel: Int, _ inside: Range<Int>) -> Void
  ) {
    for row in slab {
      let (z, y) = row.quotientAndRemainder(dividingBy: width)
      let firstColumn = (row - slab.lowerBound) * width * neighbourhood
      for x in 0..<width {
        let alongX = (x == 0 ? 1 : 0)..<(x == width - 1 ? 2 : 3)
        for kz in 0..<3 {
          for ky in 0..<3 {
            let (sourceZ, sourceY) = (z + kz - 1, y + ky - 1)
            let isInside = sourceZ >= 0 && sourceZ < width && sourceY >= 0 && sourceY < width
            body(
              firstColumn + x * neighbourhood + (kz * 3 + ky) * 3 * inputChannels,
              (sourceZ * width + sourceY) * width + x - 1, isInside ? alongX : 0..<0)
          }
        }
      }
    }
  }
}
