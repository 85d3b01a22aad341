import HDF5
import TestSupport
import Testing

struct AttributeTests {
  @Test(arguments: ["", "a", "Mpc/h", "Σ Δ 한국", String(repeating: "long ", count: 1_000)])
  func aTextComesBackAsItWasSet(text: String) throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("a.h5")
    let file = try HDF5File.create(path)
    try file.setAttribute("text", to: text)
    try file.close()
    #expect(try HDF5File.open(path).textAttribute("text") == text)
  }

  @Test func settingAgainReplacesWhateverTypeItHad() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    try file.setAttribute("a", to: "text")
    try file.setAttribute("a", to: [Int32(1), 2])
    try file.setAttribute("a", to: [Float]())
    #expect(try file.attribute("a", as: Float.self) == [])
    try file.setAttribute("a", to: 3.0)
    #expect(try file.attribute("a", as: Double.self) == [3])
  }

  @Test func attributesAreListedByName() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    try file.createGroup("g")
    for name in ["c", "a", "b"] { try file.setAttribute(name, to: 1.0, of: "g") }
    #expect(try file.attributeNames(of: "g") == ["a", "b", "c"])
    #expect(try file.attributeNames() == [])
    #expect(try file.hasAttribute("a", of: "g"))
    #expect(try !file.hasAttribute("a"))
  }

  @Test func aMissingAttributeIsNamedWithThoseThatAreThere() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    try file.setAttribute("boxSize", to: 1.0)
    let missing = error { () throws(HDF5Error) in
      _ = try file.attribute("BoxSize", as: Double.self)
    }
    #expect(missing?.operation.hasPrefix("reading attribute \"BoxSize\" of \"/\" of ") == true)
    #expect(missing?.hint == "Attributes of \"/\": \"boxSize\"")
    let nowhere = error { () throws(HDF5Error) in
      _ = try file.attribute("a", of: "Header", as: Double.self)
    }
    #expect(nowhere?.hint == "Objects in \"/\": none")
    #expect(throws: HDF5Error.self) { try file.attributeNames(of: "Header") }
    #expect(throws: HDF5Error.self) { try file.hasAttribute("a", of: "Header") }
  }

  @Test func anAttributeTooLargeIsRefusedWithTheRemedy() throws {
    let scratch = try ScratchFolder()
    let file = try HDF5File.create(scratch.path("a.h5"))
    let refusal = error { () throws(HDF5Error) in
      try file.setAttribute("a", to: [UInt8](repeating: 1, count: 70_000))
    }
    #expect(refusal?.hint?.contains("64 KiB") == true, "\(refusal as Any)")
  }
}
