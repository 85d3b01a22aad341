internal import DurableFiles
internal import HDF5
package import MPI
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
  ///   - path: Where the file will be; one that exists is replaced. The same on every rank.
  ///   - communicator: The ranks.
  /// - Returns: What the file says about itself.
  /// - Throws: `AgreedFailure` on every rank, with a ``FieldFileError`` from the rank that failed.
  @discardableResult
  package static func write(
    _ slab: FieldSlab, _ halos: HaloTable, _ description: FieldDescription, creator: String,
    to path: String, on communicator: borrowing Communicator
  ) throws -> FieldMetadata {
    try communicator.agree { () throws(FieldFileError) in
      try check(slab, halos, description, path, communicator)
    }
    let checksums = try Checksums(of: slab, halos, on: communicator)
    let metadata = try measure(slab, halos, description, checksums, on: communicator)

    let temporary = DurableFile.temporary(for: path)
    let file = try communicator.agree { () throws(FieldFileError) in
      try inFieldFile(path) { () throws(HDF5Error) in
        try HDF5File.create(temporary, on: communicator)
      }
    }
    // Every write is collective, and ranks that fail go no further: they agree after each.
    func together(_ write: () throws(HDF5Error) -> Void) throws {
      try communicator.agree { () throws(FieldFileError) in
        try inFieldFile(path) { () throws(HDF5Error) in try write() }
      }
    }
    try together { () throws(HDF5Error) in try file.write(metadata, creator: creator) }
    let (isRoot, n) = (communicator.isRoot, slab.gridSize)
    func write<Element>(
      _ values: [Element], _ field: GridField<Element>, to file: borrowing HDF5File
    ) throws {
      try together { () throws(HDF5Error) in
        try file.write(values, field, planes: slab.planes, n, checksums)
      }
    }
    try write(slab.density, .density, to: file)
    if let potential = slab.potential { try write(potential, .potential, to: file) }
    try write(slab.logMass, .logMass, to: file)
    try write(slab.halo, .halo, to: file)
    try write(slab.radius, .radius, to: file)
    if let final = slab.finalParticles {
      try write(final.positions, .finalPosition, to: file)
      try write(final.smoothingLengths, .finalSmoothing, to: file)
    }
    for column in HaloColumn<Float>.all {
      try together { () throws(HDF5Error) in
        try file.write(halos, column, checksums, isRoot: isRoot)
      }
    }
    for column in HaloColumn<Int64>.all {
      try together { () throws(HDF5Error) in
        try file.write(halos, column, checksums, isRoot: isRoot)
      }
    }
    let closed = Self.close(file, path)
    try communicator.agree { () throws(FieldFileError) in try closed.get() }
    try communicator.agree {
      if communicator.isRoot { try DurableFile.commit(temporary, as: path) }
    }
    return metadata
  }

  private static func close(
    _ file: consuming HDF5File, _ path: String
  ) -> Result<Void, FieldFileError> {
    do throws(HDF5Error) {
      return .success(try file.close())
    } catch {
      return .failure(
        FieldFileError(
          .io, in: path, because: "\(error)", remedy: "Check the space on the disk.",
          underlying: error))
    }
  }

  /// Refuses what would make a file that cannot be read.
  private static func check(
    _ slab: FieldSlab, _ halos: HaloTable, _ description: FieldDescription, _ path: String,
    _ communicator: borrowing Communicator
  ) throws(FieldFileError) {
    let decomposition = PlaneDecomposition(
      gridSize: description.gridSize, ranks: communicator.size)
    let count = slab.sites.count
    precondition(
      slab.gridSize == description.gridSize
        && slab.planes == decomposition.planes(of: communicator.rank)
        && slab.density.count == count && slab.potential?.count ?? count == count
        && slab.finalParticles?.smoothingLengths.count ?? count == count
        && slab.logMass.count == count
        && slab.halo.count == count && slab.radius.count == count,
      "the slab does not hold the planes of its rank")
    for (values, field) in [(slab.density, GridField.density), (slab.potential ?? [], .potential)] {
      guard let index = values.firstIndex(where: { !$0.isFinite }) else { continue }
      throw .invalidValue(
        values[index], of: field, atSite: slab.sites.lowerBound + index, slab.gridSize, in: path)
    }
    if let index = slab.halo.firstIndex(where: { $0 < -1 || Int($0) >= halos.count }) {
      throw FieldFileError(
        .invalidValue, in: path, dataset: GridField.halo.dataset,
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
    let potential = try slab.potential.map { try moments(of: $0, in: slab, on: communicator) }
    var largestSmoothing: Double?
    if let final = slab.finalParticles {
      largestSmoothing = try communicator.allReduce(
        Double(final.smoothingLengths.max() ?? 0), .maximum)
    }
    let labelled = try communicator.allReduce(
      Int64(slab.halo.reduce(0) { $0 + ($1 >= 0 ? 1 : 0) }), .sum)
    return FieldMetadata(
      description: description, haloCount: halos.count, labelledCount: Int(labelled),
      densityMoments: density, potentialMoments: potential,
      largestSmoothingLength: largestSmoothing,
      fingerprint: checksums.fingerprint(
        gridSize: description.gridSize, boxSize: description.boxSize))
  }

  /// The moments of a field of which each rank has planes; sums go plane by plane, whatever rank has
  /// them.
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
extension HDF5File {
  /// Writes the attributes of the whole file.
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
    try setAttribute("labelledCount", to: Int64(metadata.labelledCount))
    try setAttribute("densityMean", to: metadata.densityMoments.mean)
    try setAttribute("densityStandardDeviation", to: metadata.densityMoments.standardDeviation)
    if let moments = metadata.potentialMoments {
      try setAttribute("potentialMean", to: moments.mean)
      try setAttribute("potentialStandardDeviation", to: moments.standardDeviation)
    }
    if let length = metadata.largestSmoothingLength {
      try setAttribute("largestSmoothingLength", to: length)
    }
    try setAttribute("fingerprint", to: metadata.fingerprint)
    try setAttribute(
      "units", to: "boxSize Mpc/h comoving, particleMass Msun, density rho/rho_mean")
    try createGroup(FieldFormat.sourceGroup)
    for (role, source) in metadata.sources.sorted(by: { $0.key < $1.key }) {
      let group = "\(FieldFormat.sourceGroup)/\(role)"
      try createGroup(group)
      try setAttribute("path", to: source.path, of: group)
      try setAttribute("fileCount", to: Int64(source.fileCount), of: group)
      try setAttribute("byteCount", to: Int64(source.byteCount), of: group)
      try setAttribute("checksum", to: source.checksum, of: group)
    }
  }

  /// Writes this rank's planes of a field.
  fileprivate func write<Element: HDF5Element>(
    _ values: [Element], _ field: GridField<Element>, planes: Range<Int>, _ n: Int,
    _ checksums: Checksums
  ) throws(HDF5Error) {
    let extents = field.extents(gridSize: n)
    let dataset = try createDataset(
      field.dataset, extents: extents, of: Element.self,
      chunk: FieldFormat.chunk(of: field, gridSize: n))
    try dataset.write(values, to: Hyperslab(planes, of: extents), .collective)
    try describe(field.dataset, field.unit, field.meaning, checksums)
  }

  /// Writes a column of the halo table, all of it by the root.
  fileprivate func write<Element: HDF5Element>(
    _ halos: HaloTable, _ column: HaloColumn<Element>, _ checksums: Checksums, isRoot: Bool
  ) throws(HDF5Error) {
    let extents = column.extents(halos.count)
    let dataset = try createDataset(column.dataset, extents: extents, of: Element.self)
    var slab = Hyperslab(whole: extents)
    if !isRoot { slab.count[0] = 0 }
    try dataset.write(isRoot ? column.values(halos) : [], to: slab, .collective)
    try describe(column.dataset, column.unit, column.meaning, checksums)
  }

  private func describe(
    _ dataset: String, _ unit: String, _ meaning: String, _ checksums: Checksums
  ) throws(HDF5Error) {
    try setAttribute("unit", to: unit, of: dataset)
    try setAttribute("description", to: meaning, of: dataset)
    try setAttribute("checksum", to: checksums[dataset], of: dataset)
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
