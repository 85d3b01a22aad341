package import Failures
package import HDF5
internal import Snapshots

extension FieldFile {
  /// Reads a box of a field, or all of it, in C order.
  ///
  /// - Parameters:
  ///   - field: The field to read.
  ///   - slab: The box within [N, N, N].
  ///   - transfer: Collective only for a file opened by a communicator.
  /// - Returns: The values.
  /// - Throws: A `Failure`; an input that is NaN or infinite is one.
  package func read<Element: HDF5Element>(
    _ field: GridField<Element>, _ slab: Hyperslab? = nil,
    _ transfer: HDF5Dataset.Transfer = .independent
  ) throws(Failure) -> [Element] {
    let slab = slab ?? Hyperslab(whole: extents)
    let values = try withDataset(field) { (dataset) throws(HDF5Error) in
      try dataset.read(slab, as: Element.self, transfer)
    }
    try values.withUnsafeBufferPointer { (values) throws(Failure) in
      try requireFinite(values, field, slab)
    }
    return values
  }

  /// Reads a box of a field into memory, in C order.
  ///
  /// - Parameters:
  ///   - field: The field to read.
  ///   - destination: As many elements as the box.
  ///   - slab: The box within [N, N, N].
  ///   - transfer: Collective only for a file opened by a communicator.
  /// - Throws: A `Failure`; an input that is NaN or infinite is one.
  package func read<Element: HDF5Element>(
    _ field: GridField<Element>, into destination: UnsafeMutableBufferPointer<Element>,
    _ slab: Hyperslab, _ transfer: HDF5Dataset.Transfer = .independent
  ) throws(Failure) {
    try withDataset(field) { (dataset) throws(HDF5Error) in
      try dataset.read(into: destination, slab: slab, transfer)
    }
    try requireFinite(UnsafeBufferPointer(destination), field, slab)
  }

  /// Reads whole planes of a field into memory, [planes, N, N].
  ///
  /// - Parameters:
  ///   - field: The field to read.
  ///   - planes: A range of the slowest axis.
  ///   - start: Room for the values.
  /// - Throws: A `Failure`; an input that is NaN or infinite is one.
  package func read<Element: HDF5Element>(
    _ field: GridField<Element>, planes: Range<Int>, into start: UnsafeMutablePointer<Element>
  ) throws(Failure) {
    let slab = Hyperslab(planes, of: extents)
    try read(
      field, into: UnsafeMutableBufferPointer(start: start, count: slab.elementCount), slab)
  }

  /// Reads whole planes of a field [planes, N, N].
  ///
  /// - Parameters:
  ///   - field: The field to read.
  ///   - planes: A range of the slowest axis; ranks of a collective transfer may ask for others,
  ///     or none.
  ///   - transfer: Collective only for a file opened by a communicator.
  /// - Returns: The values.
  /// - Throws: A `Failure`; an input that is NaN or infinite is one.
  package func read<Element: HDF5Element>(
    _ field: GridField<Element>, planes: Range<Int>,
    _ transfer: HDF5Dataset.Transfer = .independent
  ) throws(Failure) -> [Element] {
    let n = metadata.gridSize
    return try read(
      field, Hyperslab(offset: [planes.lowerBound, 0, 0], count: [planes.count, n, n]), transfer)
  }

  /// Reads the halo table.
  ///
  /// Not collective.
  package func halos() throws(Failure) -> HaloTable {
    var table = HaloTable()
    let floats = HaloColumn<Float>.all
    table.mass = try read(floats[0])
    table.boundMass = try read(floats[1])
    table.center = try read(floats[2])
    table.radius = try read(floats[3])
    let counts = HaloColumn<Int64>.all
    table.particleCount = try read(counts[0])
    table.boundCount = try read(counts[1])
    return table
  }

  /// The extents of a grid field.
  private var extents: [Int] { [Int](repeating: metadata.gridSize, count: 3) }

  /// Reads the final particles of the sites of whole planes.
  ///
  /// Not collective.
  ///
  /// - Parameter planes: A range of the slowest axis.
  /// - Returns: The particles in the order of the sites.
  /// - Throws: A `Failure`, one that the file was made without them among others.
  package func finalParticles(planes: Range<Int>) throws(Failure) -> FinalParticles {
    let n = metadata.gridSize
    return FinalParticles(
      positions: try read(
        .finalPosition, Hyperslab(planes, of: GridField.finalPosition.extents(gridSize: n))),
      smoothingLengths: try read(.finalSmoothing, planes: planes))
  }

  private func read<Element: HDF5Element>(
    _ column: HaloColumn<Element>
  ) throws(Failure) -> [Element] {
    let dataset = try file.fieldDataset(
      column.dataset, path, column.extents(metadata.haloCount))
    return try inFieldFile(path, dataset: column.dataset) { () throws(HDF5Error) in
      try dataset.read(as: Element.self)
    }
  }

  private func requireFinite<Element: HDF5Element>(
    _ values: UnsafeBufferPointer<Element>, _ field: GridField<Element>, _ slab: Hyperslab
  ) throws(Failure) {
    guard let field = field as? GridField<Float>, field.isInput else { return }
    let index = values.withMemoryRebound(to: Float.self) { values in
      values.firstIndex { !$0.isFinite }
    }
    guard let index else { return }
    let n = metadata.gridSize
    let (count, offset) = (slab.count, slab.offset)
    let x = offset[0] + index / (count[1] * count[2])
    let y = offset[1] + index / count[2] % count[1]
    let z = offset[2] + index % count[2]
    let value = values.withMemoryRebound(to: Float.self) { $0[index] }
    throw .invalidValue(value, of: field, atSite: (x * n + y) * n + z, n, in: path)
  }
}
