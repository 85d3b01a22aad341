import Analysis
import Foundation

/// Statistics by numpy and scipy of 2,000 mock masses, and the masses themselves
/// (`Tests/References/README.md`).
struct StatisticsReference: Decodable {
  struct MassBin: Decodable {
    let lo, hi: Double
    let n: Int
    let counts: [Int]
    let density: [Double]
    let mean, std_ddof1: Double
    let q16_50_84: [Double]
  }

  struct Residuals: Decodable { let bins: [MassBin] }

  struct Row: Decodable {
    let n: Int
    let pred_q16_50_84, resid_q16_50_84: [Double]
  }

  struct Binned: Decodable { let rows: [Row] }

  struct Level: Decodable { let level_counts, enclosed: Double }

  struct Regions: Decodable {
    let n_in: Int
    let raw, smoothed: [String: Level]
    let smoothed_row24: [Double]
  }

  struct Violin: Decodable {
    let bin, n: Int
    let bandwidth, grid_min, grid_max, median: Double
    let density: [Double]
  }

  struct Outliers: Decodable {
    let std_about_mean, std_about_zero, robust_68, interval_99_73: Double
  }

  let residual_hist: Residuals
  let binned: Binned
  let hdr: Regions
  let violin_kde: Violin
  let pearson_r, rmse: Double
  let outliers: Outliers

  static let shared = Result { () throws -> StatisticsReference in
    try JSONDecoder().decode(StatisticsReference.self, from: fixture("stats_reference.json"))
  }

  /// The masses that the statistics are of.
  static let masses = Result { () throws -> MassComparison in
    let lines = String(decoding: try fixture("mock-masses.csv"), as: UTF8.self)
      .split(separator: "\n").dropFirst()
    let rows = lines.map { $0.split(separator: ",").compactMap { Double($0) } }
    return MassComparison(truth: rows.map { $0[1] }, prediction: rows.map { $0[0] })
  }

  private static func fixture(_ name: String) throws -> Data {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures")
    return try Data(contentsOf: folder.appending(path: name))
  }
}

/// Whether two numbers agree to a relative or absolute tolerance.
func agree(_ a: Double, _ b: Double, to tolerance: Double) -> Bool {
  abs(a - b) <= tolerance * max(1, abs(b))
}

/// Whether all numbers agree.
func agree(_ a: [Double], _ b: [Double], to tolerance: Double) -> Bool {
  a.count == b.count && zip(a, b).allSatisfy { agree($0, $1, to: tolerance) }
}
