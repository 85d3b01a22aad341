import DurableFiles
import Failures
import Foundation
import HDF5
import Networks
import RecordFiles
import TestSupport
import Testing
import Training

@testable import Interchange
@testable import SubBoxes

@Suite struct ModelTests {
  /// The prediction of PyTorch in double precision, which `Fixtures/make_fixtures.py` prints.
  @Test func thePredictionIsThatOfPyTorch() throws {
    let model = try Model(Fixture.weights(), from: "small.safetensors")
    let weights = try NetworkWeights(
      model.parameters, of: model.architecture, for: .reference)
    let box = (0..<64).map { model.data.standardization.channels[0](1 + Float($0 * 29 % 64) / 64) }
    let scaled = weights.makeEvaluator().predict(box)
    #expect(abs(Double(scaled) - 0.07532226169396226) < 1e-6)
    #expect(model.parameters.last == 0.25)
  }

  @Test func whatThePackageWroteIsWrittenWithTheSameBits() throws {
    let file = try Fixture.weights()
    let model = try Model(file, from: "small.safetensors")
    #expect(try model.safeTensors(provenance: nil, creator: "test").tensors == file.tensors)
  }

  @Test(arguments: [
    (7, [3, 2, 4], [5, 3]), (3, [2], []), (8, [1, 1], [1]), (5, [4, 3], []),
  ])
  func anExportedModelComesBackWithTheSameBits(
    width: Int, channels: [Int], hiddenUnits: [Int]
  ) throws {
    let model = Fixture.model(boxWidth: width, channels: channels, hiddenUnits: hiddenUnits)
    let exported = try model.safeTensors(provenance: "[]", creator: "test")
    let file = try SafeTensors(decoding: exported.encoded, of: "m.safetensors")
    #expect(file.metadata["provenance"] == "[]" && file.metadata["creator"] == "test")
    let back = try Model(file, from: "m.safetensors")
    #expect(back.parameters.map(\.bitPattern) == model.parameters.map(\.bitPattern))
    #expect(back.architecture == model.architecture && back.boxes == model.boxes)
    #expect(back.inputName == model.inputName && back.data == model.data)
    #expect(back.settings == model.settings && back.seed == model.seed)
    #expect(back.epoch == model.epoch && back.step == model.step)
    #expect(back.validationLoss == model.validationLoss)
  }

  /// The names of several channels go along, and a file that has others is told.
  @Test func aModelOfSeveralChannelsComesBackWithTheirNames() throws {
    let input = NetworkInput([.density, .shear], finalVoxelSize: .nan)
    let model = Fixture.model(input: input)
    var file = try model.safeTensors(provenance: nil, creator: "test")
    let names = "[\"density\",\"shear/major\",\"shear/intermediate\",\"shear/minor\"]"
    #expect(file.metadata["channels"]?.replacing("\\/", with: "/") == names)
    #expect(file.metadata["field"] == "density-shear")
    #expect(file.tensors["conv1.weight"]?.shape == [3, 4, 3, 3, 3])
    let back = try Model(file, from: "m.safetensors")
    #expect(back.parameters.map(\.bitPattern) == model.parameters.map(\.bitPattern))
    #expect(back.architecture == model.architecture && back.data == model.data)
    #expect(back.input == input)
    let graph = model.onnxGraph
    #expect(graph.inputs[0].shape == [4, 7, 7, 7])
    #expect(graph.inputs[0].description.contains("channels density, shear/major"))
    let one = try Fixture.model().safeTensors(provenance: nil, creator: "test")
    #expect(one.metadata["channels"] == nil)

    for (name, text, words) in [
      ("channels", "[\"density\"]", "`channels` are density, and its field density-shear has"),
      ("field", "potential", "`channels` are density, shear/major"),
      ("standardization", "{\"mean\":1,\"standardDeviation\":1}", "is of 1 channels"),
    ] {
      let kept = file.metadata[name]
      file.metadata[name] = text
      let error = #expect(throws: Failure.self) { try Model(file, from: "m.safetensors") }
      #expect(error?.description.contains(words) == true, "\(String(describing: error))")
      file.metadata[name] = kept
    }
    file.metadata["channels"] = nil
    file.metadata["field"] = "tides"
    let error = #expect(throws: Failure.self) { try Model(file, from: "m.safetensors") }
    #expect(
      error?.description.contains("tides has 6 channels, and its architecture takes 4") == true)
  }

  /// Shells and a mask go along, and make metadata that programs without them refuse.
  @Test func otherShellsAndMasksComeBack() throws {
    let plain = try Fixture.model().safeTensors(provenance: nil, creator: "test").metadata
    #expect(plain["halompi"] == "1" && plain["shells"] == nil && plain["mask"] == nil)
    var shells = ShellSettings()
    (shells.count, shells.spacing, shells.tensorRadius) = (3, .logarithmic, 2.5)
    var mask = RadiusMask()
    mask.inner = 1.5
    for kind in BoxKind.allCases {
      let boxes = BoxDescription(kind, shells: shells, mask: mask)
      let model = Fixture.model(boxWidth: 9, input: .density, boxes: boxes)
      var file = try model.safeTensors(provenance: nil, creator: "test")
      #expect(file.metadata["halompi"] == "2")
      #expect(try Model(file, from: "m.safetensors").boxes == boxes)
      let scratch = try ScratchFolder()
      try model.write(to: scratch.path("model.h5"))
      #expect(try Model(contentsOf: scratch.path("model.h5")).boxes == boxes)
      file.metadata["mask"] = "{\"outer\":-1}"
      let error = #expect(throws: Failure.self) { try Model(file, from: "m.safetensors") }
      #expect(error?.description.contains("its boxes cannot be made (a radius is negative") == true)
    }
    let other = Fixture.model(input: NetworkInput(.potential, finalVoxelSize: .nan))
    var file = try other.safeTensors(provenance: nil, creator: "test")
    file.metadata["variant"] = "ellipsoidal"
    let error = #expect(throws: Failure.self) { try Model(file, from: "m.safetensors") }
    #expect(error?.description.contains("which is no channel of potential") == true)
  }

  @Test func whatIsNotToldOfATrainingIsZero() throws {
    let model = try Model(Fixture.weights(), from: "small.safetensors")
    #expect(model.seed == 0 && model.epoch == 0 && model.step == 0)
    #expect(model.validationLoss.isNaN && model.settings.isEmpty)
    #expect(model.data.training.isEmpty && model.data.finalVoxelSize == nil)
    // NaN is left out again.
    let metadata = try model.safeTensors(provenance: nil, creator: "test").metadata
    #expect(metadata["validationLoss"] == nil && metadata["provenance"] == nil)
  }

  /// The package onnx writes the same graph, operation by operation, and its checker accepts it.
  @Test func theGraphHasTheBytesOfThePackageONNX() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("file")
    try Model(Fixture.weights(), from: "small.safetensors")
      .writeONNX(to: path, provenance: nil, creator: "test")
    // The package writes the constants in the order of the network, as we do.
    #expect(try Data(contentsOf: URL(filePath: path)) == Fixture.data("small.onnx"))
  }

  // MARK: - Wrong files

  /// What is changed of the small network's file.
  enum Change: Sendable {
    case text(String, String?)
    case value(String, Float)
    case shape(String, [Int])
    case removed(String)
    case added(String)
  }

  @Test(
    arguments: [
      (.removed("conv2.bias"), "no tensor conv2.bias"),
      (.added("optimizer.step"), "its network has no tensors optimizer.step"),
      (.shape("dense1.weight", [24, 5]), "dense1.weight has the shape [24, 5]"),
      (.shape("conv1.weight", [3, 3, 3, 1, 2]), "and its architecture has [2, 1, 3, 3, 3]"),
      (.value("dense2.weight", .nan), "element 1 of tensor dense2.weight is nan"),
      (.value("conv1.bias", -.infinity), "element 1 of tensor conv1.bias is -inf"),
      (.text("architecture", nil), "no metadata `architecture`"),
      (.text("architecture", "{\"boxWidth\": 4}"), "`architecture` cannot be understood"),
      (
        .text(
          "architecture",
          "{\"boxWidth\":2,\"convolutionChannels\":[2,3],\"hiddenUnits\":[5],\"leakySlope\":0}"),
        "its architecture cannot be used"
      ),
      (.text("standardization", "{\"mean\": 1, \"standardDeviation\": 0}"), "positive deviation"),
      (.text("standardization", "{\"mean\": NaN, \"standardDeviation\": 1}"), "be understood"),
      (.text("labels", "{\"minimum\": 13, \"maximum\": 11}"), "from 13.0 to 11.0"),
      (.text("labels", nil), "no metadata `labels`"),
      (.text("variant", "smooth"), "`variant` is smooth, not one of raw, averaged"),
      (.text("field", nil), "no metadata `field`"),
      (.text("voxelSize", "-1"), "voxels without a width"),
      (.text("seed", "-1"), "`seed` cannot be understood: -1"),
      (.text("halompi", "3"), "version 3, and this program reads 1 and 2"),
    ] as [(Change, String)])
  func aFileThatDoesNotFitIsTold(change: Change, words: String) throws {
    var file = try Fixture.weights()
    switch change {
    case .text(let name, let text): file.metadata[name] = text
    case .value(let name, let value): file.tensors[name]?.values[1] = value
    case .shape(let name, let shape): file.tensors[name]?.shape = shape
    case .removed(let name): file.tensors[name] = nil
    case .added(let name): file.tensors[name] = SafeTensors.Tensor(shape: [1], values: [0])
    }
    let error = #expect(throws: Failure.self) { try Model(file, from: "w.safetensors") }
    let message = error?.description ?? ""
    #expect(message.contains(words) && message.hasPrefix("importing w.safetensors: "), "\(message)")
  }

  @Test func gammaMustBePositive() throws {
    var file = try Fixture.weights()
    file.tensors["gamma"]?.values = [0]
    #expect(throws: Failure.self) { try Model(file, from: "w.safetensors") }
  }

  /// Weights for which memory would be taken by the words of the metadata alone: 34 GB.
  @Test func theShapesOfTensorsAreComparedBeforeMemoryIsTaken() throws {
    var file = try Fixture.weights()
    let architecture = try #require(file.metadata["architecture"])
    let small = try JSONDecoder().decode(NetworkArchitecture.self, from: Data(architecture.utf8))
    var large = small
    large.hiddenUnits = [65_536, 65_536, 65_536]
    file.metadata["architecture"] = String(
      decoding: try JSONEncoder().encode(large), as: UTF8.self)
    let error = #expect(throws: Failure.self) { try Model(file, from: "m.safetensors") }
    #expect("\(error as Any)".contains("m.safetensors"))
  }

  @Test(arguments: [
    ("\"boxWidth\":7", "\"boxWidth\":0", "its header cannot be used"),
    (
      "\"variant\":\"averaged\"",
      "\"shells\":{\"count\":1,\"spacing\":\"linear\"},\"variant\":\"averaged\"",
      "there cannot be 1 shells"
    ),
    ("\"eligible\":1000", "\"eligible\":-1", "it counts fewer than no samples"),
    ("\"boxWidth\":7", "\"boxWidth\":\"7\"", "the attribute header cannot be understood"),
    ("\"boxWidth\":7", "\"boxWidth\":7", "attribute seed holds 0 values instead of one"),
  ])
  func aModelWhoseHeaderIsWrongIsRefused(old: String, new: String, words: String) throws {
    let scratch = try ScratchFolder()
    let path = scratch.path("file")
    try Fixture.model().write(to: path)
    let intact = try HDF5File.open(path)
    let written = try intact.textAttribute("header")
    try intact.close()
    #expect(written.contains(old))
    let header = written.replacing(old, with: new)
    let file = try HDF5File.create(path)
    try file.setAttribute("format", to: "halompi-model")
    try file.setAttribute("version", to: Int32(1))
    try file.setAttribute("header", to: header)
    try file.setAttribute(
      "headerChecksum", to: Checksum(of: Data(header.utf8)).description)
    try file.setAttribute("seed", to: [UInt64]())
    try file.close()
    let error = #expect(throws: Failure.self) { try Model(contentsOf: path) }
    #expect(error?.exitCode == .badData)
    #expect(error?.description.contains(path) == true)
    #expect(error?.reason.contains(words) == true, "\(error as Any)")
  }
}
