internal import Failures

/// The objects of a catalogue, some of which are within others: the particles of all count for the outermost one.
struct NestedHalos {
  /// The outermost object around each, which may be itself [object].
  let outermost: [Int]

  /// Finds the outermost objects.
  ///
  /// - Parameters:
  ///   - parents: The object around each; -1 for none [object].
  ///   - path: The file that says so.
  ///   - dataset: The column that says so.
  /// - Throws: A `Failure` if objects are around each other in a circle.
  init(parents: [Int], _ path: String, _ dataset: String) throws(Failure) {
    var outermost: [Int] = []
    outermost.reserveCapacity(parents.count)
    for object in parents.indices {
      var around = object
      var depth = 0
      while parents[around] >= 0 {
        around = parents[around]
        depth += 1
        guard depth < Self.mostDepth else {
          throw Failure(
            .invalidValue, in: path, dataset: dataset,
            because: "object \(object) is within others without end",
            remedy: "Copy the file again; it may be damaged.")
        }
      }
      outermost.append(around)
    }
    self.outermost = outermost
  }

  /// The most objects that may be around one.
  private static let mostDepth = 1000

  /// Adds up a quantity of the objects within each outermost one, itself among them [object]; zero for others.
  func sums(_ values: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: values.count)
    for (object, value) in values.enumerated() { sums[outermost[object]] += value }
    return sums
  }

  /// Lists the outermost objects that have a mass, each by its place among all objects.
  ///
  /// - Parameters:
  ///   - masses: The masses; zero where there is nothing [object], [Msun/h].
  ///   - positions: [object, 3], in the files' unit.
  ///   - radii: The radii r200m; NaN where they are not known [object], [Mpc/h].
  /// - Returns: The halos in the order of the objects.
  func halos(masses: [Double], positions: [Double], radii: [Double]) -> ListedHalos {
    var halos = ListedHalos()
    for object in outermost.indices where outermost[object] == object && masses[object] != 0 {
      halos.append(
        Int64(object), mass: masses[object],
        position: Array(positions[3 * object..<3 * object + 3]), radius: radii[object])
    }
    return halos
  }

  /// Finds the place in the catalogue of the halo that each object counts for; -1 for none [object].
  func places(_ halos: ListedHalos, _ path: String) throws(Failure) -> [Int32] {
    let places = try halos.places(path, "objects")
    return outermost.map { places[Int64($0)] ?? -1 }
  }
}

extension ListedMembers {
  /// Adds particles of an object whose halo has a place in the catalogue; of others, nothing.
  mutating func add(_ ids: some Sequence<UInt64>, halo: Int32, isBound: Bool) {
    guard halo >= 0 else { return }
    for id in ids {
      self.ids.append(id)
      halos.append(halo)
      self.isBound.append(isBound)
    }
  }
}

extension Snapshot {
  /// Compares what a catalogue says of its box and time with the snapshot.
  ///
  /// - Parameters:
  ///   - boxSize: The side of the box [Mpc/h]; `nil` if it does not say.
  ///   - scaleFactor: The scale factor; `nil` if it does not say.
  ///   - path: The catalogue's file.
  /// - Throws: A `Failure` of the kind `mismatch`.
  func check(
    boxSize: Double? = nil, scaleFactor: Double? = nil, of path: String
  ) throws(Failure) {
    func refuse(_ what: String, _ own: Double, _ other: Double) -> Failure {
      Failure(
        .mismatch, in: path, because: "its \(what) is \(own), that of the snapshot \(other)",
        remedy: "Give the catalogue that was made from \(self.path).")
    }
    if let own = scaleFactor, !(abs(own - self.scaleFactor) <= 1e-3) {
      throw refuse("scale factor", own, self.scaleFactor)
    }
    if let own = boxSize, !(abs(own - self.boxSize) <= 1e-4 * self.boxSize) {
      throw refuse("box in Mpc/h", own, self.boxSize)
    }
  }
}
