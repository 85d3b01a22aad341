import Foundation
import TestSupport
import Testing

@testable import HDF5

struct DatasetTests {
  @Test func everyTypeComesBackAsItWasWritten() throws {
    try roundTrip([Float(-1.5), .greatestFiniteMagnitude, .leastNonzeroMagnitude, -0.0, .infinity])
    try roundTrip([Double.pi, -.greatestFiniteMagnitude, .leastNonzeroMagnitude, -.infinity])
    try roundTrip([UInt8.min, 1, .max])
    try roundTrip([Int32.min, -1, 0, .max])
    try roundTrip([UInt32.min, 1, .max])
    try roundTrip([Int64.min, -1, 0, .max])
    try roundTrip([UInt64.min, 1, .max])
  }

  private func roundTrip<Element: HDF5Element & Equatable>(_ values: [Element]) throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let file = try HDF5File.create(path)
    try file.createDataset("group/values", extents: [values.count], of: Element.self).write(values)
    try file.setAttribute("list", to: values, of: "group/values")
    try file.setAttribute("one", to: values[0], of: "group")
    try file.close()

    let reopened = try HDF5File.open(path)
    let dataset = try reopened.dataset("group/values")
    #expect(dataset.elementType == Element.elementType)
    #expect(dataset.elementType.description == "\(Element.self)")
    #expect(dataset.extents == [values.count])
    #expect(try dataset.read(as: Element.self) == values)
    #expect(try reopened.attribute("list", of: "group/values", as: Element.self) == values)
    #expect(try reopened.attribute("one", of: "group", as: Element.self) == [values[0]])
  }

  @Test func readingConvertsToAWiderOrAFloatingPointType() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let ids = try file.createDataset("ids", extents: [3], of: UInt32.self)
    try ids.write([UInt32(0), 7, .max])
    #expect(try ids.read(as: UInt64.self) == [0, 7, 4_294_967_295])
    #expect(try ids.read(as: Int64.self) == [0, 7, 4_294_967_295])
    #expect(try ids.read(as: Double.self) == [0, 7, 4_294_967_295])
    try file.setAttribute("a", to: UInt32(7))
    #expect(try file.attribute("a", as: Double.self) == [7])
  }

  @Test func aNumberOutOfRangeOfTheTypeAskedForIsAnError() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let ids = try file.createDataset("ids", extents: [2], of: UInt64.self)
    try ids.write([7, UInt64(UInt32.max) + 1])
    try file.setAttribute("a", to: Int64(-1))
    let narrow = error { () throws(HDF5Error) in _ = try ids.read(as: UInt32.self) }
    #expect(narrow?.hint?.contains("out of the range") == true, "\(narrow as Any)")
    let unsigned = error { () throws(HDF5Error) in _ = try file.attribute("a", as: UInt64.self) }
    #expect(unsigned?.hint?.contains("out of the range") == true, "\(unsigned as Any)")
    #expect(try ids.read(Hyperslab(offset: [0], count: [1]), as: UInt32.self) == [7])
  }

  /// HDF5 itself would cut the fraction off.
  @Test func aFractionIsNoWholeNumber() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let numbers = try file.createDataset("numbers", extents: [2], of: Double.self)
    try numbers.write([7, 7.25])
    try file.setAttribute("a", to: 0.5)
    let cut = error { () throws(HDF5Error) in _ = try numbers.read(as: Int64.self) }
    #expect(cut?.isOutOfRange == true, "\(cut as Any)")
    let attribute = error { () throws(HDF5Error) in _ = try file.attribute("a", as: Int64.self) }
    #expect(attribute?.isOutOfRange == true, "\(attribute as Any)")
    #expect(try numbers.read(Hyperslab(offset: [0], count: [1]), as: Int64.self) == [7])
  }

  @Test func aScalarHasNoExtentsAndOneElement() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let scalar = try file.createDataset("scalar", extents: [], of: Double.self)
    try scalar.write([2.5])
    #expect(scalar.extents == [])
    #expect(try scalar.read(as: Double.self) == [2.5])
  }

  @Test func anEmptyDatasetOrBoxMovesNothing() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let empty = try file.createDataset("empty", extents: [0, 3], of: Float.self)
    try empty.write([Float]())
    #expect(try empty.read(as: Float.self) == [])
    let full = try file.createDataset("full", extents: [2], of: Float.self)
    try full.write([Float(1), 2])
    #expect(try full.read(Hyperslab(offset: [2], count: [0]), as: Float.self) == [])
  }

  /// Every way of storing, and calls of so few bytes that boxes are cut along several axes.
  @Test(
    arguments: [[23], [5, 7], [4, 3, 5], [3, 2, 4, 5]],
    [(chunked: false, bytesPerCall: 1 << 30), (true, 1 << 30), (false, 40), (true, 80)])
  func theBoxOfAReadIsTheReadOfTheBox(
    extents: [Int], storage: (chunked: Bool, bytesPerCall: Int)
  ) throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    var dataset = try file.createDataset(
      "values", extents: extents, of: Int64.self,
      chunk: storage.chunked ? extents.map { ($0 + 1) / 2 } : nil)
    dataset.bytesPerCall = storage.bytesPerCall
    var model = numbers(extents.reduce(1, *))
    try dataset.write(model)
    #expect(try dataset.read(as: Int64.self) == model)

    var generator = SystemRandomNumberGenerator()
    for round in 0..<20 {
      let slab = randomSlab(of: extents, using: &generator)
      let positions = positions(of: slab, in: extents)
      #expect(try dataset.read(slab, as: Int64.self) == positions.map { model[$0] }, "\(slab)")
      let new = positions.map { Int64($0 + 1_000_000 * (round + 2)) }
      try dataset.write(new, to: slab)
      for (position, value) in zip(positions, new) { model[position] = value }
    }
    #expect(try dataset.read(as: Int64.self) == model)
  }

  private func randomSlab(
    of extents: [Int], using generator: inout SystemRandomNumberGenerator
  ) -> Hyperslab {
    let offset = extents.map { Int.random(in: 0...$0, using: &generator) }
    let count = zip(extents, offset).map { Int.random(in: 0...($0 - $1), using: &generator) }
    return Hyperslab(offset: offset, count: count)
  }

  /// The positions of a box's elements in a C-ordered array, one index at a time.
  private func positions(of slab: Hyperslab, in extents: [Int]) -> [Int] {
    (0..<extents.reduce(1, *)).filter { position in
      var rest = position
      return extents.indices.reversed().allSatisfy { axis in
        let index = rest % extents[axis]
        rest /= extents[axis]
        return (slab.offset[axis]..<slab.offset[axis] + slab.count[axis]).contains(index)
      }
    }
  }

  @Test(arguments: [
    Hyperslab(offset: [0, 0], count: [4, 6]), Hyperslab(offset: [0, 6], count: [1, 1]),
    Hyperslab(offset: [-1, 0], count: [1, 1]), Hyperslab(offset: [0, 0], count: [1, -1]),
    Hyperslab(offset: [1, 1], count: [Int.max, 1]), Hyperslab(offset: [0], count: [1]),
    Hyperslab(offset: [0, 0], count: [1]),
  ])
  func aBoxOutsideTheDatasetIsRefused(slab: Hyperslab) throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let dataset = try file.createDataset("values", extents: [3, 5], of: Float.self)
    let refusal = error { () throws(HDF5Error) in _ = try dataset.read(slab, as: Float.self) }
    #expect(refusal?.description.contains("extents [3, 5]") == true)
    #expect(refusal?.operation.hasPrefix("reading \"values\" of ") == true)
  }

  @Test func memoryOfAnotherSizeThanTheBoxIsRefused() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let dataset = try file.createDataset("values", extents: [3], of: Float.self)
    let refusal = error { () throws(HDF5Error) in try dataset.write([Float(1), 2]) }
    #expect(refusal?.description.contains("has 3 elements, the memory 2") == true)
  }

  @Test func textAskedForAsNumbersIsRefused() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    try file.setAttribute("unit", to: "Mpc/h")
    let refusal = error { () throws(HDF5Error) in _ = try file.attribute("unit", as: Float.self) }
    #expect(refusal?.description.contains("holds text, which cannot become Float") == true)
    try file.setAttribute("number", to: 1.0)
    let other = error { () throws(HDF5Error) in _ = try file.textAttribute("number") }
    #expect(other?.description.contains("holds Double, not text") == true)
  }

  @Test func piecesCoverABoxOnceInTheOrderOfMemory() {
    let box = Hyperslab(offset: [2, 0, 5], count: [3, 4, 5])
    for limit in 1...70 {
      let pieces = box.pieces(ofAtMost: limit)
      #expect(pieces.allSatisfy { $0.elementCount <= limit && !$0.isEmpty })
      var position = 0
      for piece in pieces {
        #expect(box.position(of: piece.offset) == position)
        position += piece.elementCount
      }
      #expect(position == box.elementCount)
    }
    #expect(Hyperslab(offset: [0, 0], count: [3, 0]).pieces(ofAtMost: 4).isEmpty)
  }
}
