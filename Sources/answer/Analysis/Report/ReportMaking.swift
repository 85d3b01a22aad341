internal import Foundation
package import MPI

extension AnalysisInput {
  /// Makes the report.
  ///
  /// Collective: the estimates of information are shared by all ranks, the rest is computed on rank 0.
  ///
  /// - Parameters:
  ///   - creator: The program, with its version.
  ///   - threads: The threads of this rank.
  ///   - communicator: The ranks, all with the same input.
  ///   - tell: Is told how many estimates of this rank are done.
  /// - Returns: The report on rank 0, and `nil` on the others; the same for any number of ranks and threads.
  /// - Throws: The error that MPI reported, in an `AgreedFailure` if all ranks know of it.
  package func report(
    creator: String, threads: Int, on communicator: borrowing Communicator,
    tell: (_ done: Int, _ of: Int) -> Void = { _, _ in }
  ) throws -> Report? {
    let (requests, joint) = (requests, jointRequests)
    // Mixtures of three dimensions take some four times as long as those of two.
    let costs =
      joint.map { _ in 4 * particles.count + 1 } + requests.map { members($0.subset).count + 1 }
    let division = EstimateDivision(costs: costs, ranks: communicator.size)
    let estimates = try division.run(on: communicator, tell: tell) { number -> Estimate in
      number < joint.count
        ? .joint(estimate(joint[number], threads: threads))
        : .single(estimate(requests[number - joint.count], threads: threads))
    }
    guard let estimates else { return nil }
    return ReportMaker(
      input: self,
      estimates: Dictionary(
        uniqueKeysWithValues: zip(requests, estimates.dropFirst(joint.count)).compactMap {
          if case .single(let summary) = $1 { ($0, summary) } else { nil }
        }),
      joint: Dictionary(
        uniqueKeysWithValues: zip(joint, estimates).compactMap {
          if case .joint(let summary) = $1 { ($0, summary) } else { nil }
        })
    ).report(creator: creator)
  }
}

/// An estimate of one prediction, or of two.
private enum Estimate: Codable {
  case single(Outcome<InformationSummary>)
  case joint(Outcome<JointSummary>)
}

/// Puts a report together from its input and the estimates of information.
struct ReportMaker {
  let input: AnalysisInput
  let estimates: [InformationRequest: Outcome<InformationSummary>]
  var joint: [JointRequest: Outcome<JointSummary>] = [:]

  var settings: AnalysisSettings { input.settings }

  func report(creator: String) -> Report {
    var written = settings
    // Results do not depend on threads, and reports shall not either.
    written.threadsPerRank = nil
    let particles = input.particles
    return Report(
      creator: creator, experiment: input.experiment, settings: written,
      particles: ParticleReport(
        simulations: particles.simulations, count: particles.count,
        halos: input.halos.map { Set($0).count }, example: example),
      variants: input.variants.map(variant), differences: differences(), matrix: matrix(),
      joint: jointReports(),
      membership: membership(), twins: input.twins.indices.map(twinReport),
      collapse: input.collapse.map { collapse in
        collapse.models.indices.map { collapseReport($0, of: collapse) }
      },
      noise: noise(), gaps: gaps())
  }

  func information(
    _ column: InformationColumn, _ subset: InformationSubset
  ) -> Outcome<InformationSummary> {
    estimates[InformationRequest(column: column, subset: subset)]
      ?? .unknown("it was not estimated")
  }

  private var example: Outcome<ExampleParticle> {
    let particles = input.particles
    guard let number = particles.medianParticle else { return .unknown(tooFew(0, needed: 1)) }
    return .known(
      ExampleParticle(
        simulation: particles.simulations[particles.simulation[number]],
        site: particles.sites[number], logMass: particles.truth[number]))
  }

  private func noise() -> [NoiseReport] {
    let reference = NoiseReference(input.particles.truth)
    return settings.noiseLevels.enumerated().map { level, sigma in
      NoiseReport(
        sigma: sigma, exact: reference.information(sigma: sigma),
        estimate: information(.noise(level), .all))
    }
  }

  /// The first variant against the others.
  private func differences() -> [DifferenceReport] {
    guard let first = input.variants.first else { return [] }
    return input.variants.dropFirst().map { second in
      func difference(_ subset: InformationSubset) -> Outcome<InformationDifference> {
        .of(
          information(.model(first.reference), subset),
          minus: information(.model(second.reference), subset))
      }
      return DifferenceReport(
        first: first.name, second: second.name, overall: difference(.all),
        shells: input.shells.indices.map { difference(.shell($0)) })
    }
  }

  /// The first variant with each of the others.
  private func jointReports() -> [JointReport] {
    guard let first = input.variants.first else { return [] }
    return input.variants.dropFirst().map { second in
      let request = JointRequest(first: first.reference, second: second.reference)
      let estimate = joint[request] ?? .unknown("it was not estimated")
      return JointReport(
        first: first.name, second: second.name,
        information: estimate.map { summary in
          var summary = summary
          summary.compare(
            summary.first, of: first.name, with: information(.model(first.reference), .all))
          summary.compare(
            summary.second, of: second.name, with: information(.model(second.reference), .all))
          return summary
        })
    }
  }

  /// Returns the gaps of the report: those that the input lists, and those that the models show.
  private func gaps() -> [Gap] {
    var gaps = input.gaps
    let names = input.variants.map(\.name)
    let expected = input.matrix == nil ? ["raw", "averaged"] : []
    for variant in expected where !names.contains(variant) {
      gaps.append(
        Gap(
          subject: "the variant \(variant)", reason: "the run directory has no predictions of it",
          remedy: "halompi train and halompi predict with --set training.variant=\(variant)"))
    }
    for variant in input.variants where variant.models.count == 1 {
      gaps.append(
        Gap(
          subject: "the scatter between seeds of \(variant.name)", reason: "there is one seed",
          remedy: "halompi train and halompi predict with --set training.seed=2, 3, ..."))
    }
    for (model, census) in zip(input.models, input.particles.censuses) {
      if census.notFinite > 0 {
        gaps.append(
          Gap(
            subject: "\(census.notFinite) particles of \(model.name)",
            reason: "their predicted or true mass is not a finite number",
            remedy: "look at the loss in metrics.jsonl of the training"))
      }
      if census.notCommon > 0 {
        gaps.append(
          Gap(
            subject: "\(census.notCommon) particles of \(model.name)",
            reason: "another model has no finite prediction for them",
            remedy: "halompi predict all models with the same settings of sampling"))
      }
    }
    return gaps
  }
}

extension Outcome where Value == InformationDifference {
  /// Subtracts two estimates of the same particles.
  static func of(
    _ first: Outcome<InformationSummary>, minus second: Outcome<InformationSummary>
  ) -> Self {
    InformationDifference.of(first, minus: second)
  }
}
