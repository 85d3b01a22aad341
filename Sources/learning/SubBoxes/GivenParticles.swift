internal import DelimitedText
internal import DurableFiles
internal import Failures
internal import Foundation
package import MPI

/// Particles that a table of text names, in the place of particles that are drawn.
///
/// The first line names the columns, of which `simulation` and `site` say which particles they are; other columns, empty
/// lines and lines that begin with `#` do not matter. Fields are separated by tabs, commas or semicolons, whichever
/// the first line has first in this order, or else by spaces.
package struct GivenParticles: Hashable, Sendable {
  /// A particle as a line names it.
  private struct Row: Hashable {
    let line: Int
    let simulation: String
    let site: Int64
  }

  private let path: String
  private let rows: [Row]

  /// Reads a table.
  ///
  /// - Parameter path: The file.
  /// - Throws: `FileError` if it cannot be read; `Failure` that names the line of what is no particle.
  package init(contentsOf path: String) throws {
    self.path = path
    var lines = DelimitedLines(
      Substring(decoding: try DurableFile.read(path), as: UTF8.self).utf8)
    let header = lines.next()
    let separator = FieldSeparator.found(
      in: header?.bytes ?? "".utf8[...], among: ["\t", ",", ";"], otherwise: .blanks)
    func texts(_ bytes: Substring.UTF8View) -> [String] {
      separator.fields(of: bytes).map { String(Substring(withoutQuotes($0))) }
    }
    let names = header.map { texts($0.bytes) } ?? []
    let remedy = "give a table whose first line names the columns simulation and site"
    func place(of column: String) throws(Failure) -> Int {
      let places = names.indices.filter { names[$0] == column }
      guard let place = places.first, places.count == 1 else {
        throw Self.failure(
          path, "it has \(places.count) columns of the name \(column)", remedy)
      }
      return place
    }
    let (simulation, site) = (try place(of: "simulation"), try place(of: "site"))
    var rows: [Row] = []
    while let line = lines.next() {
      let fields = texts(line.bytes)
      guard fields.count == names.count else {
        throw Self.failure(
          path, "line \(line.number) has \(fields.count) fields, and the first line \(names.count)",
          "mend the line or leave it out")
      }
      guard let number = Int64(fields[site]) else {
        throw Self.failure(
          path, "line \(line.number) has the site \"\(fields[site])\", which is no whole number",
          "give the numbers that predictions.h5 has as site")
      }
      rows.append(Row(line: line.number, simulation: fields[simulation], site: number))
    }
    guard !rows.isEmpty else { throw Self.failure(path, "it names no particle", remedy) }
    self.rows = rows
  }

  /// Finds the particles in simulations, with their labels.
  ///
  /// Collective. Each rank reads its share of the labels.
  ///
  /// - Parameters:
  ///   - paths: The field files, one per simulation; the same on every rank.
  ///   - settings: The limits of the particles that may be predicted; the same on every rank.
  ///   - communicator: The ranks that share the reading and all get the samples.
  /// - Returns: A sample of each particle, in the order of simulations and sites.
  /// - Throws: `AgreedFailure` of a `Failure` if a file cannot be read, and if a particle is in none of the simulations,
  ///   is named twice or is outside the limits; `MPIError`.
  package func samples(
    from paths: [String], settings: SamplingSettings, on communicator: borrowing Communicator
  ) throws -> [Sample] {
    let (rank, ranks) = (communicator.rank, communicator.size)
    let bins = settings.bins(of: .test)
    let (labels, rows) = try communicator.agree { () throws(Failure) in
      try settings.check()
      let labels = try LabelPlanes(of: paths, bins: bins, share: rank, among: ranks)
      return (labels, try ordered(in: labels.simulations))
    }
    let places = rows.map { ($0.simulation, $0.row.site) }
    var words = try communicator.agree { () throws(Failure) in try labels.find(places) }
    var wordSpan = words.mutableSpan
    try communicator.allReduce(&wordSpan, .sum)
    return try communicator.agree { () throws(Failure) in
      let samples = rows.indices.map { Sample(wordsOfGiven: words, $0) }
      let missing = rows.indices.filter { samples[$0] == nil }.map { rows[$0].row }
      if let row = missing.min(by: { $0.line < $1.line }) {
        throw Self.failure(
          path,
          "line \(row.line) names the site \(row.site) of \(row.simulation), whose particle is not "
            + bins.description(of: 0),
          "leave it out, or change sampling.minimumLogMass and sampling.maximumLogMass"
            + (settings.includesField ? "" : "; sampling.includesField: true adds those in no halo")
        )
      }
      return samples.compactMap { $0 }
    }
  }

  /// The particles in the order of simulations and sites, each with the index of its simulation.
  private func ordered(
    in simulations: [(name: String, gridSize: Int)]
  ) throws(Failure) -> [(simulation: Int, row: Row)] {
    var found: [(simulation: Int, row: Row)] = []
    for row in rows {
      guard let simulation = simulations.firstIndex(where: { $0.name == row.simulation }) else {
        throw Self.failure(
          path, "line \(row.line) names the simulation \(row.simulation), which is not predicted",
          "give particles of \(simulations.map(\.name).joined(separator: ", ")), or add a role to "
            + "prediction.roles")
      }
      let size = Int64(simulations[simulation].gridSize)
      guard (0..<size * size * size).contains(row.site) else {
        throw Self.failure(
          path,
          "line \(row.line) names the site \(row.site) of \(row.simulation), which has \(size)^3 of them",
          "give sites from 0 to \(size * size * size - 1), (ix N + iy) N + iz")
      }
      found.append((simulation, row))
    }
    found.sort {
      ($0.simulation, $0.row.site, $0.row.line) < ($1.simulation, $1.row.site, $1.row.line)
    }
    let twins = zip(found, found.dropFirst()).filter {
      $0.simulation == $1.simulation && $0.row.site == $1.row.site
    }
    if let (first, second) = twins.min(by: { $0.1.row.line < $1.1.row.line }) {
      throw Self.failure(
        path,
        "line \(second.row.line) names the site \(second.row.site) of \(second.row.simulation), as "
          + "line \(first.row.line) does", "name every particle once")
    }
    return found
  }

  private static func failure(_ path: String, _ reason: String, _ remedy: String) -> Failure {
    Failure(.badData, "reading the particles of \(path)", because: reason, remedy: remedy)
  }
}
