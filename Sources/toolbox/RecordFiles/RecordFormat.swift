package import HDF5

/// A format of files of our own: what the attributes `format` and `version` of such a file say.
package struct RecordFormat: Hashable, Sendable {
  /// The name, such as `halompi-model`.
  package let name: String

  /// The version that is written.
  package let version: Int

  /// The oldest version that is read.
  package let oldestVersion: Int

  /// The first version whose files end in a checksum of all their bytes; `nil` if none does.
  package let firstSealedVersion: Int?

  /// The remedy for a file that cannot be used, as a clause.
  package let remedy: String

  /// Describes a format.
  ///
  /// - Parameters:
  ///   - name: The name, such as `halompi-model`.
  ///   - version: The version that is written.
  ///   - oldestVersion: The oldest version that is read; without it, only the one that is written.
  ///   - firstSealedVersion: The first version whose files end in a checksum of all their bytes.
  ///   - remedy: The remedy for a file that cannot be used, as a clause.
  package init(
    _ name: String, version: Int, oldestVersion: Int? = nil, firstSealedVersion: Int? = nil,
    remedy: String = "restore the file from a copy, or make it again"
  ) {
    self.name = name
    self.version = version
    self.oldestVersion = oldestVersion ?? version
    self.firstSealedVersion = firstSealedVersion
    self.remedy = remedy
  }

  /// The versions that are read, in words.
  var readVersions: String {
    oldestVersion == version ? "\(version)" : "\(oldestVersion) to \(version)"
  }
}

/// A dataset of a format: its place in the file, and what its attributes say.
package struct RecordDataset<Element: HDF5Element>: Hashable, Sendable {
  /// The path within the file.
  package let name: String

  /// The unit of the numbers, `1` without one.
  package let unit: String

  /// The meaning of the numbers.
  package let meaning: String

  /// Describes a dataset.
  ///
  /// - Parameters:
  ///   - name: The path within the file.
  ///   - unit: The unit of the numbers.
  ///   - meaning: The meaning of the numbers.
  package init(_ name: String, unit: String, meaning: String) {
    self.name = name
    self.unit = unit
    self.meaning = meaning
  }
}
