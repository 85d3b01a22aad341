import Fields

/// The labels of several simulations, of which one rank reads a share.
///
/// The planes of all simulations are counted one after the other; eligible particles are counted
/// for each plane, which does not depend on who reads which.
struct LabelPlanes {
  private let settings: SamplingSettings
  private let files: [FieldReader]

  /// The planes that this rank reads.
  private let share: [PlaneSlabs.Slab]

  /// For each simulation, the number of planes of those before it, and at last that of all.
  private let firstPlanes: [Int]

  /// Opens the labels of field files.
  init(
    of paths: [String], settings: SamplingSettings, share rank: Int, among ranks: Int
  ) throws(SubBoxError) {
    var files: [FieldReader] = []
    var firstPlanes = [0]
    for path in paths {
      let file = try FieldReader(path)
      files.append(file)
      firstPlanes.append(firstPlanes[firstPlanes.count - 1] + file.gridSize)
    }
    self.settings = settings
    self.files = files
    share = PlaneSlabs(gridSizes: files.map(\.gridSize)).share(of: rank, among: ranks)
    self.firstPlanes = firstPlanes
  }

  /// Counts the eligible particles in each plane of all simulations; zero in those of other ranks.
  func countEligible() throws(SubBoxError) -> [Int64] {
    var counts = [Int64](repeating: 0, count: firstPlanes[firstPlanes.count - 1])
    for slab in share {
      let labels = try files[slab.simulation].read(.logMass, planes: slab.planes)
      let area = labels.count / slab.planes.count
      for plane in slab.planes {
        let start = (plane - slab.planes.lowerBound) * area
        for site in start..<start + area where settings.isEligible(logMass: labels[site]) {
          counts[firstPlanes[slab.simulation] + plane] += 1
        }
      }
    }
    return counts
  }

  /// Adds up the counts of planes to those of simulations.
  func perSimulation(_ counts: [Int64]) -> [Int] {
    files.indices.map { simulation in
      Int(counts[firstPlanes[simulation]..<firstPlanes[simulation + 1]].reduce(0, +))
    }
  }

  /// Finds the particles with the given numbers among the eligible ones of all simulations.
  ///
  /// - Parameters:
  ///   - numbers: Different numbers below the sum of `counts`.
  ///   - counts: The eligible particles of each plane of all simulations.
  /// - Returns: Two words for each number, which are those of a ``Sample``, or zero where another
  ///   rank finds it.
  /// - Throws: ``SubBoxError`` if a file cannot be read.
  func find(_ numbers: [Int], counts: [Int64]) throws(SubBoxError) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 2 * numbers.count)
    let ascending = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var firstNumbers = [0]
    for count in counts { firstNumbers.append(firstNumbers[firstNumbers.count - 1] + Int(count)) }
    for slab in share {
      let file = files[slab.simulation]
      let firstPlane = firstPlanes[slab.simulation] + slab.planes.lowerBound
      let firstSite = slab.planes.lowerBound * file.gridSize * file.gridSize
      var number = firstNumbers[firstPlane]
      let end = firstNumbers[firstPlane + slab.planes.count]
      var next = ascending.partitioningIndex { numbers[$0] >= number }
      guard next < ascending.count, numbers[ascending[next]] < end else { continue }
      let labels = try file.read(.logMass, planes: slab.planes)
      let radii = try file.read(.radius, planes: slab.planes)
      for site in labels.indices where settings.isEligible(logMass: labels[site]) {
        if next < ascending.count, numbers[ascending[next]] == number {
          let sample = Sample(
            simulation: Int32(slab.simulation), site: Int64(firstSite + site),
            logMass: labels[site], radius: radii[site])
          (words[2 * ascending[next]], words[2 * ascending[next] + 1]) = sample.words
          next += 1
        }
        number += 1
      }
    }
    return words
  }
}

extension Sample {
  /// The sample in two words: simulation and site, then label and radius.
  fileprivate var words: (UInt64, UInt64) {
    (
      UInt64(simulation) << 40 | UInt64(site),
      UInt64(logMass.bitPattern) << 32 | UInt64(radius.bitPattern)
    )
  }

  /// Makes a sample of its two words.
  init(_ place: UInt64, _ label: UInt64, firstSimulation: Int) {
    self.init(
      simulation: Int32(firstSimulation) + Int32(place >> 40), site: Int64(place & (1 << 40 - 1)),
      logMass: Float(bitPattern: UInt32(label >> 32)),
      radius: Float(bitPattern: UInt32(truncatingIfNeeded: label)))
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first position whose element satisfies what all later ones do too; the end if none does.
  fileprivate func partitioningIndex(where predicate: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = low + (high - low) / 2
      if predicate(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
