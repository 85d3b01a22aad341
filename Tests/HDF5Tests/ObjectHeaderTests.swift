import Foundation
import TestSupport
import Testing

@testable import HDF5

/// Headers of objects, as other programs write them and with bytes that are not theirs.
struct ObjectHeaderTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../References/hdf5").standardized.path

  private static let objects = ["/", "/Header", "/data", "/table"]

  @Test(arguments: ["kinds-1", "kinds-2"])
  func everyKindOfTypeIsTakenForSound(name: String) throws {
    let path = "\(Self.folder)/\(name).h5"
    let file = try HDF5File.open(path)
    let header = try #require(ObjectHeader(path))
    for object in Self.objects {
      let address = try file.address(of: object).place
      let survey = try #require(header.survey(at: address), "\(object)")
      #expect(survey.damage == nil, "\(object)")
      guard object != "/table" else { continue }
      #expect(try file.attributeNames(of: object).count >= 16, "\(object)")
      #expect(try file.attribute("wholes", of: object, as: Int64.self) == [0, 1, 2, 3, 4, 5])
      #expect(try file.textAttribute("text", of: object) == "Mpc/h")
    }
    #expect(try file.attribute("number11", of: "Header", as: Double.self).last == 10)
  }

  /// The lengths in an attribute, one after the other, with every byte that they may have.
  @Test func lengthsBeyondAnAttributeAreFound() throws {
    let path = "\(Self.folder)/kinds-1.h5"
    var data = try Data(contentsOf: URL(filePath: path))
    let scratch = try ScratchFolder()
    let copy = scratch.path("a.h5")
    // An attribute of version 1 begins with its version, a zero, and the lengths of name, type and extents.
    let name = try #require(data.firstRange(of: Data("wholes\0".utf8)))
    let start = name.lowerBound - 8
    try #require(data[start] == 1 && data[start + 2] == 7)
    var found = 0
    for place in 2..<8 {
      let kept = data[start + place]
      for value in UInt8.min...UInt8.max where value != kept {
        data[start + place] = value
        try data.write(to: URL(filePath: copy))
        do throws(HDF5Error) {
          _ = try HDF5File.open(copy).attribute("wholes", as: Int64.self)
        } catch {
          found += 1
        }
      }
      data[start + place] = kept
    }
    // Lengths that fill up to the same multiple of eight bytes are no damage that shows.
    #expect(found > 6 * 255 - 40, "\(found)")
  }

  /// Whether a damaged file crashes the library depends on what lies behind its memory; so the signal is sent here.
  @Test(arguments: [SIGSEGV, SIGBUS, SIGFPE, SIGABRT])
  func aCrashOfTheLibraryIsASentenceAndAnExitCode(signal: Int32) async throws {
    let result = await #expect(
      processExitsWith: .exitCode(65), observing: [\.standardErrorContent]
    ) { [signal = signal as Int32] in
      startHDF5()
      endCrashesOfHDF5(with: 65, prefix: "halompi: ")
      try Operation("reading attribute \"a\" of", "/", of: "b\u{1B}.h5").call {
        // Threads of a pool hold back a signal that is sent, but not the call.
        if signal == SIGABRT { abort() }
        return raise(signal)
      }
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.hasPrefix("halompi: HDF5 ended while reading attribute \"a\" of \"/\" of b?.h5: "))
    #expect(said.hasSuffix("Restore it from a copy, or make it again.\n"))
  }

  /// A changed byte with which version 1.10 crashes, or not, when it reads a text of variable length.
  @Test func aDamagedTextEndsWithASentenceOrIsRead() async throws {
    let result = await #expect(
      processExitsWith: .success, observing: [\.standardErrorContent]
    ) {
      startHDF5()
      endCrashesOfHDF5(with: EXIT_SUCCESS, prefix: "halompi: ")
      let scratch = try ScratchFolder()
      var data = try Data(contentsOf: URL(filePath: "\(Self.folder)/kinds-1.h5"))
      data[1206] = 0xFF
      try data.write(to: URL(filePath: scratch.path("a.h5")))
      let file = try HDF5File.open(scratch.path("a.h5"))
      for name in try file.attributeNames() { _ = try? file.textAttribute(name) }
    }
    let said = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(said.isEmpty || said.hasPrefix("halompi: HDF5 ended while reading attribute \"text\""))
  }

  /// What crashes elsewhere crashes as ever.
  @Test func otherCrashesStayWhatTheyAre() async {
    await #expect(processExitsWith: .signal(SIGABRT)) {
      endCrashesOfHDF5(with: 65, prefix: "halompi: ")
      startHDF5()
      abort()
    }
  }
}
