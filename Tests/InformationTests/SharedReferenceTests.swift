import Foundation
import Information
import TestSupport
import Testing

/// What gmm-mi 0.8.2 and scikit-learn 1.5.2 gave for 14 data sets beside the developers' repository.
struct SharedReference: Decodable {
  struct DataSet: Decodable {
    let csv: String
    let xy: [String]
    let oracle_sample_mi: Double
    let ksg: Neighbours
    let random: Mixture
    let kMeans: Mixture?

    enum CodingKeys: String, CodingKey {
      case csv, xy, oracle_sample_mi, ksg
      case random = "gmm_mi:random_sklearn"
      case kMeans = "gmm_mi:kmeans_sklearn"
    }
  }

  struct Neighbours: Decodable { let by_k: [String: Double] }

  struct Mixture: Decodable {
    let mi_mean_exact_integral: Double
    let mi_std_exact_integral: Double
  }

  let datasets: [String: DataSet]

  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../../shared/golden/mi").standardizedFileURL

  static let names: [String] = (try? load().datasets.keys.sorted()) ?? []

  static func load() throws -> Self {
    try JSONDecoder()
      .decode(Self.self, from: Data(contentsOf: folder.appending(path: "index.json")))
  }
}

@Suite(
  .enabled(if: !SharedReference.names.isEmpty, "needs ../shared"),
  .enabled(if: isThorough, "needs an optimized build"))
struct SharedReferenceTests {
  /// Two columns of a table without quotes.
  private func columns(_ dataSet: SharedReference.DataSet) throws -> (x: [Double], y: [Double]) {
    let file = SharedReference.folder.appending(path: dataSet.csv)
    let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n")
    let header = lines[0].split(separator: ",").map(String.init)
    let places = try dataSet.xy.map { try #require(header.firstIndex(of: $0)) }
    let rows = try lines.dropFirst().map { line in
      let fields = line.split(separator: ",")
      return try places.map { try #require(Double(fields[$0])) }
    }
    return (rows.map { $0[0] }, rows.map { $0[1] })
  }

  /// The oracle is the mean of the true ln [p / (p_x p_y)] over the rows: what a perfect fit gives for them.
  ///
  /// The bounds are those that gmm-mi itself keeps in these sets with random starts.
  @Test(arguments: SharedReference.names)
  func mixturesAgreeWithTheOracleAndWithTheReference(name: String) throws {
    let dataSet = try #require(try SharedReference.load().datasets[name])
    let (x, y) = try columns(dataSet)
    var settings = MutualInformationSettings()
    settings.bootstraps = 12
    let information = try MutualInformationEstimator(settings: settings).estimate(x, y)
    let error = dataSet.random.mi_std_exact_integral
    #expect(abs(information.mean - dataSet.oracle_sample_mi) < error + 0.006)
    let nearest = [dataSet.random, dataSet.kMeans].compactMap { $0 }
      .map { abs(information.mean - $0.mi_mean_exact_integral) }.min()
    #expect(try #require(nearest) < error + 0.001)
  }

  /// The same formula, with another noise of 1e-10.
  @Test(arguments: SharedReference.names)
  func neighboursAgreeWithScikitLearn(name: String) throws {
    let dataSet = try #require(try SharedReference.load().datasets[name])
    let (x, y) = try columns(dataSet)
    let information = try NearestNeighbourEstimator(neighbours: 5).estimate(x, y)
    #expect(abs(information.value - (try #require(dataSet.ksg.by_k["5"]))) < 2e-3)
  }
}
