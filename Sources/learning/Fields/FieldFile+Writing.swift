internal import Failures
internal import HDF5
package import MPI
internal import RecordFiles
internal import Snapshots

extension FieldFile {
  /// Writes a field file together, and gives it its name when it is complete.
  ///
  /// Collective. The datasets have the same bytes for any number of ranks.
  ///
  /// - Parameters:
  ///   - slab: This rank's planes: those that ``PlaneDecomposition`` gives it.
  ///   - halos: The same on every rank.
  ///   - description: The same on every rank.
  ///   - creator: The command or program that makes the file.
  ///   - path: The path of the file; an existing file is replaced. The same on every rank.
  ///   - communicator: The ranks.
  /// - Returns: The metadata of the file.
  /// - Throws: `AgreedFailure` on every rank, with a `Failure` from the rank that failed.
  @discardableResult
  package static func write(
    _ slab: FieldSlab, _ halos: HaloTable, _ description: FieldDescription, creator: String,
    to path: String, on communicator: borrowing Communicator
  ) throws -> FieldMetadata {
    try communicator.agree { () throws(Failure) in
      try check(slab, halos, description, path, communicator)
    }
    let checksums = try Checksums(of: slab, halos, on: communicator)
    let metadata = try measure(slab, halos, description, checksums, on: communicator)

    do {
      try CollectiveFile.write(to: path, on: communicator) { file in
        try file.add(metadata, creator: creator, on: communicator)
        try file.add(slab, checksums, on: communicator)
        for column in HaloColumn<Float>.all {
          try file.add(halos, column, checksums, on: communicator)
        }
        for column in HaloColumn<Int64>.all {
          try file.add(halos, column, checksums, on: communicator)
        }
      }
    } catch let failure as AgreedFailure {
      throw failure.replacing(HDF5Error.self) { error in
        Failure(
          .io, inFieldFile: path, because: "\(error)",
          remedy: "Check the disk and the path, and make the file again with `halompi prepare`.")
      }
    }
    return metadata
  }

  /// Refuses what would make a file that cannot be read.
  private static func check(
    _ slab: FieldSlab, _ halos: HaloTable, _ description: FieldDescription, _ path: String,
    _ communicator: borrowing Communicator
  ) throws(Failure) {
    let decomposition = PlaneDecomposition(
      gridSize: description.gridSize, ranks: communicator.size)
    let count = slab.sites.count
    precondition(
      slab.gridSize == description.gridSize
        && slab.planes == decomposition.planes(of: communicator.rank)
        && slab.density.count == count && slab.derived.values.allSatisfy { $0.count == count }
        && slab.finalParticles?.smoothingLengths.count ?? count == count
        && slab.logMass.count == count
        && slab.halo.count == count && slab.radius.count == count,
      "the slab does not hold the planes of its rank")
    let density = [(field: GridField.density, values: slab.density)]
    for (field, values) in density + slab.derivedInOrder {
      guard let index = values.firstIndex(where: { !$0.isFinite }) else { continue }
      throw .invalidValue(
        values[index], of: field, atSite: slab.sites.lowerBound + index, slab.gridSize, in: path)
    }
    if let index = slab.halo.firstIndex(where: { $0 < -1 || Int($0) >= halos.count }) {
      throw Failure(
        .invalidValue, inFieldFile: path, dataset: GridField.halo.dataset,
        because: "site \(slab.sites.lowerBound + index) is in halo \(slab.halo[index]) of "
          + "\(halos.count)",
        remedy: "Check that catalogue and snapshot belong together.")
    }
  }

  /// Computes what the file says about its data.
  private static func measure(
    _ slab: FieldSlab, _ halos: HaloTable, _ description: FieldDescription,
    _ checksums: Checksums, on communicator: borrowing Communicator
  ) throws -> FieldMetadata {
    let density = try moments(of: slab.density, in: slab, on: communicator)
    var derived: [String: FieldMoments] = [:]
    for (field, values) in slab.derivedInOrder {
      derived[field.dataset] = try moments(of: values, in: slab, on: communicator)
    }
    var largestSmoothing: Double?
    if let final = slab.finalParticles {
      largestSmoothing = try communicator.allReduce(
        Double(final.smoothingLengths.max() ?? 0), .maximum)
    }
    let labeled = try communicator.allReduce(
      Int64(slab.halo.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }), .sum)
    return FieldMetadata(
      description: description, haloCount: halos.count, labeledCount: Int(labeled),
      densityMoments: density, derivedMoments: derived, filters: slab.filters,
      largestSmoothingLength: largestSmoothing,
      fingerprint: checksums.fingerprint(
        gridSize: description.gridSize, boxSize: description.boxSize))
  }

  /// Computes the moments of a field whose planes are spread over the ranks; sums go plane by
  /// plane, so that they do not depend on the number of ranks.
  private static func moments(
    of values: [Float], in slab: FieldSlab, on communicator: borrowing Communicator
  ) throws(MPIError) -> FieldMoments {
    let area = slab.gridSize * slab.gridSize
    let siteCount = Double(area * slab.gridSize)
    func overAllPlanes(_ term: (Float) -> Double) throws(MPIError) -> Double {
      let sums = slab.planes.indices.map { plane in
        let start = (plane - slab.planes.lowerBound) * area
        return values[start..<start + area].reduce(0) { $0 + term($1) }
      }
      return try communicator.allGatherVarying(sums).elements.reduce(0, +)
    }
    let mean = try overAllPlanes { Double($0) } / siteCount
    let variance = try overAllPlanes { (Double($0) - mean) * (Double($0) - mean) } / siteCount
    return FieldMoments(mean: mean, standardDeviation: variance.squareRoot())
  }
}

/// The parts of a field file; every method is collective.
extension CollectiveFile {
  /// Writes the attributes of the whole file, and the groups of its sources.
  fileprivate borrowing func add(
    _ metadata: FieldMetadata, creator: String, on ranks: borrowing Communicator
  ) throws {
    try describe(on: ranks) { (file) throws(HDF5Error) in
      try file.write(metadata, creator: creator)
    }
    for (role, source) in metadata.sources.sorted(by: { $0.key < $1.key }) {
      try describe(on: ranks) { (file) throws(HDF5Error) in try file.write(source, as: role) }
    }
  }

  /// Writes this rank's planes of all fields that there are.
  fileprivate borrowing func add(
    _ slab: FieldSlab, _ checksums: Checksums, on ranks: borrowing Communicator
  ) throws {
    try add(slab.density, .density, slab, checksums, on: ranks)
    for (field, values) in slab.derivedInOrder {
      try add(values, field, slab, checksums, on: ranks)
    }
    try add(slab.logMass, .logMass, slab, checksums, on: ranks)
    try add(slab.halo, .halo, slab, checksums, on: ranks)
    try add(slab.radius, .radius, slab, checksums, on: ranks)
    if let final = slab.finalParticles {
      try add(final.positions, .finalPosition, slab, checksums, on: ranks)
      try add(final.smoothingLengths, .finalSmoothing, slab, checksums, on: ranks)
    }
  }

  /// Writes this rank's planes of a field.
  private borrowing func add<Element>(
    _ values: [Element], _ field: GridField<Element>, _ slab: FieldSlab, _ checksums: Checksums,
    on ranks: borrowing Communicator
  ) throws {
    let extents = field.extents(gridSize: slab.gridSize)
    try add(
      field.description, values, slab: Hyperslab(slab.planes, of: extents), extents: extents,
      chunk: FieldFormat.chunk(of: field, gridSize: slab.gridSize),
      checksum: checksums[field.dataset], on: ranks)
  }

  /// Writes a column of the halo table, all of it by the root.
  fileprivate borrowing func add<Element>(
    _ halos: HaloTable, _ column: HaloColumn<Element>, _ checksums: Checksums,
    on ranks: borrowing Communicator
  ) throws {
    let extents = column.extents(halos.count)
    var slab = Hyperslab(whole: extents)
    if !ranks.isRoot { slab.count[0] = 0 }
    try add(
      column.description, ranks.isRoot ? column.values(halos) : [], slab: slab, extents: extents,
      checksum: checksums[column.dataset], on: ranks)
  }
}

extension HDF5File {
  /// Writes the attributes of the whole file, and the group of its sources.
  fileprivate func write(_ metadata: FieldMetadata, creator: String) throws(HDF5Error) {
    try setAttribute("format", to: FieldFormat.name)
    try setAttribute("version", to: Int64(FieldFormat.version))
    try setAttribute("creator", to: creator)
    try setAttribute("name", to: metadata.name)
    try setAttribute("gridSize", to: Int64(metadata.gridSize))
    try setAttribute("boxSize", to: metadata.boxSize)
    try setAttribute("omegaMatter", to: metadata.cosmology.omegaMatter)
    try setAttribute("omegaLambda", to: metadata.cosmology.omegaLambda)
    try setAttribute("hubble", to: metadata.cosmology.hubble)
    try setAttribute("particleMass", to: metadata.particleMass)
    try setAttribute("initialRedshift", to: metadata.initialRedshift)
    try setAttribute("finalRedshift", to: metadata.finalRedshift)
    try setAttribute("label", to: metadata.label.rawValue)
    try setAttribute("neighbours", to: Int64(metadata.neighbours))
    try setAttribute("haloCount", to: Int64(metadata.haloCount))
    try setAttribute("labelledCount", to: Int64(metadata.labeledCount))
    try setAttribute("densityMean", to: metadata.densityMoments.mean)
    try setAttribute("densityStandardDeviation", to: metadata.densityMoments.standardDeviation)
    if !metadata.filters.isEmpty {
      try setAttribute("filters", to: metadata.filters.map(\.name).joined(separator: " "))
    }
    for field in GridField.derived(filters: metadata.filters) {
      guard let moments = metadata.moments(of: field) else { continue }
      try setAttribute("\(field.attributePrefix)Mean", to: moments.mean)
      try setAttribute(
        "\(field.attributePrefix)StandardDeviation", to: moments.standardDeviation)
    }
    if let length = metadata.largestSmoothingLength {
      try setAttribute("largestSmoothingLength", to: length)
    }
    try setAttribute("fingerprint", to: metadata.fingerprint)
    try setAttribute(
      "units", to: "boxSize Mpc/h comoving, particleMass Msun, density rho/rho_mean")
    try createGroup(FieldFormat.sourceGroup)
  }

  /// Writes the attributes of a source.
  fileprivate func write(_ source: SourceFiles, as role: String) throws(HDF5Error) {
    let group = "\(FieldFormat.sourceGroup)/\(role)"
    try createGroup(group)
    try setAttribute("path", to: source.path, of: group)
    try setAttribute("fileCount", to: Int64(source.fileCount), of: group)
    try setAttribute("byteCount", to: Int64(source.byteCount), of: group)
    try setAttribute("checksum", to: source.checksum, of: group)
  }
}

extension Hyperslab {
  /// Whole planes of an array: a range of the slowest axis, and all of the others.
  init(_ planes: Range<Int>, of extents: [Int]) {
    self.init(
      offset: [planes.lowerBound] + extents.dropFirst().map { _ in 0 },
      count: [planes.count] + extents.dropFirst())
  }
}
