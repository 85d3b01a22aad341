import Foundation
import Networks
import SubBoxes
import TestSupport
import Testing
import Training

@testable import Experiments
@testable import Failures
@testable import Settings

private let example = ExampleExperiment.yaml

private func load(_ yaml: String, overrides: [String] = []) throws -> Experiment {
  try ExampleExperiment.load(yaml, overrides: overrides)
}

private func message(_ yaml: String, overrides: [String] = []) -> String {
  ExampleExperiment.message(yaml, overrides: overrides)
}

/// It predicts with the model of another experiment.
@Test func anExperimentMayHaveTestSimulationsAlone() throws {
  let experiment = try load(example, overrides: ["simulations[0].role=test"])
  let error = #expect(throws: Failure.self) { try experiment.requireTraining() }
  #expect(error?.exitCode == .usage && error?.remedy.contains("--model") == true)
  try load(example).requireTraining()
}

@Test func pathsOfAFileAreRelativeToItsFolder() throws {
  let simulations = try load(example).simulations
  #expect(simulations[0].initial == "/home/data/one/ics.hdf5")
  #expect(simulations[0].catalogue == "/data/one/halos.hdf5")
  #expect(simulations[1].final == "/home/jobs/two/final.hdf5")
}

@Test(arguments: [
  ("/a/b", "/a/b"), ("a/./b", "/x/y/a/b"), ("./a", "/x/y/a"), ("../../../a", "/a"),
  ("a/../b", "/x/y/a/../b"),
])
func onlyLeadingDotsAreResolved(path: String, absolute: String) {
  #expect(absolutePath(path, in: "/x/y") == absolute)
}

@Test func theExperimentAsUsedReadsBackEqual() throws {
  let experiment = try load(example, overrides: ["sampling.boxWidth=39"])
  let yaml = try experiment.yaml()
  #expect(try load(yaml) == experiment)
  #expect(yaml.contains("minimumLogMass: null"))
  #expect(yaml.contains("neighbours: 32"))
}

@Test(arguments: [
  (["name=a/b"], ["`name`", "cannot name the folder"]),
  (["simulations[1].name=one"], ["`simulations[1].name`", "simulations[0] is called one too"]),
  (["simulations[0].role=validation"], ["`simulations`", "no simulation has the role training"]),
  (
    ["simulations[1].final=../data/one/final.hdf5"],
    ["`simulations[1]`", "two (test) has a file of one (training)", "in one role"]
  ),
  (["fields.neighbours=0"], ["--set fields.neighbours=0", "0 is out of range", "2 or more"]),
  (["fields.threadsPerRank=0"], ["`fields.threadsPerRank`", "0 is out", "from 1 to 1024"]),
  (["sampling.boxWidth=2"], ["--set", "`sampling.boxWidth`", "from 3 to 512"]),
  (["sampling.trainingSamples=-1"], ["`sampling.trainingSamples`", "from 0 to 1000000000000"]),
  (["stream.threads=0"], ["--set stream.threads=0", "0 is out", "1 or more, 1024 at most"]),
  (["training.batchSize=0"], ["--set", "`training.batchSize`", "0 is out", "from 1 to 4096"]),
  (["training.epochs=0"], ["`training.epochs`", "1 or more"]),
  (["training.variant=rwa"], ["`training.variant` is `rwa`", "one of raw, averaged"]),
  (["fields.inputs=[]"], ["--set fields.inputs=[]", "it names no input", "one input or more"]),
  (["fields.inputs=[density, density]"], ["`fields.inputs`", "names an input twice"]),
  (
    ["fields.inputs=[density, finalDensity]"],
    ["`fields.inputs`", "finalDensity is around the place where a particle ends", "alone"]
  ),
  (
    ["fields.input=potential", "fields.inputs=[density, shear]"],
    ["`fields.inputs`", "fields.input: potential is given too", "give one of"]
  ),
  (
    ["fields.inputs=[density, potential, shear, tides]"],
    [
      "`fields.inputs`", "density-potential-shear-tides has 11 channels",
      "the fast kernels take 1 to 8;",
      "leave out an input (shear has 3 channels, tides has 6), or set training.kernels to reference",
    ]
  ),
  (
    ["fields.inputs=[tides]", "training.variant=averaged", "training.symmetries=rotations"],
    ["`training.symmetries`", "does not turn averaged boxes", "shear instead of tides"]
  ),
  (["training.shells.count=1"], ["`training.shells.count`", "1 is out", "from 2 to 256"]),
  (
    ["training.shells.count=40", "training.variant=averaged", "sampling.boxWidth=15"],
    ["`training.shells.count`", "has no voxel in a box of 15^3", "fewer shells, or a wider box"]
  ),
  (
    ["training.variant=ellipsoidal", "training.shells.tensorRadius=38"],
    [
      "`training.shells.tensorRadius`", "38.0 voxels does not fit inside a box of 75^3",
      "37 at most",
    ]
  ),
  (
    ["training.variant=ellipsoidal", "fields.inputs=[potential, shear]"],
    [
      "`training.variant`", "which is no channel of potential-shear",
      "add density to fields.inputs",
    ]
  ),
  (
    ["training.mask.inner=6", "training.mask.outer=5"],
    ["`training.mask`", "no voxel of a box of 75^3 has 6.0 <= r <= 5.0 voxels"]
  ),
  (["training.mask.inner=70"], ["`training.mask`", "no voxel of a box of 75^3 has 70.0 <= r"]),
  (["training.mask.outer=-1"], ["`training.mask.outer`", "-1", "from 0 to 1000"]),
  (["network.leakySlope=2"], ["--set", "`network.leakySlope`", "from 0 to 1"]),
])
func settingsThatMakeNoSenseAreRefusedWithARemedy(overrides: [String], words: [String]) {
  let text = message(example, overrides: overrides)
  for word in words { #expect(text.contains(word), "\(text)") }
}

@Test func aProblemIsToldWithTheLineThatItIsOn() {
  #expect(message("fields:\n  neighbours: 0\n" + example).contains("e.yaml, line 2"))
  #expect(message("simulations: []").hasPrefix("`name`: \"\" cannot name"))
}

@Test func aMissingFileIsMissingInput() {
  let error = #expect(throws: SettingsError.self) {
    try Experiment(contentsOf: "/nowhere/e.yaml")
  }
  #expect(error?.description.contains("cannot read /nowhere/e.yaml: there is no such file") == true)
  #expect(error?.exitCode == .missingInput)
}

@Test func aTextThatIsNotUnicodeIsNamedWithItsLine() throws {
  let scratch = try ScratchFolder()
  let file = scratch.path("e.yaml")
  try Data("name: a\nruns: \u{e9}\n".utf8 + [0x72, 0x75, 0xE9, 0x0A]).write(to: URL(filePath: file))
  let error = #expect(throws: SettingsError.self) { try Experiment(contentsOf: file) }
  #expect(
    error?.description.contains("\(file), line 3: this is not valid YAML: the text is not in UTF-8")
      == true, "\(String(describing: error))")
  #expect(error?.exitCode == .badData)
}

@Test func onlySettingsWithAnEffectOnTheModelIdentifyATraining() throws {
  let experiment = try load(example)
  let moved = try load(
    example,
    overrides: [
      "simulations[0].initial=/b", "simulations[1].name=other", "prediction.roles=[validation]",
      "runs=/scratch", "stream.threads=2", "training.threadsPerRank=3",
    ])
  let identity = try experiment.trainingIdentity()
  #expect(try moved.trainingIdentity() == identity)
  #expect(identity.contains("fields.neighbours = 32"))
  #expect(identity.contains("simulations[0].name = one"))
  let changed = try load(
    example, overrides: ["fields.neighbours=16", "simulations[1].role=validation"])
  #expect(
    Set(try changed.trainingIdentity()).subtracting(identity) == [
      "fields.neighbours = 16", "simulations[1].name = two", "simulations[1].role = validation",
    ])
}

@Test func differencesNameEarlierAndPresentValues() throws {
  let experiment = try load(example)
  let changed = try load(
    example, overrides: ["fields.neighbours=16", "sampling.minimumLogMass=11"])
  #expect(
    try changed.differences(from: experiment).map(\.description) == [
      "fields.neighbours was 32 and is 16", "sampling.minimumLogMass was null and is 11.0",
    ])
  #expect(try experiment.differences(from: experiment).isEmpty)
}

@Test func aSimulationMoreIsADifferenceOfAllItsKeys() throws {
  let experiment = try load(example)
  var larger = experiment
  larger.simulations.append(
    SimulationSettings(name: "three", role: .test, initial: "/i", final: "/f", catalogue: "/c"))
  #expect(
    try larger.differences(from: experiment).first?.description
      == "simulations[2].name was not given and is three")
  #expect(try larger.differences(from: experiment).count == 13)
  #expect(try experiment.differences(from: larger).allSatisfy { $0.new == nil })
}

@Test func everySettingWithoutEffectIsASettingThatExists() throws {
  let paths = try load(example).settings().map(\.path.replacingIndices)
  for setting in Experiment.settingsWithoutEffectOnTraining {
    #expect(
      paths.contains {
        $0 == setting || $0.hasPrefix(setting + ".") || $0.hasPrefix(setting + "[")
      },
      "\(setting)")
  }
}

extension String {
  fileprivate var replacingIndices: String { replacing(/\[\d+\]/, with: "[]") }
}

/// Settings that came after models were made without them have no line while they are at their defaults.
@Test func youngSettingsIdentifyATrainingOnlyIfTheyAreSet() throws {
  let identity = try load(example).trainingIdentity()
  let young = [
    "training.schedule", "training.clipNorm", "training.symmetries", "training.initialModel",
    "training.shells", "training.mask",
  ]
  #expect(!identity.contains { line in young.contains { line.hasPrefix($0) } })
  let changed = try load(
    example,
    overrides: [
      "training.schedule.warmupSteps=5", "training.clipNorm=2", "training.symmetries=all",
      "training.initialModel=/nowhere/model.h5",
    ])
  #expect(
    Set(try changed.trainingIdentity()).subtracting(identity) == [
      "training.schedule.warmupSteps = 5", "training.clipNorm = 2.0", "training.symmetries = all",
      "training.initialModel = /nowhere/model.h5",
    ])
}

/// Shells identify trainings on boxes that have them, and so do the axes of ellipsoids; a mask identifies all.
@Test func shellsAndMasksIdentifyTrainingsThatDependOnThem() throws {
  func identity(_ settings: String...) throws -> Set<String> {
    Set(try load(example, overrides: settings).trainingIdentity())
  }
  let shells = ["training.shells.count=10", "training.shells.spacing=logarithmic"]
  #expect(try identity() == identity(shells[0], shells[1], "training.shells.tensorRadius=9"))
  for (variant, lines) in [
    (
      "averaged", ["training.shells.count = 10", "training.shells.spacing = logarithmic"]
    ),
    (
      "ellipsoidal",
      [
        "training.shells.count = 10", "training.shells.spacing = logarithmic",
        "training.shells.tensorRadius = 9.0",
      ]
    ),
  ] {
    let plain = try identity("training.variant=\(variant)")
    let changed = try identity(
      "training.variant=\(variant)", shells[0], shells[1], "training.shells.tensorRadius=9")
    #expect(changed.subtracting(plain) == Set(lines) && plain.isSubset(of: changed))
  }
  let (plain, masked) = (try identity(), try identity("training.mask.outer=6"))
  #expect(masked.subtracting(plain) == ["training.mask.outer = 6.0"])
}

/// Variants of an ablation that see the center and the outskirts, in shells of their own.
@Test func anAblationHasMasksAndShells() throws {
  let experiment = try load(
    example,
    overrides: [
      "ablation.variants={center: {training.mask.outer: 6}, outskirts: {training.mask: {inner: 6}}, "
        + "round: {training.variant: averaged, training.shells: {count: 8, spacing: logarithmic}}, "
        + "triaxial: {training.variant: ellipsoidal}}"
    ])
  let boxes = try experiment.ablation.effectiveVariants.elements.map {
    "\(try experiment.overridden(by: $0, seed: 1).training.boxes)"
  }
  #expect(
    boxes == [
      "raw, r <= 6.0 voxels", "raw, 6.0 <= r voxels", "averaged in 8 logarithmic shells",
      "ellipsoidal",
    ])
  let triaxial = try load(example, overrides: ["training.variant=ellipsoidal"])
  #expect("\(triaxial.trainingName)" == "ellipsoidal-seed1")
  #expect(triaxial.effectiveTraining.epochLimit == 40)
}

/// One input is the same training whether it is named alone or in a list; several are a training of their own.
@Test func aListOfOneInputIsThatInput() throws {
  func with(_ setting: String) throws -> Experiment {
    try load(example, overrides: [setting])
  }
  for (one, list, name) in [
    ("density", "[density]", "raw-seed1"), ("potential", "[potential]", "potential-seed1"),
  ] {
    let (alone, listed) = (try with("fields.input=\(one)"), try with("fields.inputs=\(list)"))
    #expect(try alone.trainingIdentity() == listed.trainingIdentity())
    #expect(alone.trainingName == listed.trainingName && "\(alone.trainingName)" == name)
    #expect(alone.fields.networkInput == listed.fields.networkInput)
  }
  #expect(
    try !with("fields.input=potential").trainingIdentity().contains { $0.contains("inputs") })
  let several = try with("fields.inputs=[density, potential, shear]")
  #expect("\(several.trainingName)" == "density-potential-shear-seed1")
  #expect(several.architecture.inputChannels == 5)
  #expect(
    try several.fieldNeeds() == FieldNeeds(potential: true, shear: true, tides: false, final: false)
  )
  #expect(try several.trainingIdentity().contains("fields.inputs[2] = shear"))
  #expect(several.effectiveTraining.epochs == nil)
}

@Test func aModelToStartFromIsNamedByItsChecksumWhereverItIs() throws {
  try withScratchFolder { folder in
    func line(_ name: String) throws -> String? {
      try load(example, overrides: ["training.initialModel=\(folder)/\(name)"])
        .trainingIdentity().first { $0.hasPrefix("training.initialModel") }
    }
    try Data("weights".utf8).write(to: URL(filePath: "\(folder)/one"))
    try Data("weights".utf8).write(to: URL(filePath: "\(folder)/two"))
    try Data("others".utf8).write(to: URL(filePath: "\(folder)/three"))
    #expect(try line("one") == line("two"))
    #expect(try line("one")?.hasPrefix("training.initialModel = checksum ") == true)
    #expect(try line("one") != line("three"))
  }
}

@Test func theModelOfAVariantHasAnAbsolutePath() throws {
  let experiment = try load(example, overrides: ["training.initialModel=models/a.h5"])
  #expect(experiment.training.initialModel?.hasPrefix("/") == true)
  let variant = AblationVariant(
    name: "tuned", overrides: [.init(key: "training.initialModel", value: "models/a.h5")])
  let error = #expect(throws: SettingsError.self) {
    try experiment.overridden(by: variant, seed: 1)
  }
  #expect(error?.description.contains("absolute path") == true)
}

@Test(arguments: ["cosine", "step"]) func aDecayWithoutItsStepsIsRefused(decay: String) throws {
  let text = message(example, overrides: ["training.schedule.decay=\(decay)"])
  #expect(text.contains("training.schedule.steps") && text.contains("has no number of steps"))
  _ = try load(
    example, overrides: ["training.schedule.decay=\(decay)", "training.schedule.steps=10"])
}
