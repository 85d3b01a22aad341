import Fields

/// The labels of several simulations, of which one rank reads a share.
///
/// The planes of all simulations are counted one after the other; eligible particles are counted
/// for each plane, which does not depend on who reads which.
struct LabelPlanes {
  private let settings: SamplingSettings
  private let files: [FieldReader]

  /// For each simulation, the ranges of planes that this rank reads.
  private let shares: [[Range<Int>]]

  /// For each simulation, the number of planes of those before it, and at last that of all.
  private let firstPlanes: [Int]

  /// Opens the labels of field files.
  init(
    of paths: [String], settings: SamplingSettings, share rank: Int, among ranks: Int
  ) throws(SubBoxError) {
    var files: [FieldReader] = []
    var shares: [[Range<Int>]] = []
    var firstPlanes = [0]
    for path in paths {
      let file = try FieldReader(path)
      files.append(file)
      shares.append(PlaneSlabs(gridSize: file.gridSize).share(of: rank, among: ranks))
      firstPlanes.append(firstPlanes[firstPlanes.count - 1] + file.gridSize)
    }
    self.settings = settings
    self.files = files
    self.shares = shares
    self.firstPlanes = firstPlanes
  }

  /// Counts the eligible particles in each plane of all simulations; zero in those of other ranks.
  func countEligible() throws(SubBoxError) -> [Int64] {
    var counts = [Int64](repeating: 0, count: firstPlanes[firstPlanes.count - 1])
    for simulation in files.indices {
      for planes in shares[simulation] {
        let slab = try files[simulation].read(.logMass, planes: planes)
        let area = slab.count / planes.count
        for plane in planes {
          let start = (plane - planes.lowerBound) * area
          for site in start..<start + area where settings.isEligible(logMass: slab[site]) {
            counts[firstPlanes[simulation] + plane] += 1
          }
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
  /// - Returns: Two words for each number, as ``Sample`` packs them; zero where another rank finds
  ///   them.
  func find(_ numbers: [Int], counts: [Int64]) throws(SubBoxError) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: 2 * numbers.count)
    let ascending = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var firstNumbers = [0]
    for count in counts { firstNumbers.append(firstNumbers[firstNumbers.count - 1] + Int(count)) }
    for simulation in files.indices {
      let area = files[simulation].gridSize * files[simulation].gridSize
      for planes in shares[simulation] {
        let globalPlanes = firstPlanes[simulation] + planes.lowerBound
        var number = firstNumbers[globalPlanes]
        let end = firstNumbers[globalPlanes + planes.count]
        var next = ascending.partitioningIndex { numbers[$0] >= number }
        guard next < ascending.count, numbers[ascending[next]] < end else { continue }
        let (logMass, radius) = (
          try files[simulation].read(.logMass, planes: planes),
          try files[simulation].read(.radius, planes: planes)
        )
        for site in logMass.indices where settings.isEligible(logMass: logMass[site]) {
          if next < ascending.count, numbers[ascending[next]] == number {
            let sample = Sample(
              simulation: Int32(simulation), site: Int64(planes.lowerBound * area + site),
              logMass: logMass[site], radius: radius[site])
            (words[2 * ascending[next]], words[2 * ascending[next] + 1]) = sample.words
            next += 1
          }
          number += 1
        }
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

  /// Unpacks two words.
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
