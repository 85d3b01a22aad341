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

  @Test func whatAStartTookIsAddedToItsRecord() throws {
    try withWorld { world in
      let folder = try temporaryDirectory("provenance-\(world.rank)-\(UUID())")
      let file = "\(folder)/provenance.json"
      let meter = JobMeter()
      var sum = 0.0
      while ContinuousClock.now < meter.start + .milliseconds(50) { sum += sin(sum + 1) }
      let provenance = try Provenance.collect(on: world, plannedMemory: 7)
      let usage = try meter.end(on: world)
      #expect((usage != nil) == world.isRoot && sum.isFinite)
      guard let provenance, let usage else { return }
      #expect(usage.seconds >= 0.05 && !usage.hasFailed)
      #expect(usage.hosts.map(\.ranks).reduce(0, +) == world.size)
      #expect(usage.hosts.allSatisfy { $0.processors > 0 && $0.peakMemory > 1 << 20 })
      #expect(usage.hosts[0].processorSeconds > 0.02)
      try provenance.append(to: file)
      provenance.add(usage, to: file)
      var expected = provenance
      expected.usage = usage
      #expect(try Provenance.starts(in: file) == [expected])
      #expect(expected.plannedMemory == 7)
      // Of another start it says nothing, and a record that cannot be read stays as it is.
      provenance.add(meter.failure, to: file)
      #expect(try Provenance.starts(in: file) == [expected])
      try Data("{".utf8).write(to: URL(filePath: file))
      provenance.add(usage, to: file)
      #expect(try DurableFile.read(file) == Data("{".utf8))
    }
  }

  @Test func aFileThatIsNoListOfStartsIsNotOverwritten() throws {
    try withWorld { world in
      guard world.size == 1, let provenance = try Provenance.collect(on: world) else { return }
      let file = try temporaryDirectory("provenance-\(UUID())") + "/provenance.json"
      try DurableFile.write(Data("{}".utf8), to: file)
      let error = #expect(throws: Failure.self) { try provenance.append(to: file) }
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
