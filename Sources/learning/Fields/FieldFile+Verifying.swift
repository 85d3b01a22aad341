internal import DurableFiles
internal import HDF5

extension FieldFile {
  /// Reads every dataset, and compares its checksum with the one that was written.
  ///
  /// Planes are read one at a time.
  ///
  /// Not collective.
  ///
  /// - Throws: A ``FieldFileError`` that names the first dataset that differs.
  package func verifyChecksums() throws(FieldFileError) {
    try verify(GridField.density)
    for field in [GridField.potential, .finalPosition, .finalSmoothing] where metadata.holds(field)
    {
      try verify(field)
    }
    try verify(GridField.logMass)
    try verify(GridField.halo)
    try verify(GridField.radius)
    let halos = try halos()
    for column in HaloColumn<Float>.all {
      try require(Checksums.checksum(column.values(halos)), of: column.dataset)
    }
    for column in HaloColumn<Int64>.all {
      try require(Checksums.checksum(column.values(halos)), of: column.dataset)
    }
  }

  private func verify<Element: HDF5Element>(_ field: GridField<Element>) throws(FieldFileError) {
    let n = metadata.gridSize
    var checksum = Checksum()
    for start in stride(from: 0, to: n, by: FieldFormat.chunkSide) {
      let planes = start..<min(start + FieldFormat.chunkSide, n)
      let slab = Hyperslab(planes, of: field.extents(gridSize: n))
      let values = try withDataset(field) { (dataset) throws(HDF5Error) in
        try dataset.read(slab, as: Element.self)
      }
      values.withUnsafeBytes {
        checksum.add($0, at: start * n * n * field.width * MemoryLayout<Element>.stride)
      }
    }
    try require(checksum, of: field.dataset)
  }

  private func require(_ found: Checksum, of dataset: String) throws(FieldFileError) {
    let written = try inFieldFile(path, dataset: dataset, .wrongLayout) { () throws(HDF5Error) in
      try file.textAttribute("checksum", of: dataset)
    }
    guard found.description == written else {
      throw FieldFileError(
        .damaged, in: path, dataset: dataset,
        because: "the checksum of the data is \(found), but \(written) was written",
        remedy: "The file was changed or damaged; make it again with `halompi prepare`.")
    }
  }
}
