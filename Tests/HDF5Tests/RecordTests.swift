import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Records and lists of different lengths, as h5py writes them (`Tests/References/hdf5/records.py`).
struct RecordTests {
  private let path = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../References/hdf5/records.h5").standardized.path

  /// The lists that the script writes.
  private let lists: [[UInt64]] = [[5, 7, 2_147_483_649], [], [9], Array(100..<140)]

  @Test func fieldsOfRecordsAreReadByName() throws {
    let records = try HDF5File.open(path).dataset("records")
    #expect(try records.read(field: "count", as: Int64.self) == [3, -1, 1 << 40])
    #expect(try records.read(field: "mass", as: Double.self) == [1.5, 2.5, -3.5])
    #expect(
      try records.read(field: "position", width: 3, as: Double.self)
        == (0..<9).map { Double($0) / 4 })
    #expect(try records.hasField("mass") && !records.hasField("masses"))
  }

  @Test func aFieldThatIsMissingOrHoldsSomethingElseIsRefused() throws {
    let file = try HDF5File.open(path)
    let records = try file.dataset("records")
    let lists = try file.dataset("whole")
    #expect(try !lists.hasField("count"))
    for (field, width) in [("masses", 1), ("position", 1), ("name", 1), ("matrix", 4)] {
      #expect(throws: HDF5Error.self) {
        try records.read(field: field, width: width, as: Double.self)
      }
    }
    #expect(throws: HDF5Error.self) { try lists.read(field: "count", as: Int64.self) }
    // -1 and 2^40 have no place.
    #expect(throws: HDF5Error.self) { try records.read(field: "count", as: UInt32.self) }
  }

  @Test(arguments: ["whole", "bigEndian", "chunked"])
  func listsAreReadHoweverTheyAreStored(name: String) throws {
    let dataset = try HDF5File.open(path).dataset(name)
    #expect(try dataset.read(lists: 0..<4) == lists)
    #expect(try dataset.read(lists: 2..<4) == Array(lists[2...]))
    #expect(try dataset.read(lists: 1..<1) == [])
  }

  @Test(arguments: [
    ("compressed", 0..<4, "h5repack"), ("real", 0..<4, "not IDs"), ("records", 0..<3, "no lists"),
    ("whole", 0..<5, "not within"),
  ])
  func listsThatCannotBeReadAreRefused(name: String, range: Range<Int>, words: String) throws {
    let dataset = try HDF5File.open(path).dataset(name)
    let refusal = error { () throws(HDF5Error) in _ = try dataset.read(lists: range) }
    #expect(refusal?.description.contains(words) == true, "\(String(describing: refusal))")
  }

  /// Bytes of the descriptors of lists and of their heap with values that lead astray: the lists are others, or
  /// they are refused; nothing is read beyond the file, and no memory is taken for what it does not hold.
  @Test func damagedListsStayWithinTheFile() throws {
    let scratch = try ScratchFolder()
    let intact = try Data(contentsOf: URL(filePath: path))
    let damaged = scratch.path("damaged.h5")
    var refused = 0
    let start = try #require(intact.range(of: Data("GCOL".utf8))).lowerBound
    // The first list's length is 3, and the address of its heap follows.
    let descriptor = try #require(
      intact.range(of: Data([3, 0, 0, 0]) + withUnsafeBytes(of: UInt64(start)) { Data($0) }))
    let places =
      Array(descriptor.lowerBound..<descriptor.lowerBound + 64)
      + Array(start..<start + 64)
    for place in places {
      for value in [0x00, 0x7F, 0xFF] as [UInt8] where intact[place] != value {
        var content = intact
        content[place] = value
        try content.write(to: URL(filePath: damaged))
        for name in ["whole", "bigEndian", "chunked"] {
          var count = 0
          let failure = error { () throws(HDF5Error) in
            let lists = try HDF5File.open(damaged).dataset(name).read(lists: 0..<4)
            count = lists.reduce(0) { $0 + $1.count }
          }
          #expect(count <= intact.count)
          if failure != nil { refused += 1 }
        }
      }
    }
    #expect(refused > 50)
  }
}
