/// The settings of the analysis: the particles, the bins, and the estimates of information.
package struct AnalysisSettings: Codable, Hashable, Sendable {
  /// The smallest true mass of a particle's halo [log10 Msun].
  package var minimumLogMass = 11.0

  /// The largest true mass [log10 Msun].
  package var maximumLogMass = 13.4

  /// The edges of the bins of the true mass in which residuals are compared [log10 Msun].
  package var massEdges = [11, 11.8, 12.6, 13.4]

  /// The distances from the halo's center at which particles are split into shells [r200m].
  var radiusEdges = [0.3, 0.6]

  /// The number of equal bins of the true mass for running medians and violins.
  var massBins = 12

  /// The number of bins of residual histograms.
  var residualBins = 49

  /// Residual histograms reach from minus this to this [dex].
  package var residualLimit = 3.0

  /// The noise levels of the reference lines [dex].
  var noiseLevels = [1.5, 1.0, 0.75, 0.5]

  /// Half the width of the slices in which the likelihood is compared with the truth [scaled label].
  var likelihoodHalfWidth = 0.01

  /// The settings of the estimates of mutual information.
  package var information = InformationSettings()

  /// The settings of the predictions of masses by collapse models.
  package var collapse = CollapseSettings()

  /// The threads of each rank; without it, the cores of a node are shared by its ranks.
  package var threadsPerRank: Int?

  /// Makes the settings of the paper.
  package init() {}

  /// The range of true masses [log10 Msun].
  package var window: ClosedRange<Double> { minimumLogMass...maximumLogMass }

  /// The problems with the settings: the key, its value, and what is allowed.
  package var problems: [(key: String, value: String, allowed: String)] {
    var problems: [(key: String, value: String, allowed: String)] = []
    func require(_ holds: Bool, _ key: String, _ value: Any, _ allowed: String) {
      if !holds { problems.append((key, "\(value)", allowed)) }
    }
    func ascend(_ edges: [Double]) -> Bool {
      zip(edges, edges.dropFirst()).allSatisfy { $0 < $1 } && edges.allSatisfy(\.isFinite)
    }
    require(
      minimumLogMass < maximumLogMass && maximumLogMass < 20 && minimumLogMass > 0,
      "minimumLogMass", minimumLogMass, "above 0 and below maximumLogMass, that below 20")
    require(
      massEdges.count > 1 && ascend(massEdges), "massEdges", massEdges,
      "two or more masses in ascending order")
    require(
      ascend(radiusEdges) && radiusEdges.allSatisfy { $0 > 0 }, "radiusEdges", radiusEdges,
      "radii above 0 in ascending order, or none")
    require(
      noiseLevels.allSatisfy { (0.05...20).contains($0) }, "noiseLevels", noiseLevels,
      "standard deviations from 0.05 to 20 dex, or none")
    for problem in information.problems {
      problems.append(("information.\(problem.key)", problem.value, problem.allowed))
    }
    require(
      collapse.minimumMass > 0 && collapse.minimumMass < collapse.maximumMass
        && collapse.maximumMass < 1e18,
      "collapse.minimumMass", collapse.minimumMass,
      "above 0 and below collapse.maximumMass, that below 1e18 Msun")
    return problems
  }
}
