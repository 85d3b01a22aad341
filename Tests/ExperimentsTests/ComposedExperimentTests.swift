import Analysis
import Fields
import Foundation
import Networks
import SubBoxes
import TestSupport
import Testing
import Training

@testable import Experiments
@testable import Settings

/// An experiment may extend others: it takes their settings, the later ones over the earlier ones and its own over all.
@Test func anExperimentTakesTheSettingsOfThoseThatItExtends() throws {
  try withScratchFolder { folder in
    func write(_ text: String, _ name: String) throws {
      let file = URL(filePath: "\(folder)/\(name)")
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    func failure(_ name: String) -> String {
      do {
        return "loaded as \(try Experiment(contentsOf: "\(folder)/\(name)"))"
      } catch {
        return "\(error)"
      }
    }
    try write(ExampleExperiment.yaml + "\ntraining: {batchSize: 32, epochs: 7}\n", "base/one.yaml")
    try write("training: {batchSize: 16, alpha: 2}\n", "two.yaml")
    try write(
      "extends: [base/one.yaml, two.yaml]\nname: child\ntraining:\n  alpha: 3\n", "child.yaml")
    try write("extends: child.yaml\n", "grandchild.yaml")
    for name in ["child.yaml", "grandchild.yaml"] {
      let child = try Experiment(contentsOf: "\(folder)/\(name)")
      #expect(child.name == "child" && child.simulations.count == 2)
      #expect(child.training.batchSize == 16 && child.training.epochs == 7)
      #expect(child.training.alpha == 3)
      // Paths refer to the folder of the file that they are written in.
      #expect(child.simulations[1].final?.hasSuffix("/base/two/final.hdf5") == true)
      #expect(child.simulations[0].initial?.hasSuffix("/base/../data/one/ics.hdf5") == false)
      #expect(child.simulations[0].initial?.hasSuffix("/data/one/ics.hdf5") == true)
    }
    try write("extends: two.yaml\nablation: {seeds: [1]}\n", "ablation.yaml")
    try write("extends: ablation.yaml\n", "heir.yaml")
    #expect(try Experiment.hasAblation(file: "\(folder)/heir.yaml", overrides: []))
    #expect(try !Experiment.hasAblation(file: "\(folder)/child.yaml", overrides: []))

    try write("extends: circle.yaml\n", "circle.yaml")
    #expect(failure("circle.yaml").contains("circle.yaml, line 1: `extends`: 8 files or more"))
    try write("name: a\nextends: nowhere.yaml\n", "lost.yaml")
    let lost = failure("lost.yaml")
    #expect(lost.contains("lost.yaml, line 2: cannot read") && lost.contains("nowhere.yaml"))
    try write("extends: {file: two.yaml}\n", "wrong.yaml")
    #expect(failure("wrong.yaml").contains("must be the path of an experiment file"))
    // A mistake is where it was written.
    try write("training:\n  batchSize: many\n", "mistaken.yaml")
    try write(ExampleExperiment.yaml + "\nextends: mistaken.yaml\n", "user.yaml")
    #expect(failure("user.yaml").contains("mistaken.yaml, line 2"))
  }
}

/// Inputs of a later file, or of an option, are in the place of an input before them; both at once say two things.
@Test func inputsReplaceAnInputBeforeThemAndAreNotGivenBesideOne() throws {
  try withScratchFolder { folder in
    func write(_ text: String, _ name: String) throws {
      try Data(text.utf8).write(to: URL(filePath: "\(folder)/\(name)"))
    }
    func names(_ name: String, _ overrides: String...) -> String {
      do {
        let file = "\(folder)/\(name)"
        return try Experiment(contentsOf: file, overrides: overrides).fields.networkInput.name
      } catch { return "\(error)" }
    }
    let refusal =
      "`fields.inputs`: fields.input: density is given too; give one of fields.input and fields.inputs"
    let list = "fields.inputs=[potential, shear]"
    for input in ["density", "potential"] {
      try write(ExampleExperiment.yaml + "\nfields: {input: \(input)}\n", "one.yaml")
      try write("extends: one.yaml\nfields: {inputs: [potential, shear]}\n", "several.yaml")
      #expect(names("one.yaml") == input)
      #expect(names("one.yaml", list) == "potential-shear")
      #expect(names("several.yaml") == "potential-shear")
    }
    // No list is no other way to say an input.
    #expect(names("one.yaml", "fields.inputs=null") == "potential")
    try write("extends: several.yaml\nfields: {input: density}\n", "again.yaml")
    try write(
      "extends: one.yaml\nfields: {input: density, inputs: [potential, shear]}\n", "both.yaml")
    #expect(names("again.yaml").contains(refusal) && names("both.yaml").contains(refusal))
    #expect(names("both.yaml").contains("both.yaml, line 2"))
    #expect(names("several.yaml", "fields.input=density").contains(refusal))
    #expect(names("one.yaml", "fields.input=density", list).contains(refusal))

    // An experiment as used reads back, also as older programs wrote it.
    let experiment = try Experiment(contentsOf: "\(folder)/several.yaml")
    _ = try experiment.record(to: "\(folder)/used.yaml")
    let text = try String(contentsOfFile: "\(folder)/used.yaml", encoding: .utf8)
    let older = text.replacing("  inputs:", with: "  input: density\n  inputs:")
    try write(older, "older.yaml")
    try write(older.split(separator: "\n").dropFirst().joined(separator: "\n"), "copied.yaml")
    for name in ["used.yaml", "older.yaml"] {
      #expect(try Experiment(contentsOf: "\(folder)/\(name)") == experiment)
      #expect(names(name, "fields.input=density").contains(refusal))
    }
    #expect(text.contains("inputs:") && !text.contains("input:"))
    #expect(names("copied.yaml").contains(refusal))
  }
}

/// A filtered input is an input of its own, of which field files hold only what networks are trained on.
@Test func aFilterIsPartOfTheInput() throws {
  let filter = "fields.filter={window: gaussian, radius: 2.5}"
  let filtered = try ExampleExperiment.load(overrides: ["fields.inputs=[density, shear]", filter])
  #expect("\(filtered.trainingName)" == "density-shear-gaussianLow2_5-seed1")
  var fields = FilteredFields(FieldFilter(.gaussian, radius: 2.5))
  (fields.density, fields.shear) = (true, true)
  #expect(try filtered.fieldNeeds() == FieldNeeds(filtered: [fields]))
  let identity = try filtered.trainingIdentity()
  #expect(identity.contains("fields.filter.radius = 2.5"))
  #expect(try !ExampleExperiment.load().trainingIdentity().contains { $0.contains("filter") })
  for (override, reason) in [
    ("fields.filter={window: sharpK}", "needs a wavenumber"),
    ("fields.filter={window: topHat, radius: 2, wavenumber: 1}", "has no wavenumber"),
    ("fields.filter={radius: 1e9}", "fields.filter.radius"),
    ("fields.filter={window: box, radius: 1}", "topHat"),
  ] {
    #expect(ExampleExperiment.message(overrides: [override]).contains(reason), "\(override)")
  }
  #expect(
    ExampleExperiment.message(overrides: [filter, "fields.input=finalDensity"]).contains(
      "finalDensity is made of particles"))
}

/// The variants of a matrix are all combinations, named by what varies, and field files hold what any of them needs.
@Test func aMatrixIsAllCombinationsOfItsValues() throws {
  let matrix = """
    ablation:
      seeds: [1]
      matrix:
        sampling.boxWidth: [9, 11]
        fields:
          filter: [null, {window: gaussian, radius: 2.5}]
        training.variant: [raw, averaged]
    """
  let experiment = try ExampleExperiment.load(ExampleExperiment.yaml + "\n" + matrix)
  let variants = experiment.ablation.effectiveVariants.elements
  #expect(
    variants.map(\.name) == [
      "boxWidth9-filternone-raw", "boxWidth9-filternone-averaged",
      "boxWidth9-gaussian-radius2_5-raw",
      "boxWidth9-gaussian-radius2_5-averaged", "boxWidth11-filternone-raw",
      "boxWidth11-filternone-averaged", "boxWidth11-gaussian-radius2_5-raw",
      "boxWidth11-gaussian-radius2_5-averaged",
    ])
  let last = try experiment.overridden(by: variants[7], seed: 1)
  #expect(last.sampling.boxWidth == 11 && last.training.variant == .averaged)
  #expect(last.fields.filter == FieldFilter(.gaussian, radius: 2.5))
  var fields = FilteredFields(FieldFilter(.gaussian, radius: 2.5))
  fields.density = true
  #expect(try experiment.fieldNeeds() == FieldNeeds(filtered: [fields]))
  #expect(
    experiment.ablation.variantMatrix?.axes.map(\.values) == [
      ["9", "11"], ["none", "window gaussian, radius 2.5"], ["raw", "averaged"],
    ])
  let written = try experiment.yaml()
  #expect(try Experiment(yaml: written, file: "e.yaml", folder: "/") == experiment)
}

@Test(arguments: [
  ("fields.inputs: [[density], [density, shear]]", ["density", "density-shear"]),
  ("network.hiddenUnits: [[8, 4], [16]]", ["hiddenUnits8-4", "hiddenUnits16"]),
  ("training.alpha: [3.16e-3, null]", ["alpha3_16e-3", "alphanone"]),
  ("sampling.includesField: [true, false]", ["includesFieldtrue", "includesFieldfalse"]),
  (
    "training.schedule: [{}, {decay: cosine, steps: 100}, {warmupSteps: 100}]",
    ["schedulenone", "cosine-steps100", "warmupSteps100"]
  ),
])
func variantsOfAMatrixHaveTheNamesOfTheirValues(axis: String, names: [String]) throws {
  let experiment = try ExampleExperiment.load(overrides: ["ablation.matrix={\(axis)}"])
  #expect(experiment.ablation.effectiveVariants.elements.map(\.name) == names)
}

@Test(arguments: [
  ("{sampling.boxWidth: 9}", "must be the values of the setting"),
  ("{sampling.boxWidth: []}", "it has no value"),
  ("{sampling.boxWidth: [9, 9]}", "is given twice"),
  ("{sampling.boxWidth: [9, 1]}", "sampling.boxWidth"),
  ("{sampling.boxWitdh: [9, 11]}", "boxWitdh"),
  ("{fields.neighbours: [16, 32]}", "all runs read the same field files"),
  ("{training.initialModel: [/a.h5, /b.h5]}", "cannot name a folder"),
])
func aMatrixThatMakesNoSenseIsRefused(matrix: String, reason: String) {
  let text = ExampleExperiment.message(overrides: ["ablation.matrix=\(matrix)"])
  #expect(text.contains(reason) && text.contains("ablation.matrix"), "\(text)")
}

@Test func aMatrixIsNeitherHugeNorBesideVariants() {
  let values = (1...101).map { "\($0 + 8)" }.joined(separator: ", ")
  let huge =
    "ablation.matrix={sampling.boxWidth: [\(values)], training.batchSize: [\(values)]}"
  #expect(ExampleExperiment.message(overrides: [huge]).contains("more than 10000 combinations"))
  let both = ExampleExperiment.message(
    overrides: [
      "ablation.matrix={sampling.boxWidth: [9, 11]}",
      "ablation.variants={raw: {training.variant: raw}}",
    ])
  #expect(both.contains("ablation.variants are given too"))
}
