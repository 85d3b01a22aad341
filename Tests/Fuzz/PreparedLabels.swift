import Foundation
import HDF5
import Synchronization

/// HDF5 does one thing at a time.
let library = Mutex(())

/// The labels that `prepare` wrote: the halo of each site, and its mass.
struct PreparedLabels: Equatable, Sendable {
  /// The row in the table of halos; -1 outside halos [site].
  let halos: [Int32]

  /// The bits of log10 of the halo's mass [site].
  let logMasses: [UInt32]

  /// What cannot be of any universe; `nil` if nothing is.
  let contradiction: String?

  /// Reads a field file.
  ///
  /// - Parameter path: The path of the file.
  /// - Throws: `HDF5Error` if it cannot be read.
  init(of path: String) throws {
    (halos, logMasses, contradiction) = try library.withLock { _ in
      let file = try HDF5File.open(path)
      let halos = try file.dataset("label/halo").read(as: Int32.self)
      let logMasses = try file.dataset("label/logMass").read(as: Float.self)
      let radii = try file.dataset("label/radius").read(as: Float.self)
      let counts = try file.dataset("halo/count").read(as: Int64.self)
      try file.close()
      return (
        halos, logMasses.map(\.bitPattern),
        Self.contradiction(halos, logMasses, radii, counts: counts)
      )
    }
  }

  /// Compares the columns with each other: every site in a halo has its mass, others have none, and the table
  /// counts them.
  private static func contradiction(
    _ halos: [Int32], _ logMasses: [Float], _ radii: [Float], counts: [Int64]
  ) -> String? {
    var sites = [Int64](repeating: 0, count: counts.count)
    for (site, halo) in halos.enumerated() {
      guard halo >= -1, halo < counts.count else { return "site \(site) is in halo \(halo)" }
      let (mass, radius) = (logMasses[site], radii[site])
      guard halo >= 0 ? mass.isFinite : mass.isNaN, radius.isNaN || radius.isFinite && radius >= 0
      else { return "site \(site) has log10 of the mass \(mass) and the distance \(radius)" }
      if halo >= 0 { sites[Int(halo)] += 1 }
    }
    guard sites == counts else { return "halos count \(counts) particles, of sites \(sites)" }
    return nil
  }
}

/// What a changed file says, beside the intact one.
enum ChangedContent: String, Sendable {
  /// All that a reader can take for data is as it was: what follows from it must be, too.
  case sameData

  /// Its data are others, which no reader can tell from those of another simulation, for the format has no
  /// checksums.
  case otherData
}

extension FuzzTarget.Victim {
  /// Compares the data of a changed file with those of the intact one.
  ///
  /// - Parameters:
  ///   - changed: The path of the changed file.
  ///   - original: The path of the intact one.
  ///   - program: The path of the fuzzer, which reads HDF5 in processes of their own.
  ///   - folder: An empty folder for what they write. Other rounds copy the intact file's folder at the same time,
  ///     so nothing may come and go there.
  /// - Returns: What it says.
  /// - Throws: An error of Foundation if a file cannot be read.
  func content(
    of changed: String, besides original: String, by program: String, in folder: String
  ) throws -> ChangedContent {
    let one = try Data(contentsOf: URL(filePath: changed))
    let other = try Data(contentsOf: URL(filePath: original))
    let isSame =
      switch format {
      case .text, .settings, .safeTensors: Self.fields(of: one) == Self.fields(of: other)
      case .binary, .hdf5:
        other.starts(with: [0x89, 0x48, 0x44, 0x46])
          ? try Self.haveSameNumbers(changed, original, by: program, in: folder)
          // Columns without marks between them: a file of another length has lost its structure.
          : one.count != other.count || one.dropFirst(header) == other.dropFirst(header)
      }
    return isSame ? .sameData : .otherData
  }

  /// The words and numbers of a text, by lines that have any; comments are none.
  private static func fields(of text: Data) -> [[Substring]] {
    String(decoding: text, as: UTF8.self).split(whereSeparator: \.isNewline)
      .filter { !$0.hasPrefix("#") }
      .map { $0.split { $0 == " " || $0 == "\t" || $0 == "," } }.filter { !$0.isEmpty }
  }

  /// Compares the numbers of an HDF5 file with those of the intact one.
  private static func haveSameNumbers(
    _ changed: String, _ original: String, by program: String, in folder: String
  ) throws -> Bool {
    guard let numbers = try numbers(in: original, by: program, in: folder) else {
      throw Corpus.Failed(description: "the numbers of \(original) cannot be read")
    }
    return try self.numbers(in: changed, by: program, in: folder) == numbers
  }

  /// A checksum of all numbers of an HDF5 file, which a process of its own reads: it may crash on them.
  private static func numbers(
    in file: String, by program: String, in folder: String
  ) throws -> Data? {
    let output = "\(folder)/numbers"
    defer { unlink(output) }
    let trial = try Trial(
      of: [program, "--numbers", file, output], in: folder, temporary: folder)
    return trial.code == 0 ? FileManager.default.contents(atPath: output) : nil
  }
}
