internal import Analysis
internal import Text

extension ReportPage {
  /// Returns items of the answer: the information of each of two variants beyond that of the other.
  func items(of joint: JointReport) -> [String] {
    let variants = [(joint.first, joint.second), (joint.second, joint.first)]
    return zip(joint.parts[1...2], variants).map { quantity, variants in
      let (name, part) = (Quoting.html(quantity.name), quantity.part)
      let (one, other) = (Quoting.html(variants.0), Quoting.html(variants.1))
      switch part {
      case .unknown(let reason):
        return "<li>\(name): unknown, because \(Quoting.html(reason)).</li>"
      case .known(let part):
        var text = "<li>\(name), what \(one) says beyond \(other): \(number(part.value, 3))"
        if let error = part.standardError {
          text += " ± \(number(error, 3))"
        }
        text += " nats"
        if let level = part.significance.value {
          text += " (\(number(level, 1)) standard deviations)"
        }
        return text + ".</li>"
      }
    }
  }

  /// Returns an item of the answer: the information of a twin, and the networks' shares of it.
  func item(of twin: TwinReport) -> String {
    let name = "<strong>\(Quoting.html(twin.name))</strong>"
    guard let information = twin.information.value else {
      return "<li>\(name): no mutual information, because "
        + "\(Quoting.html(twin.information.reason ?? "")).</li>"
    }
    let error = information.standardError
    var text = "<li>\(name)"
    if let without = twin.shareWithout.value {
      text += " (\(number(100 * without, 0)) % of the particles are in none of its halos)"
    }
    text += ": \(number(information.value, 3))"
    if let error { text += " ± \(number(error, 3))" }
    text += " nats"
    if let ceiling = twin.gaussianCeiling.value {
      text += " (the phases up to k tell \(number(ceiling, 3)), if masses were Gaussian)"
    }
    let shares = twin.networks.compactMap { network -> String? in
      guard let share = network.share.value, let information = network.information.value else {
        return nil
      }
      var text = "\(Quoting.html(network.variant)) has \(number(information.value, 3)), "
      text += "\(number(100 * share.value, 0))"
      if let deviation = share.deviation.value { text += " ± \(number(100 * deviation, 0))" }
      return text + " % of it"
    }
    if !shares.isEmpty { text += "; on the others " + shares.joined(separator: "; ") }
    return text + ".</li>"
  }
}
