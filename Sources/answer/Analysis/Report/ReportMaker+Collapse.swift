internal import Foundation
internal import LinearTheory

extension ReportMaker {
  /// A collapse model and the networks on its particles.
  func collapseReport(_ number: Int, of collapse: CollapseInput) -> CollapseReport {
    let model = collapse.models[number]
    let members = input.members(.collapse(number))
    let own = input.comparison(.collapse(number), members)
    let information = information(.collapse(number), .collapse(number))
    let bins = Bins(settings.massBins, over: settings.window)
    let all = input.particles.count
    return CollapseReport(
      model: model.model, field: collapse.field, count: members.count,
      shareWithout: all > 0
        ? .known(Double(all - members.count) / Double(all)) : .unknown(tooFew(0, needed: 1)),
      statistics: ResidualStatistics(own), information: information,
      networks: input.variants.map { variant in
        let column = InformationColumn.model(variant.reference)
        let comparison = input.comparison(column, members)
        let ofNetwork = self.information(column, .collapse(number))
        return CollapseReport.NetworkOnSubset(
          variant: variant.name, statistics: ResidualStatistics(comparison),
          information: ofNetwork, difference: .of(ofNetwork, minus: information),
          map: DensityMap.of(comparison, window: settings.window))
      },
      map: map(of: own),
      predictions: RunningInterval(of: own.prediction, masses: own.truth, in: bins),
      fields: collapse.scales.map { simulation, scales in
        CollapseReport.FieldCrossing(
          simulation: simulation,
          scales: scales.compactMap { CollapseReport.Scale($0, of: model.model) })
      })
  }

  /// A map with one row of cells for each of the masses that predictions take.
  private func map(of comparison: MassComparison) -> Outcome<DensityMap> {
    guard comparison.count > 0 else { return .unknown(tooFew(0, needed: 1)) }
    let window = settings.window
    let (step, first) = (settings.collapse.spacing, log10(settings.collapse.minimumMass))
    let count = settings.collapse.massCount
    let columns = max(1, Int(((window.upperBound - window.lowerBound) / 0.05).rounded()))
    // Three empty rows at both ends close the contours.
    let rows = Bins(
      count + 6,
      over: (first - 3.5 * step)...(first + (Double(count) + 2.5) * step))
    return .known(
      DensityMap(
        comparison.truth, comparison.prediction, horizontal: Bins(columns, over: window),
        vertical: rows))
  }
}

extension CollapseReport.Scale {
  /// The scale as one model sees it.
  init?(_ scale: CollapseScale, of model: CollapseBarrier) {
    guard let threshold = scale.thresholds.first(where: { $0.model == model }) else { return nil }
    self.init(
      mass: scale.mass, radius: scale.radius, sigma: scale.sigma, deviation: scale.deviation,
      contrast: threshold.contrast, shareAbove: threshold.shareAbove,
      gaussianShare: scale.deviation > 0
        ? 0.5 * erfc(threshold.contrast / (2.0.squareRoot() * scale.deviation)) : 0)
  }
}
