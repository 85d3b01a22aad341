internal import DurableFiles
package import Failures
internal import HDF5
internal import RecordFiles

extension FieldFile {
  /// Reads every dataset, and compares its checksum with the one that was written.
  ///
  /// Numbers are read in parts.
  ///
  /// Not collective.
  ///
  /// - Throws: A `Failure` that names the first dataset that differs.
  package func verifyChecksums() throws(Failure) {
    try verify(GridField.density)
    let final: [GridField<Float>] = [.finalPosition, .finalSmoothing]
    for field in GridField.derived(filters: metadata.filters) + final where metadata.holds(field) {
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

  private func verify<Element: HDF5Element>(_ field: GridField<Element>) throws(Failure) {
    let checksum = try withDataset(field) { (dataset) throws(HDF5Error) in try dataset.checksum() }
    guard let checksum else {
      throw Failure(
        .damaged, inFieldFile: path, dataset: field.dataset,
        because: "it does not hold numbers as written",
        remedy: "Make the file again with `halompi prepare`.")
    }
    try require(checksum, of: field.dataset)
  }

  private func require(_ found: Checksum, of dataset: String) throws(Failure) {
    let written = try inFieldFile(path, dataset: dataset, .wrongLayout) { () throws(HDF5Error) in
      try file.textAttribute("checksum", of: dataset)
    }
    guard found.description == written else {
      throw Failure(
        .damaged, inFieldFile: path, dataset: dataset,
        because: "the checksum of the data is \(found), but \(written) was written",
        remedy: "The file was changed or damaged; make it again with `halompi prepare`.")
    }
  }
}
