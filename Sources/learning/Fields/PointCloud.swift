/// Points as three arrays of coordinates, each with a whole number carried along.
///
/// The arrays are padded to whole vectors with points at infinity.
final class PointCloud {
  private(set) var count = 0
  private var capacity = 0
  fileprivate private(set) var x = UnsafeMutablePointer<Float>.allocate(capacity: 0)
  fileprivate private(set) var y = UnsafeMutablePointer<Float>.allocate(capacity: 0)
  fileprivate private(set) var z = UnsafeMutablePointer<Float>.allocate(capacity: 0)
  private var tags = UnsafeMutablePointer<Int32>.allocate(capacity: 0)

  deinit {
    x.deallocate()
    y.deallocate()
    z.deallocate()
    tags.deallocate()
  }

  /// The lanes of a vector.
  fileprivate static let lanes = 16

  func removeAll() { count = 0 }

  func tag(_ index: Int) -> Int { Int(tags[index]) }

  @inline(__always)
  func point(_ index: Int) -> (Float, Float, Float) { (x[index], y[index], z[index]) }

  @inline(__always)
  func append(_ x: Float, _ y: Float, _ z: Float, tag: Int) {
    reserve(count + 1)
    self.x[count] = x
    self.y[count] = y
    self.z[count] = z
    tags[count] = Int32(tag)
    count += 1
  }

  /// Appends particles of a cell list, given as all x, all y, all z, moved by `shift`.
  @inline(__always)
  func append(
    _ offsets: UnsafeBufferPointer<Float>, _ range: Range<Int>, shift: (Float, Float, Float)
  ) {
    reserve(count + range.count)
    let total = offsets.count / 3
    for particle in range {
      x[count] = offsets[particle] + shift.0
      y[count] = offsets[total + particle] + shift.1
      z[count] = offsets[2 * total + particle] + shift.2
      tags[count] = 0
      count += 1
    }
  }

  /// The points for which `isIncluded` holds.
  @inline(__always)
  func filtered(_ isIncluded: (Float, Float, Float) -> Bool) -> PointCloud {
    let result = PointCloud()
    for index in 0..<count where isIncluded(x[index], y[index], z[index]) {
      result.append(x[index], y[index], z[index], tag: Int(tags[index]))
    }
    return result
  }

  /// The number of points for which `isIncluded` holds.
  @inline(__always)
  func number(where isIncluded: (Float, Float, Float) -> Bool) -> Int {
    var number = 0
    for index in 0..<count where isIncluded(x[index], y[index], z[index]) { number += 1 }
    return number
  }

  /// Fills up the last vector with points at infinity.
  fileprivate func pad() {
    reserve(count + Self.lanes)
    for index in count..<count + Self.lanes {
      x[index] = .infinity
      y[index] = .infinity
      z[index] = .infinity
    }
  }

  @inline(__always)
  private func reserve(_ needed: Int) {
    if needed > capacity { grow(to: max(2 * capacity, needed, 64)) }
  }

  private func grow(to newCapacity: Int) {
    func moved<Element>(_ old: UnsafeMutablePointer<Element>) -> UnsafeMutablePointer<Element> {
      let new = UnsafeMutablePointer<Element>.allocate(capacity: newCapacity)
      new.initialize(from: old, count: count)
      old.deallocate()
      return new
    }
    x = moved(x)
    y = moved(y)
    z = moved(z)
    tags = moved(tags)
    capacity = newCapacity
  }
}

/// Finds the smallest distances from a point to a cloud, with the storage for doing so.
final class NearestNeighbours {
  private let neighbours: Int
  private let sorted: UnsafeMutableBufferPointer<Float>
  private var squares = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)
  private var near = UnsafeMutableBufferPointer<Float>.allocate(capacity: 0)

  init(count: Int) {
    neighbours = count
    sorted = .allocate(capacity: count)
  }

  deinit {
    sorted.deallocate()
    squares.deallocate()
    near.deallocate()
  }

  /// The squared distances of the nearest points in ascending order.
  ///
  /// - Parameters:
  ///   - point: The point from which distances are measured.
  ///   - cloud: The points.
  ///   - limit: The largest squared distance that counts.
  ///   - guess: A squared distance that probably holds enough points; it is a matter of speed.
  ///   - period: The side of the box if the nearest image of each point is to be taken.
  /// - Returns: The squares, valid until the next call; `nil` unless as many as asked for are
  ///   within `limit`.
  func squares(
    around point: (Float, Float, Float), among cloud: PointCloud, within limit: Float,
    guess: Float, period: Float?
  ) -> UnsafeBufferPointer<Float>? {
    guard cloud.count >= neighbours else { return nil }
    measure(from: point, to: cloud, period: period)
    var found = 0
    if guess < limit { found = collect(cloud.count, within: guess) }
    if found < neighbours { found = collect(cloud.count, within: limit) }
    return found < neighbours ? nil : UnsafeBufferPointer(sorted)
  }

  /// Computes all squared distances.
  private func measure(
    from point: (Float, Float, Float), to cloud: PointCloud, period: Float?
  ) {
    typealias Vector = SIMD16<Float>
    let lanes = PointCloud.lanes
    let padded = (cloud.count + lanes - 1) / lanes * lanes
    if squares.count < padded {
      squares.deallocate()
      near.deallocate()
      squares = .allocate(capacity: 2 * padded)
      near = .allocate(capacity: 2 * padded)
    }
    cloud.pad()
    let x = Vector(repeating: point.0)
    let y = Vector(repeating: point.1)
    let z = Vector(repeating: point.2)
    func load(_ pointer: UnsafeMutablePointer<Float>, _ index: Int) -> Vector {
      UnsafeRawPointer(pointer + index).loadUnaligned(as: Vector.self)
    }
    let half = period.map { Vector(repeating: $0 / 2) }
    for index in stride(from: 0, to: padded, by: lanes) {
      var dx = load(cloud.x, index) - x
      var dy = load(cloud.y, index) - y
      var dz = load(cloud.z, index) - z
      if let period, let half {
        dx = Self.nearestImage(dx, period, half)
        dy = Self.nearestImage(dy, period, half)
        dz = Self.nearestImage(dz, period, half)
      }
      let square = dx * dx + dy * dy + dz * dz
      UnsafeMutableRawPointer(squares.baseAddress.unsafelyUnwrapped + index)
        .storeBytes(of: square, as: Vector.self)
    }
  }

  @inline(__always)
  private static func nearestImage(
    _ distance: SIMD16<Float>, _ period: Float, _ half: SIMD16<Float>
  ) -> SIMD16<Float> {
    distance.replacing(with: distance - period, where: distance .> half)
      .replacing(with: distance + period, where: distance .< -half)
  }

  /// Keeps the smallest of the first `count` squares that are not above `limit`, in order.
  private func collect(_ count: Int, within limit: Float) -> Int {
    let sorted = self.sorted.baseAddress.unsafelyUnwrapped
    let squares = self.squares.baseAddress.unsafelyUnwrapped
    let near = self.near.baseAddress.unsafelyUnwrapped
    // Without a branch on each square, which could not be predicted.
    var kept = 0
    for index in 0..<count {
      let square = squares[index]
      near[kept] = square
      kept += square <= limit ? 1 : 0
    }
    var found = 0
    for index in 0..<kept {
      let square = near[index]
      var place: Int
      if found < neighbours {
        place = found
        found += 1
      } else {
        if square >= sorted[neighbours - 1] { continue }
        place = neighbours - 1
      }
      while place > 0, sorted[place - 1] > square {
        sorted[place] = sorted[place - 1]
        place -= 1
      }
      sorted[place] = square
    }
    return found
  }
}
