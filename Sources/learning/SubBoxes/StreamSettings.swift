/// The settings for making sub-boxes: the place that they are cut from, and preparation in advance.
package struct StreamSettings: Codable, Hashable, Sendable {
  /// The place that sub-boxes are cut from.
  package enum Mode: String, Codable, Hashable, Sendable, CaseIterable {
    /// From memory if the fields fit the memory budget, otherwise from the files.
    case auto

    /// From one copy of the fields in the memory of each node.
    case resident

    /// From the files, through a cache of chunks in each process.
    case stream
  }

  /// The place that sub-boxes are cut from.
  package var mode = Mode.auto

  /// The memory that the fields or the caches of chunks may take on a node [MiB].
  package var memoryBudget = 8192

  /// The number of boxes that are prepared before they are asked for.
  package var lookAhead = 8

  /// The number of threads that prepare boxes; fields that are not in memory are read by one.
  package var threads = 1

  /// Makes the default settings.
  package init() {}
}
