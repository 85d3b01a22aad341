import Failures
import Foundation
import TestSupport
import Testing

@testable import Snapshots

/// Headers whose numbers no simulation has are refused with the attribute and its value, before anything is
/// done with them.
@Suite(.serialized) struct HostileHeadersTests {
  private func refusal(of path: String) -> Failure? {
    do throws(Failure) {
      let snapshot = try Snapshot.open(path)
      _ = try snapshot.particles(in: 0..<snapshot.particleCount, velocities: true)
      return nil
    } catch {
      return error
    }
  }

  /// A changed attribute of the initial snapshot of GADGET-4, and what is said of it.
  struct Attribute: CustomTestStringConvertible, Sendable {
    var name: String
    var values: HDF5Content.Values
    var words: [String]

    init(_ name: String, _ values: HDF5Content.Values, _ words: String...) {
      self.name = name
      self.values = values
      self.words = words
    }

    var testDescription: String { "\(name) \(values)" }
  }

  static let attributes = [
    Attribute(
      "Header/NumPart_Total", .uint64([0, 1 << 63]), "attribute Header/NumPart_Total",
      "9223372036854775808 particles of type 1"),
    Attribute("Header/NumPart_Total", .uint64([0, (1 << 63) - 1]), "9223372036854775807"),
    Attribute("Header/NumPart_Total", .uint64([0, .max]), "18446744073709551615"),
    Attribute("Header/NumPart_ThisFile", .uint64([0, 1 << 63]), "Header/NumPart_ThisFile"),
    Attribute(
      "Header/NumPart_Total", .uint64([0, 1 << 40]), "hold 216", "header says 1099511627776"),
    Attribute("Header/NumPart_Total", .int64([0, -5]), "Header/NumPart_Total", "-5.0"),
    Attribute("Header/NumPart_Total", .double([0, 216.5]), "216.5", "counts nothing"),
    Attribute("Header/NumPart_Total", .double([0, .nan]), "nan", "counts nothing"),
    Attribute("Header/NumPart_Total_HighWord", .uint32([0, 1 << 31]), "high word", "2147483648"),
    Attribute("Header/NumPart_Total_HighWord", .uint64([0, .max]), "high word"),
    Attribute("Header/NumFilesPerSnapshot", .uint64([1 << 63]), "9223372036854775808 files"),
    Attribute("Header/NumFilesPerSnapshot", .int32([2_000_000_000]), "2000000000 files"),
    Attribute("Header/NumFilesPerSnapshot", .int32([-3]), "NumFilesPerSnapshot", "-3.0"),
    Attribute(
      "Parameters/UnitLength_in_cm", .double([-1]), "UnitLength_in_cm", "-1.0, not above 0"),
    Attribute("Parameters/UnitLength_in_cm", .double([-3e24]), "UnitLength_in_cm", "-3e+24"),
    Attribute("Parameters/UnitLength_in_cm", .double([0]), "UnitLength_in_cm", "0.0"),
    Attribute("Parameters/UnitMass_in_g", .double([.infinity]), "UnitMass_in_g", "inf"),
    Attribute(
      "Parameters/UnitVelocity_in_cm_per_s", .double([.nan]), "UnitVelocity_in_cm_per_s", "nan"),
    Attribute(
      "Parameters/UnitVelocity_in_cm_per_s", .double([0]), "UnitVelocity_in_cm_per_s", "0.0"),
    Attribute("Parameters/OmegaLambda", .double([.nan]), "Omega_Lambda nan"),
    Attribute("Parameters/OmegaLambda", .double([.infinity]), "Omega_Lambda inf"),
    Attribute("Parameters/OmegaLambda", .double([-5e5]), "no universe that expands"),
    Attribute("Parameters/HubbleParam", .double([.infinity]), "h inf"),
    Attribute("Parameters/HubbleParam", .double([0]), "h 0.0"),
    Attribute("Parameters/HubbleParam", .text("0.7"), "HubbleParam", "text"),
    Attribute("Header/BoxSize", .double([.infinity]), "box of inf"),
    Attribute("Header/BoxSize", .double([25, 25, 12.5]), "the sides of the box"),
    Attribute("Header/Redshift", .double([1e300]), "redshift is 1e+300"),
    Attribute("Header/MassTable", .double([0, 1e300]), "mass 1e+300"),
  ]

  @Test(arguments: attributes) func anAttributeIsNamedWithItsValue(changed: Attribute) throws {
    try withScratchFolder { folder in
      var content = try HDF5Content(of: ReferenceUniverse.path("gadget4/ics.hdf5"))
      content.set(changed.name, to: changed.values)
      let path = folder + "/ics.0.hdf5"
      try content.write(to: path)
      let error = try #require(refusal(of: path))
      for word in changed.words {
        #expect(error.description.contains(word), "\(word) in \(error)")
      }
    }
  }

  /// In `ics.gadget` the header begins at byte 4: counts at 0, the time at 72, files at 124.
  static let numbers: [(offset: Int, value: UInt32, words: String)] = [
    (4 + 4, UInt32(Int32.max), "2147483647 particles"),
    (4 + 124, UInt32(Int32.max), "2147483647 files"), (4 + 76, 0x7FF8_0000, "the time nan"),
  ]

  @Test(arguments: numbers)
  func aNumberOfABinaryHeaderIsNamedWithItsValue(offset: Int, value: UInt32, words: String) throws {
    try withScratchFolder { folder in
      var data = try Data(contentsOf: URL(filePath: ReferenceUniverse.path("binary/ics.gadget")))
      data.replaceSubrange(offset..<offset + 4, with: withUnsafeBytes(of: value) { Data($0) })
      try data.write(to: URL(filePath: folder + "/ics.0"))
      let error = try #require(refusal(of: folder + "/ics.0"))
      #expect(error.description.contains(words), "\(error)")
    }
  }

  /// Each was written by `cases.py`; the words are of what is wrong there.
  @Test(arguments: [
    ("compound.hdf5", ["PartType1/Coordinates", "24-byte values that are not numbers"]),
    ("virtual.hdf5", ["virtual.1.hdf5 is not there", "Copy that file"]),
    ("sparse.hdf5", ["PartType1/ParticleIDs", "stores 0 of the 8388608 chunks"]),
    ("partial.hdf5", ["PartType1/Velocities", "stores 5 of the 6 chunks"]),
    ("blosc.hdf5", ["the filter blosc", "HDF5_PLUGIN_PATH"]),
  ])
  func whatIsNotStoredIsSaidBeforeItIsRead(name: String, words: [String]) throws {
    let error = try #require(refusal(of: ReferenceUniverse.path("cases/" + name)))
    for word in words { #expect(error.description.contains(word), "\(word) in \(error)") }
    #expect(!error.description.contains("\n"))
  }

  /// Columns of another shape or type, by a change of the numbers and extents of a dataset.
  struct Column: CustomTestStringConvertible, Sendable {
    var testDescription: String
    var name: String
    var words: [String]
    var change: @Sendable (inout HDF5Content.Object) -> Void
  }

  static let columns = [
    Column(
      testDescription: "two columns", name: "PartType1/Coordinates",
      words: ["it has 2 columns instead of 3"], change: { $0.extents = [216, 2] }),
    Column(
      testDescription: "transposed", name: "PartType1/Coordinates",
      words: ["extents are [3, 216]", "216 rows"], change: { $0.extents = [3, 216] }),
    Column(
      testDescription: "short", name: "PartType1/Velocities",
      words: ["extents are [215, 3]", "216 rows"], change: { $0.extents = [215, 3] }),
    Column(
      testDescription: "IDs in two axes", name: "PartType1/ParticleIDs",
      words: ["extents are [216, 1]"], change: { $0.extents = [216, 1] }),
    Column(
      testDescription: "an ID that is none", name: "PartType1/ParticleIDs",
      words: ["row 5 holds nan", "no whole number"],
      change: { object in
        var ids = (1...216).map(Double.init)
        ids[5] = .nan
        object.values = .double(ids)
      }),
    Column(
      testDescription: "parts of IDs", name: "PartType1/ParticleIDs",
      words: ["row 0 holds 1.25", "no whole number"],
      change: { $0.values = .double((1...216).map { Double($0) + 0.25 }) }),
    Column(
      testDescription: "a negative ID", name: "PartType1/ParticleIDs",
      words: ["row 5 holds -1", "no whole number"],
      change: { object in
        var ids = (1...216).map(Int64.init)
        ids[5] = -1
        object.values = .int64(ids)
      }),
    Column(
      testDescription: "a velocity beyond all bounds", name: "PartType1/Velocities",
      words: ["PartType1/Velocities", "out of range"],
      change: { $0.values = .double([1e300] + [Double](repeating: 0, count: 647)) }),
  ]

  @Test(arguments: columns) func aColumnThatCannotBeUsedIsNamed(column: Column) throws {
    try withScratchFolder { folder in
      var content = try HDF5Content(of: ReferenceUniverse.path("gadget4/ics.hdf5"))
      content.change(column.name, column.change)
      try content.write(to: folder + "/ics.hdf5")
      let error = try #require(refusal(of: folder + "/ics.hdf5"))
      #expect(error.dataset == column.name, "\(error)")
      for word in column.words {
        #expect(error.description.contains(word), "\(word) in \(error)")
      }
    }
  }

  /// Units that no power of ten is near to, which once were sought without end.
  @Test(arguments: [-1.0, 0, .nan, .infinity, -.infinity, 1e-300, 1e300])
  func unitsThatAreNoneAreNotRounded(value: Double) {
    let units = SnapshotUnits(centimetres: value, grams: value, centimetresPerSecond: value)
    #expect(!(units.length > 1e-90 && units.length < 1e90))
  }
}

extension HDF5Content {
  /// Sets an attribute such as "Header/BoxSize".
  mutating func set(_ attribute: String, to values: Values) {
    let name = attribute.split(separator: "/", maxSplits: 1).map(String.init)
    change(name[0]) { object in
      object.attributes.removeAll { $0.name == name[1] }
      object.attributes.append((name[1], values))
    }
  }

  /// Removes a group or a dataset with all that is in it.
  mutating func remove(_ path: String) {
    objects.removeAll { $0.path == "/" + path || $0.path.hasPrefix("/\(path)/") }
  }

  /// Changes a group or a dataset.
  mutating func change(_ path: String, _ body: (inout Object) -> Void) {
    for index in objects.indices where objects[index].path == "/" + path { body(&objects[index]) }
  }
}
