import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// Twin universes from the experiment file to the report.
  @Suite struct TwinTests {
    private static let experiment = """
      name: twins
      universe: {boxSize: 18.75, gridSize: 24, mesh: {steps: {count: 8}}}
      simulations:
        - {name: a, role: training, seed: 1}
        - {name: v, role: validation, seed: 3}
        - {name: t, role: test, seed: 4}
        - {name: t-fine, role: twin, seed: 4, reseedAbove: 4.0, reseed: 41}
        - {name: t-coarse, role: twin, seed: 4, reseedAbove: 1.0, reseed: 41}
      sampling: {boxWidth: 9, trainingSamples: 128, validationSamples: 32, testSamples: 400}
      network: {convolutionChannels: [16, 16], hiddenUnits: [8, 4]}
      training: {batchSize: 32, epochs: 1, threadsPerRank: 1}
      analysis:
        minimumLogMass: 11.5
        maximumLogMass: 15
        massEdges: [11.5, 13, 15]
        noiseLevels: [1]
        information: {bootstraps: 2, maximumComponents: 2, randomStarts: 1, kMeansStarts: 1}
        collapse: {massCount: 6}

      """

    private func run(
      _ command: String, _ options: [String] = [], ranks: Int, in folder: URL
    ) throws -> Job.End {
      let words = [command, "e.yaml"] + options
      let end = try Job(words, ranks: ranks, in: folder).wait()
      try #require(end.code == 0, "\(command): \(end.messages)")
      return end
    }

    private func report(_ file: String, in folder: URL) throws -> String {
      try String(contentsOf: folder.appending(path: "runs/twins/report/\(file)"), encoding: .utf8)
    }

    @Test func twinsStandBesideTheNetworksInTheReport() throws {
      let scratch = try ScratchFolder()
      let folder = scratch.url
      try Self.experiment.write(
        to: folder.appending(path: "e.yaml"), atomically: true, encoding: .utf8)

      _ = try run("simulate", ranks: 2, in: folder)
      let settings = try String(
        contentsOf: folder.appending(path: "runs/twins/simulations/t-fine/settings.txt"),
        encoding: .utf8)
      #expect(settings.contains("seed 4 inverted false reseeded 41 above 4.0"), "\(settings)")
      _ = try run("prepare", ranks: 2, in: folder)
      for variant in ["raw", "averaged"] {
        let set = ["--set", "training.variant=\(variant)"]
        _ = try run("train", set, ranks: 2, in: folder)
        _ = try run("predict", set, ranks: 2, in: folder)
      }
      let end = try run("analyze", ranks: 1, in: folder)
      #expect(end.output.contains("twin, k <= 4 h/Mpc"), "\(end.output)")
      #expect(end.output.contains("I(M; raw | averaged)"), "\(end.output)")

      let files = ["report.json", "tables.md", "tables/twins.csv", "tables/joint.csv"]
      let single = try files.map { try report($0, in: folder) }
      try expectTwins(in: Data(single[0].utf8))
      #expect(single[1].contains("| 4.000 | 1 |"))
      let page = try report("report.html", in: folder)
      #expect(page.contains("twin, k &lt;= 4 h/Mpc"))
      #expect(page.contains("Information against scale"))
      for ranks in 2...3 {
        _ = try run("analyze", ranks: ranks, in: folder)
        #expect(try files.map { try report($0, in: folder) } == single, "\(ranks) ranks")
      }

      // Without its field file a twin is told as missing, and the other one stays.
      try FileManager.default.removeItem(
        at: folder.appending(path: "runs/twins/fields/t-coarse.h5"))
      let without = try run("analyze", ranks: 2, in: folder)
      #expect(without.output.contains("the twin t-coarse of t"), "\(without.output)")
      #expect(without.output.contains("twin, k <= 4 h/Mpc"), "\(without.output)")
    }

    /// The finer twin is nearer to the truth than the coarse one, of which it shares all modes and more.
    private func expectTwins(in data: Data) throws {
      let report = try #require(
        try JSONSerialization.jsonObject(with: data) as? [String: Any])
      let twins = try #require(report["twins"] as? [[String: Any]])
      try #require(twins.map { $0["reseededAbove"] as? Double } == [4, 1])
      #expect(
        twins.map { ($0["pairs"] as? [[String: String]]) ?? [] } == [
          [["simulation": "t", "twin": "t-fine"]], [["simulation": "t", "twin": "t-coarse"]],
        ])
      let correlations = try twins.map { twin in
        let statistics = try #require(twin["statistics"] as? [String: Any])
        let correlation = try #require(statistics["correlation"] as? [String: Any])
        return try #require(correlation["value"] as? Double)
      }
      #expect(correlations[0] > correlations[1] + 0.1, "\(correlations)")
      #expect(try #require(twins[0]["networks"] as? [[String: Any]]).count == 2)
      #expect((report["joint"] as? [Any])?.count == 1)
    }
  }
}
