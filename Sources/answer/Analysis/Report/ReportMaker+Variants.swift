internal import Statistics

extension ReportMaker {
  private var massBins: Bins { Bins(settings.massBins, over: settings.window) }

  /// All of one variant.
  func variant(_ variant: (name: String, models: [Int], reference: Int)) -> VariantReport {
    let particles = input.particles
    let all = input.members(.all)
    let seeds = variant.models.map { number in
      let model = input.models[number]
      return SeedReport(
        seed: model.seed, file: model.file, checksum: model.checksum,
        network: model.network, census: particles.censuses[number],
        statistics: ResidualStatistics(input.comparison(.model(number), all)),
        information: information(.model(number), .all))
    }
    let reference = input.comparison(.model(variant.reference), all)
    let bins = Bins(edges: settings.massEdges)
    return VariantReport(
      name: variant.name, referenceSeed: input.models[variant.reference].seed, seeds: seeds,
      seedScatter: SeedScatter(seeds),
      massBins: bins.members(of: reference.truth).enumerated().map { bin, members in
        MassBinReport(
          massRange: bins.range(bin), statistics: ResidualStatistics(reference.selecting(members)))
      },
      shells: shells(reference, variant.reference), figures: figures(variant, reference))
  }

  private func shells(_ reference: MassComparison, _ model: Int) -> [ShellReport] {
    let edges = settings.radiusEdges
    return input.shells.enumerated().map { shell, members in
      let selected = reference.selecting(members)
      return ShellReport(
        above: shell == 0 ? 0 : edges[shell - 1], upTo: shell < edges.count ? edges[shell] : nil,
        statistics: ResidualStatistics(selected),
        information: information(.model(model), .shell(shell)),
        residuals: RunningInterval(
          of: selected.residuals, masses: selected.truth, in: massBins))
    }
  }

  private func figures(
    _ variant: (name: String, models: [Int], reference: Int), _ reference: MassComparison
  ) -> VariantFigures {
    VariantFigures(
      map: DensityMap.of(reference, window: settings.window),
      predictions: RunningInterval(
        of: reference.prediction, masses: reference.truth, in: massBins),
      residuals: RunningInterval(of: reference.residuals, masses: reference.truth, in: massBins),
      residualBands: bands(variant.models), violins: ViolinRow(reference, in: massBins),
      likelihood: likelihood(variant.reference, reference),
      histories: variant.models.map { input.models[$0].history })
  }

  /// The histograms of residuals in bins of the true mass, over all seeds.
  private func bands(_ models: [Int]) -> [Outcome<HistogramBand>] {
    let bins = Bins(edges: settings.massEdges)
    let cells = Bins(
      settings.residualBins, over: -settings.residualLimit...settings.residualLimit)
    let members = bins.members(of: input.particles.truth)
    return (0..<bins.count).map { bin in
      let histograms = models.map { number in
        let residuals = input.comparison(.model(number), members[bin]).residuals
        return (seed: input.models[number].seed, histogram: Histogram(of: residuals, in: cells))
      }
      return HistogramBand.of(histograms, massRange: bins.range(bin))
    }
  }

  private func likelihood(
    _ model: Int, _ reference: MassComparison
  ) -> Outcome<LikelihoodSlices> {
    input.models[model].network.map { network in
      let scale = network.likelihood
      return LikelihoodSlices(
        truth: reference.truth.map(scale.scaled),
        prediction: reference.prediction.map(scale.scaled),
        likelihood: scale.values, halfWidth: settings.likelihoodHalfWidth, logMass: scale.logMass)
    }
  }
}

extension SeedScatter {
  /// Compares the seeds of a variant.
  init(_ seeds: [SeedReport]) {
    func summary(_ values: [Double]) -> (mean: Outcome<Double>, deviation: Outcome<Double>) {
      (
        values.isEmpty ? .unknown("no seed has a value") : .known(Statistics.mean(values)),
        values.count > 1
          ? .known(standardDeviation(values)) : .unknown("two seeds with a value are needed")
      )
    }
    let information = seeds.compactMap { $0.information.value?.value }
    count = information.count
    (informationMean, informationDeviation) = summary(information)
    (correlationMean, correlationDeviation) = summary(
      seeds.compactMap { $0.statistics.correlation.value })
  }
}
