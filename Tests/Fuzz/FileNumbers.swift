import DurableFiles
import Foundation
import HDF5

/// The numbers of all datasets of an HDF5 file, by which other data are told from changes of structure.
struct FileNumbers: Equatable {
  /// The path, the extents and a checksum of the numbers of each dataset, in the order of the paths.
  let datasets: [String]

  /// The fields of HBT+'s records that the program reads, with the numbers that each has.
  private static let fields = [
    ("Nbound", 1), ("HostHaloId", 1), ("Rank", 1), ("Mbound", 1), ("R200MeanComoving", 1),
    ("ComovingMostBoundPosition", 3),
  ]

  /// Reads a file.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: `HDF5Error` if it cannot be read, or ``Corpus/Failed`` if a dataset holds neither numbers, nor lists of
  ///   whole numbers, nor HBT+'s records.
  init(of path: String) throws {
    let file = try HDF5File.open(path)
    datasets = try Self.datasets(in: "/", of: file).sorted()
    try file.close()
  }

  private static func datasets(
    in group: String, of file: borrowing HDF5File
  ) throws -> [String] {
    var datasets: [String] = []
    for child in try file.children(of: group) {
      let path = group == "/" ? "/\(child.name)" : "\(group)/\(child.name)"
      guard child.kind == .dataset else {
        datasets += try Self.datasets(in: path, of: file)
        continue
      }
      let dataset = try file.dataset(path)
      datasets.append("\(path) \(dataset.extents) \(Checksum(of: try bytes(of: dataset)))")
    }
    return datasets
  }

  private static func bytes(of dataset: borrowing HDF5Dataset) throws -> Data {
    if let numbers = try? dataset.read(as: Double.self) { return data(numbers) }
    if dataset.extents.count == 1, let lists = try? dataset.read(lists: 0..<dataset.extents[0]) {
      return lists.reduce(into: Data()) { $0 += data([UInt64($1.count)] + $1) }
    }
    var bytes = Data()
    for (field, width) in fields where try dataset.hasField(field) {
      bytes += data(try dataset.read(field: field, width: width, as: Double.self))
    }
    guard !bytes.isEmpty || dataset.extents == [0] else {
      throw Corpus.Failed(description: "a dataset holds neither numbers nor lists nor records")
    }
    return bytes
  }

  private static func data<Number: BitwiseCopyable>(_ numbers: [Number]) -> Data {
    numbers.withUnsafeBytes { Data($0) }
  }
}
