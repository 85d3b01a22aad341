internal import Foundation
internal import Statistics

/// The predicted masses of particles in halos and of particles in none, by a model.
struct MembershipScores {
  private let curve: AreaUnderCurve
  private let members: [Double]
  private let field: [Double]
  private let halos: [Int64]

  /// The rows of the file of predictions that are compared.
  private let rows: [Int]

  /// Takes the finite predictions of a model; `nil` if none is of a particle in no halo.
  init?(_ model: ModelPredictions) {
    rows = model.prediction.indices.filter {
      model.prediction[$0].isFinite && (model.truth[$0].isFinite || model.isInField($0))
    }
    let inField = rows.filter(model.isInField)
    guard !inField.isEmpty else { return nil }
    let inHalos = rows.filter { !model.isInField($0) }
    members = inHalos.map { Double(model.prediction[$0]) }
    field = inField.map { Double(model.prediction[$0]) }
    halos = inHalos.map { Int64(model.simulation[$0]) << 32 | Int64(model.halo[$0]) }
    curve = AreaUnderCurve(members: members, others: field)
  }

  /// The statistics of the model.
  var statistics: Outcome<MembershipStatistics> {
    guard !members.isEmpty else { return .unknown("no particle is in a halo") }
    let threshold = (members + field).sorted(by: >)[members.count - 1]
    return .known(
      MembershipStatistics(
        members: members.count, field: field.count, area: curve.value,
        deviation: deviation(curve.memberPlacements, curve.otherPlacements),
        threshold: threshold,
        completeness: Double(members.count { $0 >= threshold }) / Double(members.count)))
  }

  /// Subtracts the area of another model for the same particles.
  func difference(from other: Self) -> Outcome<MembershipDifference> {
    guard rows == other.rows, halos == other.halos else {
      return .unknown("the models predicted other particles")
    }
    guard !members.isEmpty else { return .unknown("no particle is in a halo") }
    return .known(
      MembershipDifference(
        area: curve.value - other.curve.value,
        deviation: deviation(
          zip(curve.memberPlacements, other.curve.memberPlacements).map { $0 - $1 },
          zip(curve.otherPlacements, other.curve.otherPlacements).map { $0 - $1 })))
  }

  /// The standard deviation of the mean placement of members over halos and of others over particles
  /// (Obuchowski 1997, doi:10.2307/2533958).
  private func deviation(_ ofMembers: [Double], _ ofField: [Double]) -> Outcome<Double> {
    let (member, other) = (mean(ofMembers), mean(ofField))
    var sums: [Int64: Double] = [:]
    for (halo, placement) in zip(halos, ofMembers) { sums[halo, default: 0] += placement - member }
    guard sums.count > 1, ofField.count > 1 else {
      return .unknown("two halos and two particles in none are needed")
    }
    func variance(_ sums: [Double], particles: Int) -> Double {
      let clusters = Double(sums.count)
      let squares = sums.reduce(0) { $0 + $1 * $1 }
      return clusters / (clusters - 1) * squares / Double(particles * particles)
    }
    let inHalos = sums.sorted { $0.key < $1.key }.map(\.value)
    return .known(
      (variance(inHalos, particles: ofMembers.count)
        + variance(ofField.map { $0 - other }, particles: ofField.count)).squareRoot())
  }
}

/// How well predicted masses tell particles in halos from those in none.
struct MembershipStatistics: Codable, Hashable, Sendable {
  /// The number of particles in halos.
  var members: Int

  /// The number of particles in no halo.
  var field: Int

  /// The area under the receiver operating characteristic: the probability that a particle in a halo has a larger
  /// predicted mass than one in none.
  var area: Double

  /// The standard deviation of the area over halos, and over particles in none.
  var deviation: Outcome<Double>

  /// The predicted mass from which on there are as many particles as there are in halos [log10 Msun].
  var threshold: Double

  /// The share of the particles in halos that are predicted at the threshold or above: without ties also the share of
  /// these that are in halos.
  var completeness: Double
}

/// The area under the curve of one model minus that of another, for the same particles.
package struct MembershipDifference: Codable, Hashable, Sendable {
  /// The difference of the areas.
  package var area: Double

  /// Its standard deviation over halos, and over particles in none.
  package var deviation: Outcome<Double>
}
