internal import DurableFiles
internal import Foundation
internal import MPI
internal import SubBoxes

/// The predictions that jobs made which did not finish, in a folder beside the file of predictions.
///
/// Every rank of a job appends what it has predicted to a file of its own, a line for each part:
///
///     <checksum of the rest> {"places":[first, count, ...],"means":[bits],"deviations":[bits]}
///
/// A place is the number of a sample in the order of the table; numbers are the bits of floats. The first line says what
/// is predicted, and files that say another are not read, nor are lines that a killed rank left incomplete.
struct UnfinishedPredictions {
  /// The line that begins a file.
  private struct Heading: Codable, Hashable {
    let identity: String
  }

  /// The line of a part.
  private struct Part: Codable {
    let places: [Int]
    let means: [UInt32]
    let deviations: [UInt32]
  }

  /// The results of all samples, as far as they are known.
  struct Results {
    /// Which samples are predicted.
    var isKnown: [Bool]
    /// The mean of each over the orientations [log10 Msun].
    var means: [Float]
    /// The scatter of each over the orientations [dex]; empty if there is one orientation.
    var deviations: [Float]

    /// Makes the results of so many samples, none of which is known.
    init(count: Int, withDeviations: Bool) {
      isKnown = Array(repeating: false, count: count)
      means = Array(repeating: 0, count: count)
      deviations = withDeviations ? means : []
    }

    /// Takes the results of samples.
    mutating func take(_ places: [Int], means: [Float], deviations: [Float]) {
      for (index, place) in places.enumerated() {
        isKnown[place] = true
        self.means[place] = means[index]
        if !self.deviations.isEmpty { self.deviations[place] = deviations[index] }
      }
    }
  }

  /// The folder.
  let folder: String

  /// The name of what is predicted: model, fields, samples and orientations.
  let identity: String

  /// Names what is predicted by a checksum of all of it.
  init(besides output: String, describing words: [String], _ samples: [Sample]) {
    folder = (output as NSString).deletingLastPathComponent + "/unfinished"
    var data = Data(words.joined(separator: "\n").utf8)
    for sample in samples {
      withUnsafeBytes(of: sample.simulation) { data.append(contentsOf: $0) }
      withUnsafeBytes(of: sample.site) { data.append(contentsOf: $0) }
    }
    identity = Checksum(of: data).description
  }

  private var files: [String] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
    return names.filter { $0.hasSuffix(".jsonl") }.sorted()
  }

  /// Reads the results of the jobs before.
  ///
  /// - Throws: `FileError` if a file cannot be read.
  func read(into results: inout Results) throws(FileError) {
    for name in files {
      let lines = try DurableFile.read("\(folder)/\(name)").split(separator: UInt8(ascii: "\n"))
      guard let first = lines.first,
        let heading: Heading = decoded(first), heading.identity == identity
      else { continue }
      for line in lines.dropFirst() {
        guard let part: Part = decoded(line) else { continue }
        let places = stride(from: 0, to: part.places.count - 1, by: 2).flatMap {
          part.places[$0]..<part.places[$0] + part.places[$0 + 1]
        }
        results.take(
          places, means: part.means.map { Float(bitPattern: $0) },
          deviations: part.deviations.map { Float(bitPattern: $0) })
      }
    }
  }

  /// The number of the first file that a job may make.
  var nextNumber: Int {
    (files.compactMap { Int($0.dropLast(".jsonl".count)) }.max() ?? -1) + 1
  }

  /// Opens a file for the results of a rank.
  ///
  /// - Throws: `FileError` if it cannot be written.
  func open(number: Int) throws -> AppendLog {
    try DurableFile.createDirectory(folder)
    let digits = String(number)
    let name = String(repeating: "0", count: max(0, 9 - digits.count)) + digits
    var log = try AppendLog.open("\(folder)/\(name).jsonl")
    try log.append(line(Heading(identity: identity)))
    return log
  }

  /// Appends the results of samples.
  ///
  /// - Throws: `FileError` if they cannot be written.
  func append(
    _ places: ArraySlice<Int>, means: ArraySlice<Float>, deviations: ArraySlice<Float>,
    to log: inout AppendLog
  ) throws {
    var ranges: [Int] = []
    for place in places {
      if ranges.count >= 2, ranges[ranges.count - 2] + ranges[ranges.count - 1] == place {
        ranges[ranges.count - 1] += 1
      } else {
        ranges += [place, 1]
      }
    }
    try log.append(
      line(
        Part(
          places: ranges, means: means.map(\.bitPattern), deviations: deviations.map(\.bitPattern)))
    )
  }

  /// Removes everything, when the predictions are complete.
  func remove() { try? FileManager.default.removeItem(atPath: folder) }

  private func line(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    let data = try encoder.encode(value)
    return "\(Checksum(of: data)) \(String(decoding: data, as: UTF8.self))"
  }

  /// The value of a line; `nil` if it is not as it was written.
  private func decoded<Value: Decodable>(_ line: Data) -> Value? {
    let words = line.split(separator: UInt8(ascii: " "), maxSplits: 1)
    guard words.count == 2, let rest = words.last.map({ Data($0) }),
      Data("\(Checksum(of: rest))".utf8) == words[0]
    else { return nil }
    return try? JSONDecoder().decode(Value.self, from: rest)
  }
}
