package import Analysis
internal import SubBoxes

extension Report {
  /// The figures that a report's own numbers make, in the order in which they are read.
  ///
  /// Those of trainings and of slices need files beside the report: ``TrainingFigure`` and ``SliceFigure``.
  package var figures: [Figure] {
    [informationFigure] + matrixFigures + variants.map(predictionFigure) + [
      residualFigure, radiusFigure,
    ]
      + violinFigures + variants.map(likelihoodFigure) + [collapseFigure] + ceilingFigures
  }

  private var informationFigure: Figure {
    InformationFigure.figure(
      of: variants.map { variant in
        let information = variant.seeds.first?.information.value
        return InformationFigure.Bar(
          name: variant.name, information: information?.value ?? .nan,
          error: information.flatMap { $0.standardError } ?? 0)
      },
      lines: noise.compactMap { noise in
        noise.exact.value.map {
          InformationFigure.NoiseLine(sigma: noise.sigma, information: $0)
        }
      })
  }

  private var matrixFigures: [Figure] {
    var settings: [[MatrixReport]] = []
    for line in matrix ?? [] {
      if settings.last?.first?.key == line.key {
        settings[settings.count - 1].append(line)
      } else {
        settings.append([line])
      }
    }
    return settings.enumerated().map { MatrixFigure.figure(number: $0 + 1, of: $1) }
  }

  private func predictionFigure(_ variant: VariantReport) -> Figure {
    PredictionFigure.figure(
      of: variant.figures.map.map {
        PredictionFigure.Content(
          map: $0, predictions: variant.figures.predictions, residuals: variant.figures.residuals)
      }, model: variant.name)
  }

  private var residualFigure: Figure {
    let edges = settings.massEdges
    return ResidualFigure.figure(
      of: variants.map {
        ResidualFigure.Model(name: $0.name, bands: $0.figures.residualBands)
      }, massRanges: zip(edges, edges.dropFirst()).map { $0...$1 },
      limit: settings.residualLimit)
  }

  private var radiusFigure: Figure {
    let shells = variants.first?.shells.indices ?? 0..<0
    return RadiusFigure.figure(
      of: shells.map { shell in
        RadiusFigure.Panel(
          above: variants[0].shells[shell].above, upTo: variants[0].shells[shell].upTo,
          entries: variants.map {
            RadiusFigure.Entry(
              model: $0.name, residuals: $0.shells[shell].residuals,
              information: $0.shells[shell].information.map(\.value))
          })
      })
  }

  /// The split violins of the first variant and each of the others.
  ///
  /// The first is alone if it is the only one; those that see the final density, which is another question, are
  /// alone too.
  private var violinFigures: [Figure] {
    // Every variant has the color that it has in the other figures.
    let models = variants.enumerated().map {
      ViolinFigure.Model(name: $1.name, row: $1.figures.violins, color: $0)
    }
    guard let first = models.first else { return [] }
    let others = zip(variants, models).dropFirst().map { variant, model in
      variant.seesFinalDensity
        ? ViolinFigure.figure(of: model) : ViolinFigure.figure(of: first, model)
    }
    return others.isEmpty ? [ViolinFigure.figure(of: first)] : others
  }

  private func likelihoodFigure(_ variant: VariantReport) -> Figure {
    LikelihoodFigure.figure(of: variant.figures.likelihood, model: variant.name)
  }

  private var collapseFigure: Figure {
    let networks = variants.prefix(1).map {
      CollapseFigure.Panel(name: "network, \($0.name)", map: $0.figures.map)
    }
    let models =
      switch collapse {
      case .known(let models):
        models.map { CollapseFigure.Panel(name: $0.model.shortName, map: $0.map) }
      case .unknown(let reason):
        [CollapseFigure.Panel(name: "analytic models", map: .unknown(reason))]
      }
    let twin = twins.prefix(1).map { CollapseFigure.Panel(name: $0.name, map: $0.map) }
    return CollapseFigure.figure(of: networks + models + twin)
  }

  /// Information against scale, if there are twins.
  private var ceilingFigures: [Figure] {
    guard !twins.isEmpty else { return [] }
    func point(
      _ twin: TwinReport, _ information: Outcome<InformationSummary>
    ) -> CeilingFigure.Point? {
      information.value.map {
        CeilingFigure.Point(
          wavenumber: twin.reseededAbove, information: $0.value,
          error: $0.standardError ?? 0)
      }
    }
    let ceiling = CeilingFigure.Curve(
      name: "twin universes", points: twins.compactMap { point($0, $0.information) }, color: nil)
    let networks = variants.enumerated().map { number, variant in
      CeilingFigure.Curve(
        name: variant.name,
        points: twins.compactMap { twin in
          twin.networks.first { $0.variant == variant.name }
            .flatMap { point(twin, $0.information) }
        }, color: number)
    }
    return [CeilingFigure.figure(of: [ceiling] + networks)]
  }
}

extension VariantReport {
  /// Whether the network saw where particles end, and not where they start.
  fileprivate var seesFinalDensity: Bool {
    seeds.compactMap(\.network.value).contains {
      NetworkInput(named: $0.input, finalVoxelSize: $0.voxelSize)?.showsFinalParticles ?? false
    }
  }
}
