internal import ArgumentParser
internal import SubBoxes
internal import Training

/// The options that change the boxes of a prediction, and that ask for its gradient.
struct PerturbationOptions: ParsableArguments {
  @Option(
    name: .customLong("perturb"),
    help: ArgumentHelp(
      "Write how predictions change by a density, a tide or other phases of these strengths instead (repeatable).",
      discussion:
        "A density is added to rho/rho_mean, a tide is the eigenvalue of the tidal tensor along its axis, and phases "
        + "have a wavenumber in h/Mpc, above which they are others.",
      valueName: "density|tide|phases=s,..."))
  var responses: [StrengthList] = []

  @Option(
    help: ArgumentHelp(
      "The axis of tides: 1, 2 or 3 of the particle's own tide, the largest eigenvalue first, or a direction on the grid.",
      valueName: "1|2|3|x,y,z"))
  var tideAxis = Perturbation.Axis.own(1)

  @Option(help: ArgumentHelp("The seed of other phases.", valueName: "number"))
  var phaseSeed: UInt64 = 1

  @Option(
    help: ArgumentHelp(
      "Write the mean gradient with respect to the box of up to so many particles of each bin of mass instead.",
      valueName: "particles"))
  var sensitivity: Int?

  func validate() throws {
    try requireOption("sensitivity", sensitivity, in: 1...PredictionJob.largestSensitivityCount)
    let names = perturbations.map(\.description)
    if Set(names).count < names.count {
      throw ValidationError("--perturb has a strength twice; give each once")
    }
    if names.count > 64 {
      throw ValidationError("--perturb has \(names.count) strengths, and takes up to 64")
    }
  }

  /// The perturbations in the order of the command line.
  var perturbations: [Perturbation] {
    responses.flatMap { list in
      list.strengths.map {
        switch list.form {
        case .density: Perturbation(density: $0)
        case .tide: Perturbation(tide: $0, along: tideAxis)
        case .phases: Perturbation(phasesAbove: $0, seed: phaseSeed)
        }
      }
    }
  }
}

/// A form of perturbations, and strengths of it: `density=-0.1,0.1`.
struct StrengthList: ExpressibleByArgument {
  let form: Perturbation.Form
  let strengths: [Double]

  init?(argument: String) {
    let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    guard parts.count == 2, let form = Perturbation.Form(rawValue: String(parts[0])) else {
      return nil
    }
    let words = parts[1].split(separator: ",", omittingEmptySubsequences: false)
    let strengths = words.compactMap { Double($0) }
    let least: Double = form == .phases ? 0 : -100
    guard strengths.count == words.count, strengths.allSatisfy((least...100).contains) else {
      return nil
    }
    self.form = form
    self.strengths = strengths
  }
}

extension Perturbation.Axis: ExpressibleByArgument {}
