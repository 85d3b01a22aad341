internal import Settings

/// `fields.inputs` lists several inputs in the place of the one that `fields.input` names.
extension SettingsTree {
  /// Returns earlier settings, without their `fields.input` if these list `fields.inputs` in its place.
  func replacingInput(in earlier: SettingsTree) -> SettingsTree {
    guard let inputs, inputs.content != .null else { return earlier }
    return earlier.withoutInput
  }

  /// Returns the same settings, with the default of `fields.input` if an option lists `fields.inputs` in the place of what a
  /// file has.
  func replacingInputOfFile(byDefaultOf defaults: SettingsTree) -> SettingsTree {
    guard case .option = inputs?.origin, case .file = input?.origin else { return self }
    return defaults.overlaid(by: replacingInput(in: self))
  }

  /// Whether `fields.input` is written somewhere, and not a default.
  var givesInput: Bool { input.map { $0.origin != .defaults } ?? false }

  private var input: SettingsTree? { self["fields"]?["input"] }
  private var inputs: SettingsTree? { self["fields"]?["inputs"] }

  /// The same settings without `fields.input`.
  private var withoutInput: SettingsTree {
    guard case .mapping(var entries) = content,
      let place = entries.firstIndex(where: { $0.key == "fields" })
    else { return self }
    entries[place].value = entries[place].value.without(key: "input")
    var tree = self
    tree.content = .mapping(entries)
    return tree
  }
}
