import DurableFiles
import Foundation
import MPI
import TestSupport
import Testing

@testable import Experiments
@testable import Failures
@testable import Runs
@testable import Text

@Suite(.serialized) struct ProvenanceTests {
  @Test func everyStartOfAJobIsRecorded() throws {
    try withWorld { world in
      let folder = try temporaryDirectory("provenance-\(world.rank)-\(UUID())")
      let input = "\(folder)/input"
      try DurableFile.write(Data("abc".utf8), to: input)
      let provenance = try Provenance.collect(
        on: world, threadsPerRank: 2, inputs: [input])
      #expect((provenance != nil) == world.isRoot)
      guard let provenance else { return }
      let file = "\(folder)/new/provenance.json"
      try provenance.append(to: file)
      try provenance.append(to: file)
      let starts = try JSONDecoder().decode([Provenance].self, from: DurableFile.read(file))
      #expect(starts == [provenance, provenance])
      #expect(provenance.ranks == world.size)
      #expect(provenance.hosts.map(\.ranks).reduce(0, +) == world.size)
      #expect(provenance.program.version == halompiVersion)
      #expect(provenance.inputs.first?.checksum == Checksum(of: Data("abc".utf8)).description)
      #expect(provenance.inputs.first?.byteCount == 3)
    }
  }

  @Test func aFileThatIsNoListOfStartsIsNotOverwritten() throws {
    try withWorld { world in
      guard world.size == 1, let provenance = try Provenance.collect(on: world) else { return }
      let file = try temporaryDirectory("provenance-\(UUID())") + "/provenance.json"
      try DurableFile.write(Data("{}".utf8), to: file)
      let error = #expect(throws: ProvenanceError.self) { try provenance.append(to: file) }
      #expect(error?.exitCode == .badData)
      #expect(try DurableFile.read(file) == Data("{}".utf8))
    }
  }
}

@Test func theExperimentAsUsedIsWrittenAndChangesAreTold() throws {
  var experiment = Experiment()
  experiment.name = "recorded"
  experiment.simulations = [
    SimulationSettings(name: "one", role: .training, initial: "/i", final: "/f", catalogue: "/c")
  ]
  let directory = RunDirectory(
    of: experiment, runs: try temporaryDirectory("record-\(UUID())") + "/runs")
  #expect(try directory.record(experiment).isEmpty)
  #expect(try Experiment(contentsOf: directory.experimentFile) == experiment)
  #expect(try directory.record(experiment).isEmpty)
  experiment.fields.neighbours = 16
  #expect(
    try directory.record(experiment).map(\.description) == ["fields.neighbours was 32 and is 16"])
  #expect(try Experiment(contentsOf: directory.experimentFile) == experiment)
}
