internal import Failures
internal import Fields

/// The labels of several simulations, of which one rank reads a share.
///
/// The planes of all simulations are counted one after the other; eligible particles are counted
/// for each bin of the mass and each plane, which does not depend on who reads which.
struct LabelPlanes {
  private let bins: MassBins
  private let files: [SharedFieldFile]

  /// The planes that this rank reads.
  private let share: [PlaneSlabs.Slab]

  /// For each simulation, the number of planes of those before it; the last entry is that of all.
  private let firstPlanes: [Int]

  /// Opens the labels of field files.
  init(
    of paths: [String], bins: MassBins, share rank: Int, among ranks: Int
  ) throws(Failure) {
    var files: [SharedFieldFile] = []
    var firstPlanes = [0]
    for path in paths {
      let file = try SharedFieldFile(path)
      files.append(file)
      firstPlanes.append(firstPlanes[firstPlanes.count - 1] + file.gridSize)
    }
    self.bins = bins
    self.files = files
    share = PlaneSlabs(gridSizes: files.map(\.gridSize)).share(of: rank, among: ranks)
    self.firstPlanes = firstPlanes
  }

  /// The name and the number of sites along each axis of every simulation.
  var simulations: [(name: String, gridSize: Int)] {
    files.map { ($0.metadata.name, $0.gridSize) }
  }

  /// The number of planes of all simulations.
  private var planeCount: Int { firstPlanes[firstPlanes.count - 1] }

  /// Counts the eligible particles in each plane of all simulations, [bin, plane]; zero in those of other
  /// ranks.
  func countEligible() throws(Failure) -> [Int64] {
    var counts = [Int64](repeating: 0, count: bins.count * planeCount)
    for slab in share {
      let labels = try files[slab.simulation].file.read(.logMass, planes: slab.planes)
      let area = labels.count / slab.planes.count
      for plane in slab.planes {
        let start = (plane - slab.planes.lowerBound) * area
        for site in start..<start + area {
          guard let bin = bins.index(of: labels[site]) else { continue }
          counts[bin * planeCount + firstPlanes[slab.simulation] + plane] += 1
        }
      }
    }
    return counts
  }

  /// Adds up the counts of bins and planes to those of simulations.
  func perSimulation(_ counts: [Int64]) -> [Int] {
    files.indices.map { simulation in
      (firstPlanes[simulation]..<firstPlanes[simulation + 1]).reduce(0) { sum, plane in
        (0..<bins.count).reduce(sum) { $0 + Int(counts[$1 * planeCount + plane]) }
      }
    }
  }

  /// Adds up the counts of planes to those of bins.
  func perBin(_ counts: [Int64]) -> [Int] {
    (0..<bins.count).map { Int(counts[$0 * planeCount..<($0 + 1) * planeCount].reduce(0, +)) }
  }

  /// Finds the particles with the given numbers among the eligible ones of all simulations, which are counted bin by
  /// bin.
  ///
  /// - Parameters:
  ///   - numbers: Different numbers below the sum of `counts`.
  ///   - counts: The eligible particles of each bin and plane of all simulations.
  /// - Returns: ``Sample/wordCount`` words for each number, which are those of a ``Sample``, or zero
  ///   where another rank finds it.
  /// - Throws: `Failure` if a file cannot be read.
  func find(_ numbers: [Int], counts: [Int64]) throws(Failure) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: Sample.wordCount * numbers.count)
    let ascending = numbers.indices.sorted { numbers[$0] < numbers[$1] }
    var firstNumbers = [0]
    for count in counts { firstNumbers.append(firstNumbers[firstNumbers.count - 1] + Int(count)) }
    for slab in share {
      let first = firstPlanes[slab.simulation] + slab.planes.lowerBound
      let numbersOfBins = (0..<bins.count).map { bin in
        let place = bin * planeCount + first
        return firstNumbers[place]..<firstNumbers[place + slab.planes.count]
      }
      let wanted = numbersOfBins.map { range in
        let start = ascending.partitioningIndex { numbers[$0] >= range.lowerBound }
        let end = ascending.partitioningIndex { numbers[$0] >= range.upperBound }
        return ascending[start..<end]
      }
      guard wanted.contains(where: { !$0.isEmpty }) else { continue }
      let found = try mark(wanted, numbers, numbersOfBins, in: slab, &words)
      // Read when the labels and radii are gone: memory for two arrays is enough.
      let file = files[slab.simulation]
      let halos = try file.file.read(.halo, planes: slab.planes)
      let firstSite = slab.planes.lowerBound * file.gridSize * file.gridSize
      for place in found {
        let site = Int(Sample.site(words[place])) - firstSite
        let sample = Sample(words: words[place..<place + Sample.wordCount], firstSimulation: 0)
        words[place + Sample.wordCount - 1] = Sample.word(
          halo: sample.isInField ? -1 : halos[site])
      }
    }
    return words
  }

  /// Finds given particles.
  ///
  /// - Parameter places: Simulations and sites that there are, ascending.
  /// - Returns: The words of their samples; zeros for those in planes of other ranks, and for one that is not eligible what
  ///   is no sample.
  /// - Throws: `Failure` if a file cannot be read.
  func find(_ places: [(simulation: Int, site: Int64)]) throws(Failure) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: Sample.wordCount * places.count)
    for slab in share {
      let file = files[slab.simulation]
      let area = Int64(file.gridSize * file.gridSize)
      let firstSite = Int64(slab.planes.lowerBound) * area
      let first = places.partitioningIndex {
        ($0.simulation, $0.site) >= (slab.simulation, firstSite)
      }
      let end = places.partitioningIndex {
        ($0.simulation, $0.site) >= (slab.simulation, Int64(slab.planes.upperBound) * area)
      }
      guard first < end else { continue }
      let labels = try file.file.read(.logMass, planes: slab.planes)
      let radii = try file.file.read(.radius, planes: slab.planes)
      let halos = try file.file.read(.halo, planes: slab.planes)
      for place in first..<end {
        let site = Int(places[place].site - firstSite)
        let start = Sample.wordCount * place
        guard bins.index(of: labels[site]) != nil else {
          words[start] = Sample.noPlace
          continue
        }
        let isInField = bins.limits.isInField(logMass: labels[site])
        let sample = Sample(
          simulation: Int32(slab.simulation), site: places[place].site,
          logMass: isInField ? -.infinity : labels[site],
          radius: isInField ? .infinity : radii[site], halo: isInField ? -1 : halos[site])
        words.replaceSubrange(start..<start + Sample.wordCount, with: sample.words)
      }
    }
    return words
  }

  /// Fills in the particles that are wanted of a slab, but for their halos.
  ///
  /// - Parameters:
  ///   - wanted: For each bin, places of `numbers`, in the order of the numbers.
  ///   - numbers: The numbers of particles.
  ///   - numbersOfBins: The numbers that the slab has of each bin.
  ///   - slab: The planes.
  ///   - words: The words of all samples.
  /// - Returns: The indices in `words` at which the words of the samples found in the slab start.
  /// - Throws: `Failure` if the file cannot be read.
  private func mark(
    _ wanted: [ArraySlice<Int>], _ numbers: [Int], _ numbersOfBins: [Range<Int>],
    in slab: PlaneSlabs.Slab, _ words: inout [UInt64]
  ) throws(Failure) -> [Int] {
    let file = files[slab.simulation]
    let labels = try file.file.read(.logMass, planes: slab.planes)
    let radii = try file.file.read(.radius, planes: slab.planes)
    let firstSite = slab.planes.lowerBound * file.gridSize * file.gridSize
    var found: [Int] = []
    var next = wanted.map(\.startIndex)
    var number = numbersOfBins.map(\.lowerBound)
    for site in labels.indices {
      guard let bin = bins.index(of: labels[site]) else { continue }
      if next[bin] < wanted[bin].endIndex, numbers[wanted[bin][next[bin]]] == number[bin] {
        let isInField = bins.limits.isInField(logMass: labels[site])
        let sample = Sample(
          simulation: Int32(slab.simulation), site: Int64(firstSite + site),
          logMass: isInField ? -.infinity : labels[site],
          radius: isInField ? .infinity : radii[site], halo: -1)
        let place = Sample.wordCount * wanted[bin][next[bin]]
        words.replaceSubrange(place..<place + Sample.wordCount, with: sample.words)
        found.append(place)
        next[bin] += 1
      }
      number[bin] += 1
    }
    return found
  }
}

extension Sample {
  /// The number of words of a sample.
  static let wordCount = 3

  /// The sample in words: simulation and site, then label and radius, then the halo.
  fileprivate var words: [UInt64] {
    [
      UInt64(simulation) << 40 | UInt64(site),
      UInt64(logMass.bitPattern) << 32 | UInt64(radius.bitPattern),
      Self.word(halo: halo),
    ]
  }

  /// A first word that is of no simulation and site.
  fileprivate static let noPlace = UInt64.max

  /// Makes the sample of a given particle, of all words that ``LabelPlanes/find(_:)`` returns, added up over the ranks; `nil`
  /// if it is not eligible.
  init?(wordsOfGiven words: [UInt64], _ number: Int) {
    let start = Self.wordCount * number
    guard words[start] != Self.noPlace else { return nil }
    self.init(words: words[start..<start + Self.wordCount], firstSimulation: 0)
  }

  /// The last word, which says the halo.
  fileprivate static func word(halo: Int32) -> UInt64 { UInt64(UInt32(bitPattern: halo)) }

  /// The site that the first word says.
  fileprivate static func site(_ place: UInt64) -> Int64 { Int64(place & (1 << 40 - 1)) }

  /// Makes a sample of its words.
  init(words: ArraySlice<UInt64>, firstSimulation: Int) {
    let (place, label, halo) = (
      words[words.startIndex], words[words.startIndex + 1], words[words.startIndex + 2]
    )
    self.init(
      simulation: Int32(firstSimulation) + Int32(place >> 40), site: Self.site(place),
      logMass: Float(bitPattern: UInt32(label >> 32)),
      radius: Float(bitPattern: UInt32(truncatingIfNeeded: label)),
      halo: Int32(bitPattern: UInt32(truncatingIfNeeded: halo)))
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
