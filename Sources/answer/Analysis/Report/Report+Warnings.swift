extension Report {
  /// A reason to look at estimates again before they are used.
  package struct Warning: Hashable, Sendable {
    /// The estimates that it is about, such as `raw-seed1` or `raw-seed1, r/r200m > 0.6`.
    package var subjects: [String]

    /// One sentence.
    package var text: String
  }

  /// The warnings of all estimates of information, each once, in the order in which they first appear.
  package var warnings: [Warning] {
    var warnings: [Warning] = []
    let joint = joint.map {
      ("\($0.first) with \($0.second)", $0.information.value?.warnings ?? [])
    }
    for (subject, texts) in estimates.map({ ($0, $1.value?.warnings ?? []) }) + joint {
      for text in texts {
        if let known = warnings.firstIndex(where: { $0.text == text }) {
          warnings[known].subjects.append(subject)
        } else {
          warnings.append(Warning(subjects: [subject], text: text))
        }
      }
    }
    return warnings
  }

  /// All estimates of information with what they are of.
  private var estimates: [(subject: String, estimate: Outcome<InformationSummary>)] {
    var estimates: [(subject: String, estimate: Outcome<InformationSummary>)] = []
    for variant in variants {
      estimates += variant.seeds.map { ("\(variant.name)-seed\($0.seed)", $0.information) }
      let reference = "\(variant.name)-seed\(variant.referenceSeed)"
      estimates += variant.shells.map { ("\(reference), r/r200m \($0.name)", $0.information) }
    }
    for model in collapse.value ?? [] {
      estimates.append((model.model.shortName, model.information))
      estimates += model.networks.map {
        ("\($0.variant) on the particles of \(model.model.shortName)", $0.information)
      }
    }
    for twin in twins {
      estimates.append((twin.name, twin.information))
      estimates += twin.networks.map {
        ("\($0.variant) on the particles of the \(twin.name)", $0.information)
      }
    }
    return estimates + noise.map { ("noise of \($0.sigma) dex", $0.estimate) }
  }
}
