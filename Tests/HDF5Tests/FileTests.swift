import Foundation
import TestSupport
import Testing

@testable import HDF5

struct FileTests {
  @Test func pathsAreFoundThroughGroupsOnly() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    _ = try file.createDataset("Group/GroupPos", extents: [2, 3], of: Float.self)
    try file.createGroup("Header/deep/er")
    for found in ["/", "Group", "/Group/GroupPos", "Group//GroupPos", "Header/deep/er"] {
      #expect(try file.exists(found), "\(found)")
    }
    for missing in ["Groups", "Group/GroupVel", "Missing/GroupPos", "Group/GroupPos/x"] {
      #expect(try !file.exists(missing), "\(missing)")
    }
    #expect(try file.children().map(\.name) == ["Group", "Header"])
    #expect(try file.children(of: "Group") == [HDF5Link(name: "GroupPos", kind: .dataset)])
    #expect(try file.children(of: "Header") == [HDF5Link(name: "deep", kind: .group)])
  }

  @Test func anObjectIsCreatedOnce() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    try file.createGroup("a/b")
    let again = error { () throws(HDF5Error) in try file.createGroup("a/b") }
    #expect(again?.hint == "An object is written once: choose another name")
  }

  @Test func aMissingObjectIsNamedWithItsFileAndWhatIsThere() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let file = try HDF5File.create(path)
    _ = try file.createDataset("fields/density", extents: [1], of: Float.self)
    let missing = error { () throws(HDF5Error) in _ = try file.dataset("fields/labels/x") }
    #expect(missing?.operation == "opening dataset \"fields/labels/x\" of \(path)")
    #expect(missing?.stack.first?.routine == "H5Dopen2")
    #expect(missing?.description.contains("component not found") == true, "\(missing as Any)")
    #expect(missing?.hint == "Objects in \"/fields\": \"density\"")
    let group = error { () throws(HDF5Error) in _ = try file.dataset("fields") }
    #expect(group?.description.contains("not a dataset") == true)
  }

  @Test func aMissingFileIsNamed() {
    let missing = error { () throws(HDF5Error) in _ = try HDF5File.open("/no/such/file.h5") }
    #expect(missing?.operation == "opening /no/such/file.h5")
    #expect(missing?.hint == "Check the path")
  }

  @Test func aFileThatIsNotHDF5IsRecognized() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    try Data(repeating: 65, count: 10_000).write(to: URL(filePath: path))
    let refusal = error { () throws(HDF5Error) in _ = try HDF5File.open(path) }
    #expect(refusal?.hint == "This is not an HDF5 file: give one, or make it again")
  }

  @Test func aTruncatedFileIsRecognized() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let file = try HDF5File.create(path)
    try file.createDataset("values", extents: [10_000], of: Int64.self).write(numbers(10_000))
    try file.close()
    let handle = try FileHandle(forWritingTo: URL(filePath: path))
    try handle.truncate(atOffset: 40_000)
    try handle.close()
    let refusal = error { () throws(HDF5Error) in _ = try HDF5File.open(path) }
    #expect(
      refusal?.hint?.hasPrefix("The file is shorter than it says") == true, "\(refusal as Any)")
  }

  /// In a process of its own, whose files may have 16 KiB each.
  @Test func aFileThatCannotGrowIsSaidWithTheRemedy() async {
    await #expect(processExitsWith: .success) {
      let scratch = try ScratchFolder()
      let file = try HDF5File.create(scratch.path("a.h5"))
      let dataset = try file.createDataset("values", extents: [10_000], of: Int64.self)
      signal(SIGXFSZ, SIG_IGN)
      var limit = rlimit(rlim_cur: 16_384, rlim_max: rlim_t.max)
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      let refusal = error { () throws(HDF5Error) in
        try dataset.write(numbers(10_000))
      }
      limit.rlim_cur = .max
      try #require(setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit) == 0)
      #expect(refusal?.hint?.hasPrefix("Raise the limit on the size of files") == true)
      #expect(refusal?.description.contains("\n") == false, "\(refusal as Any)")
    }
  }

  @Test func closingClosesTheDatasetsThatAreStillOpen() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let file = try HDF5File.create(path)
    let dataset = try file.createDataset("values", extents: [3], of: Int64.self)
    try dataset.write([Int64(1), 2, 3])
    try file.close()
    #expect(try HDF5File.open(path).dataset("values").read(as: Int64.self) == [1, 2, 3])
    let late = error { () throws(HDF5Error) in try dataset.write([Int64(4), 5, 6]) }
    #expect(late?.stack.first?.routine == "H5Dwrite")
  }

  @Test func aDatasetOutlivesItsFile() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let dataset = try HDF5File.create(path).createDataset("values", extents: [1], of: Int64.self)
    try dataset.write([Int64(1)])
    #expect(try dataset.read(as: Int64.self) == [1])
  }

  @Test func theSameCallsMakeTheSameBytes() async throws {
    let scratch = try ScratchFolder()
    try write(to: scratch.path("a.h5"))
    // Longer than a second, the resolution of the times that HDF5 stores unless told not to.
    try await Task.sleep(for: .milliseconds(1_100))
    try write(to: scratch.path("b.h5"))
    let first = try Data(contentsOf: URL(filePath: scratch.path("a.h5")))
    #expect(try first == Data(contentsOf: URL(filePath: scratch.path("b.h5"))))
    #expect(first.count > 8 * 4 * 5 * 6)
  }

  private func write(to path: String) throws {
    let file = try HDF5File.create(path)
    try file.setAttribute("format", to: "a text")
    let plain = try file.createDataset("fields/plain", extents: [4, 5, 6], of: Float.self)
    try plain.write(numbers(120))
    let chunked = try file.createDataset(
      "fields/chunked", extents: [4, 5, 6], of: Int64.self, chunk: [3, 3, 3])
    try chunked.write(numbers(20), to: Hyperslab(offset: [0, 0, 0], count: [4, 5, 1]))
    try file.setAttribute("unit", to: "Mpc/h", of: "fields/plain")
    try file.setAttribute("box", to: [1.0, 2.0], of: "fields")
    try file.close()
  }
}
