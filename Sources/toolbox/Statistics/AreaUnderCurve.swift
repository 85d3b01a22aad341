/// The area under the receiver operating characteristic of a score that tells members of a class from others.
///
/// It is the probability that a member has a larger score than another, with equal scores counted half. The
/// placements, of which it is the mean, give its variance without resampling (DeLong et al. 1988,
/// doi:10.2307/2531595).
package struct AreaUnderCurve: Sendable {
  /// The area, from 0 to 1.
  ///
  /// It is 0.5 if the score tells nothing, and NaN without members or without others.
  package let value: Double

  /// The share of others with a smaller score, for each member.
  package let memberPlacements: [Double]

  /// The share of members with a larger score, for each other.
  package let otherPlacements: [Double]

  /// Compares the scores of members with those of others; none is NaN.
  package init(members: [Double], others: [Double]) {
    let all = midranks(members + others)
    let (withinMembers, withinOthers) = (midranks(members), midranks(others))
    memberPlacements = members.indices.map {
      (all[$0] - withinMembers[$0]) / Double(others.count)
    }
    otherPlacements = others.indices.map {
      1 - (all[members.count + $0] - withinOthers[$0]) / Double(members.count)
    }
    value = others.isEmpty ? .nan : mean(memberPlacements)
  }
}

/// Returns the rank of each value, from 1 on; equal values have the mean of their ranks.
private func midranks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Double](repeating: 0, count: values.count)
  var first = 0
  while first < order.count {
    var end = first + 1
    while end < order.count, values[order[end]] == values[order[first]] { end += 1 }
    for place in first..<end { ranks[order[place]] = Double(first + end + 1) / 2 }
    first = end
  }
  return ranks
}
