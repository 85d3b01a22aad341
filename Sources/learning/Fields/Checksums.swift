internal import DurableFiles
internal import Foundation
internal import MPI

/// The checksums of the datasets of a field file.
struct Checksums: Sendable {
  private var values: [String: UInt64] = [:]

  /// Computes the checksums of all datasets, each rank those of its planes.
  ///
  /// Collective.
  init(
    of slab: FieldSlab, _ halos: HaloTable, on communicator: borrowing Communicator
  ) throws(MPIError) {
    let offset = slab.sites.lowerBound
    values[GridField.density.dataset] = try Self.sum(slab.density, at: offset, on: communicator)
    for (field, elements) in slab.derivedInOrder {
      values[field.dataset] = try Self.sum(elements, at: offset, on: communicator)
    }
    if let final = slab.finalParticles {
      values[GridField.finalPosition.dataset] = try Self.sum(
        final.positions, at: 3 * offset, on: communicator)
      values[GridField.finalSmoothing.dataset] = try Self.sum(
        final.smoothingLengths, at: offset, on: communicator)
    }
    values[GridField.logMass.dataset] = try Self.sum(slab.logMass, at: offset, on: communicator)
    values[GridField.halo.dataset] = try Self.sum(slab.halo, at: offset, on: communicator)
    values[GridField.radius.dataset] = try Self.sum(slab.radius, at: offset, on: communicator)
    for column in HaloColumn<Float>.all {
      values[column.dataset] = Self.checksum(column.values(halos)).value
    }
    for column in HaloColumn<Int64>.all {
      values[column.dataset] = Self.checksum(column.values(halos)).value
    }
  }

  /// The checksum of a dataset, as the file holds it.
  subscript(dataset: String) -> String {
    guard let value = values[dataset] else {
      preconditionFailure("\(dataset) is no dataset of a field file")
    }
    return Checksum.digits(value)
  }

  /// Returns the fingerprint of the data: a checksum of the grid size, the box size and the
  /// checksums of the datasets that every file has.
  func fingerprint(gridSize: Int, boxSize: Double) -> String {
    let parts = ["\(gridSize)", "\(boxSize)"] + FieldFormat.datasets.map { self[$0] }
    return Checksum(of: Data(parts.joined(separator: " ").utf8)).description
  }

  /// The checksum of an array as it is stored: little-endian, in C order.
  static func checksum<Element: BitwiseCopyable>(_ elements: [Element]) -> Checksum {
    var checksum = Checksum()
    elements.withUnsafeBytes { checksum.add($0, at: 0) }
    return checksum
  }

  /// Returns the checksum of an array of four-byte elements that is spread over the ranks.
  ///
  /// Parts are added in words of eight bytes: a rank whose part begins in the middle of a word
  /// leaves its first element to the rank before.
  private static func sum<Element: BitwiseCopyable & MPIElement>(
    _ elements: [Element], at offset: Int, on communicator: borrowing Communicator
  ) throws(MPIError) -> UInt64 {
    precondition(MemoryLayout<Element>.stride == 4, "a word holds two elements")
    let firsts = try communicator.allGatherVarying(Array(elements.prefix(1)))
    let following = firsts.counts[...communicator.rank].reduce(0, +)
    let skipped = elements.isEmpty ? 0 : offset % 2
    var part = Array(elements.dropFirst(skipped))
    if part.count % 2 == 1, following < firsts.elements.count {
      part.append(firsts.elements[following])
    }
    var checksum = Checksum()
    part.withUnsafeBytes { checksum.add($0, at: (offset + skipped) / 2 * 8) }
    return try communicator.allReduce(checksum.value, .sum)
  }
}
