internal import Foundation
package import Settings
internal import Simulations
internal import Snapshots
internal import Training

extension Experiment {
  /// Reads an experiment file, lays it and the overrides over the defaults, and checks the result.
  ///
  /// - Parameters:
  ///   - file: The path of the YAML file, to whose folder its relative paths refer.
  ///   - overrides: Options `KEY=VALUE` in their order; a later one wins.
  /// - Throws: `SettingsError` with the place of the first mistake and what to do about it.
  package init(contentsOf file: String, overrides: [String] = []) throws(SettingsError) {
    let file = ExperimentFile(path: file)
    try self.init(yaml: file.text(), file: file.path, folder: file.folder, overrides: overrides)
  }

  /// Whether an experiment file or an override of it has a section `ablation`.
  ///
  /// - Parameters:
  ///   - file: The path of the YAML file.
  ///   - overrides: Options `KEY=VALUE`.
  /// - Returns: Whether one of them names it.
  /// - Throws: `SettingsError` if the file cannot be read.
  package static func hasAblation(
    file: String, overrides: [String]
  ) throws(SettingsError) -> Bool {
    let tree = try ExperimentFile(path: file).tree()
    return tree["ablation"] != nil
      || overrides.contains { $0.hasPrefix("ablation.") || $0.hasPrefix("ablation=") }
  }

  /// Reads an experiment from text.
  ///
  /// - Parameters:
  ///   - yaml: The text.
  ///   - file: The name of the file in messages.
  ///   - folder: The absolute path to which relative paths of the text refer.
  ///   - overrides: Options `KEY=VALUE` in their order; a later one wins.
  /// - Throws: `SettingsError` with the place of the first mistake and what to do about it.
  package init(
    yaml: String, file: String, folder: String, overrides: [String] = []
  ) throws(SettingsError) {
    let defaults = try SettingsEncoder.tree(of: Experiment())
    let own = ExperimentFile(path: file, folder: folder)
    var tree = defaults.overlaid(by: try own.tree(of: yaml))
    for option in overrides {
      tree = try SettingsOverride(option).applied(to: tree)
    }
    tree = tree.replacingInputOfFile(byDefaultOf: defaults)
    self = try SettingsDecoder.decode(Experiment.self, from: tree)
    try tree.refuse(problems.first ?? fields.problem(givesInput: tree.givesInput))
    func absolute(_ path: String, at setting: String) -> String {
      absolutePath(path, in: own.folder(of: tree.origin(at: setting)))
    }
    for index in simulations.indices {
      let simulation = "simulations[\(index)]"
      for (file, key) in [
        (\SimulationSettings.initial, "initial"), (\.final, "final"), (\.catalogue, "catalogue"),
      ] {
        simulations[index][keyPath: file] = simulations[index][keyPath: file].map {
          absolute($0, at: "\(simulation).\(key)")
        }
      }
      if let table = simulations[index].labels?.file {
        simulations[index].labels?.file = absolute(table, at: "\(simulation).labels.file")
      }
    }
    training.initialModel = training.initialModel.map {
      absolute($0, at: "training.initialModel")
    }
    universe.spectrum = universe.spectrum.map { absolute($0, at: "universe.spectrum") }
  }

  /// Makes an experiment of defaults and overrides, without simulations.
  ///
  /// - Parameter overrides: Options `KEY=VALUE` in their order; a later one wins.
  /// - Throws: `SettingsError` with the first mistake in the universe and what to do about it.
  package init(overrides: [String]) throws(SettingsError) {
    var tree = try SettingsEncoder.tree(of: Experiment())
    for option in overrides {
      tree = try SettingsOverride(option).applied(to: tree)
    }
    self = try SettingsDecoder.decode(Experiment.self, from: tree)
    try tree.refuse(rangeProblems.first ?? universe.problems.first)
  }

  /// Returns the experiment as used, with all defaults filled in (but for the input that a list of inputs replaces), as
  /// YAML that reads back equal.
  package func yaml() throws(SettingsError) -> String {
    let tree = try SettingsEncoder.tree(of: self)
    return try tree.replacingInput(in: tree).yaml()
  }
}

extension SettingsTree {
  /// Throws a problem, if there is one, with the place of the setting.
  fileprivate func refuse(_ problem: SettingProblem?) throws(SettingsError) {
    guard let problem else { return }
    throw SettingsError(
      path: problem.path, origin: origin(at: problem.path),
      problem: .invalid(reason: problem.reason, remedy: problem.remedy))
  }

  /// The place where the setting at `path` was written, or that of the section that it is missing
  /// from, or of the first setting in it.
  fileprivate func origin(at path: String) -> SettingsOrigin {
    var above: SettingsOrigin?
    var below: SettingsOrigin?
    visit { candidate, node in
      guard node.origin != .defaults, !candidate.isEmpty else { return }
      if path == candidate || path.hasPrefix(candidate + ".") || path.hasPrefix(candidate + "[") {
        above = node.origin
      } else if candidate.hasPrefix(path + ".") || candidate.hasPrefix(path + "[") {
        below = below ?? node.origin
      }
    }
    return above ?? below ?? .defaults
  }

  private func visit(at path: SettingsPath = .root, _ body: (String, SettingsTree) -> Void) {
    body(path.description, self)
    switch content {
    case .null, .scalar: break
    case .sequence(let elements):
      for (index, element) in elements.enumerated() {
        element.visit(at: path.appending(index: index), body)
      }
    case .mapping(let entries):
      for entry in entries { entry.value.visit(at: path.appending(key: entry.key), body) }
    }
  }
}

/// Returns `path` if it is absolute, and else the path to it by way of `folder`.
///
/// Only leading `..` are resolved, against `folder`, which must be free of links: a `..` behind a
/// folder's name may lead through a link.
package func absolutePath(_ path: String, in folder: String) -> String {
  guard !path.hasPrefix("/") else { return path }
  var folders = folder.split(separator: "/")
  var steps = path.split(separator: "/").filter { $0 != "." }[...]
  while steps.first == ".." {
    steps.removeFirst()
    _ = folders.popLast()
  }
  return "/" + (folders + steps).joined(separator: "/")
}
