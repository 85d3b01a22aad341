internal import Failures

/// Cuts cubes around sites out of a periodic field, standardized.
///
/// Along each axis, voxel `i` of the box is voxel `(center - w/2 + i) mod N` of the field, `w/2`
/// rounded down. The box may be wider than the field, which it then repeats.
///
/// A box in another ``CubeOrientation`` has the axes of the field exchanged and turned about its center voxel: each row
/// of the field is written to where it belongs at once.
///
/// A field lies in memory as one brick of [N, N, N], or as several of a smaller width, such as the
/// chunks of a dataset. The bits of a box do not depend on which.
package struct SubBoxCutter: Sendable {
  /// The number of voxels along each axis of a box, w.
  package let boxWidth: Int

  /// The number of voxels along each axis of the field, N.
  package let gridSize: Int

  /// The standardization of the values of the field.
  package let standardization: Standardization

  /// Makes the cutter of boxes of [boxWidth, boxWidth, boxWidth] out of fields of [gridSize,
  /// gridSize, gridSize].
  package init(boxWidth: Int, gridSize: Int, standardization: Standardization) {
    precondition(boxWidth > 0, "a box has at least one voxel, not \(boxWidth)")
    precondition(gridSize > 0, "a field has at least one voxel, not \(gridSize)")
    self.boxWidth = boxWidth
    self.gridSize = gridSize
    self.standardization = standardization
  }

  /// The number of voxels of a box.
  package var voxelCount: Int { boxWidth * boxWidth * boxWidth }

  /// Writes the box around a site.
  ///
  /// - Parameters:
  ///   - site: The index of the center voxel, (ix N + iy) N + iz.
  ///   - field: The field, [N, N, N].
  ///   - orientation: The orientation of the box.
  ///   - sign: 1, or -1 for the field of the opposite sign.
  ///   - box: The destination of the box, [w, w, w].
  package func cut(
    around site: Int, from field: UnsafePointer<Float>, _ orientation: CubeOrientation = .identity,
    sign: Float = 1, into box: UnsafeMutablePointer<Float>
  ) {
    cut(around: site, brickWidth: gridSize, orientation, sign: sign, into: box) { _, _, _ in
      Brick(start: field, width: gridSize, depth: gridSize)
    }
  }

  /// Writes the box around a site of a field that lies in bricks.
  ///
  /// - Parameters:
  ///   - site: The index of the center voxel, (ix N + iy) N + iz.
  ///   - brickWidth: The number of voxels along each axis of a brick; the last one of an axis may
  ///     be narrower.
  ///   - orientation: The orientation of the box.
  ///   - sign: 1, or -1 for the field of the opposite sign.
  ///   - box: The destination of the box, [w, w, w].
  ///   - brick: Gives the brick at a position, counted in bricks along the axes; it must stay where
  ///     it is until the next one is asked for.
  /// - Throws: The error that `brick` throws.
  func cut<Failure: Error>(
    around site: Int, brickWidth: Int, _ orientation: CubeOrientation = .identity,
    sign: Float = 1, into box: UnsafeMutablePointer<Float>,
    brick: (Int, Int, Int) throws(Failure) -> Brick
  ) throws(Failure) {
    let places = OrientedBox(orientation, width: boxWidth)
    let (xRuns, yRuns, zRuns) = runs(around: site, places.before, brickWidth: brickWidth)
    let stride = places.strides.z
    // (sign x - shift) scale, with the same roundings.
    let (shift, scale) = (sign * standardization.shift, sign * standardization.scale)
    for x in xRuns {
      for y in yRuns {
        for z in zRuns {
          let brick = try brick(x.brick, y.brick, z.brick)
          for i in 0..<x.count {
            let plane = (x.offset + i) * brick.width
            for j in 0..<y.count {
              let source = brick.start + ((plane + y.offset + j) * brick.depth + z.offset)
              let row = box + places.place(x.start + i, y.start + j, z.start)
              standardize(
                source, into: row, stride: stride, count: z.count, shift: shift, scale: scale)
            }
          }
        }
      }
    }
  }

  private func runs(
    around site: Int, _ before: SIMD3<Int>, brickWidth: Int
  ) -> ([Run], [Run], [Run]) {
    precondition(
      site >= 0 && site < gridSize * gridSize * gridSize,
      "site \(site) is outside a grid of \(gridSize)^3")
    let (plane, z) = site.quotientAndRemainder(dividingBy: gridSize)
    let (x, y) = plane.quotientAndRemainder(dividingBy: gridSize)
    return (
      runs(center: x, before.x, brickWidth: brickWidth),
      runs(center: y, before.y, brickWidth: brickWidth),
      runs(center: z, before.z, brickWidth: brickWidth)
    )
  }

  /// Splits one axis of the field, from `before` voxels before the center on, where it wraps around and where a brick
  /// ends.
  private func runs(center: Int, _ before: Int, brickWidth: Int) -> [Run] {
    var runs: [Run] = []
    var start = 0
    let first = (center - before) % gridSize
    var voxel = first < 0 ? first + gridSize : first
    while start < boxWidth {
      let (brick, offset) = voxel.quotientAndRemainder(dividingBy: brickWidth)
      let end = min((brick + 1) * brickWidth, gridSize)
      let count = min(end - voxel, boxWidth - start)
      runs.append(Run(start: start, count: count, brick: brick, offset: offset))
      start += count
      voxel = voxel + count == gridSize ? 0 : voxel + count
    }
    return runs
  }
}

extension SubBoxCutter {
  /// A part of a field in memory.
  struct Brick {
    /// Its first voxel.
    let start: UnsafePointer<Float>

    /// The number of voxels along the second axis.
    let width: Int

    /// The number of voxels along the third axis, which is contiguous.
    let depth: Int
  }

  /// Voxels along one axis that follow each other in the box and in one brick.
  private struct Run {
    /// The first voxel, counted from the first of the field that the box shows.
    let start: Int

    /// The number of voxels.
    let count: Int

    /// The brick, counted along the axis.
    let brick: Int

    /// The first voxel in the brick.
    let offset: Int
  }
}

/// Standardizes a row, as ``Standardization`` defines it, to places that are `stride` apart.
private func standardize(
  _ source: UnsafePointer<Float>, into destination: UnsafeMutablePointer<Float>, stride: Int,
  count: Int, shift: Float, scale: Float
) {
  if stride == 1 {
    for i in 0..<count { destination[i] = (source[i] - shift) * scale }
  } else {
    for i in 0..<count { destination[i * stride] = (source[i] - shift) * scale }
  }
}
