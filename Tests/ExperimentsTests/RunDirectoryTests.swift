import Foundation
import TestSupport
import Testing

@testable import Experiments
@testable import Failures
@testable import Runs

@Test func resultsLieWhereTheDocumentationSays() {
  var experiment = Experiment()
  experiment.name = "gadget"
  let directory = RunDirectory(of: experiment)
  let training = TrainingName(variant: "raw", seed: 3)
  #expect(directory.experimentFile == "runs/gadget/experiment.yaml")
  #expect(directory.field(of: "A_1001") == "runs/gadget/fields/A_1001.h5")
  #expect(directory.training(training).model == "runs/gadget/training/raw-seed3/model.h5")
  #expect(
    directory.prediction(of: training)
      == "runs/gadget/predictions/raw-seed3/predictions.h5")
  #expect(RunDirectory(of: experiment, runs: "/scratch").path == "/scratch/gadget")
}

@Test func aLockedFolderRefusesASecondJobAndNamesTheFirst() throws {
  let file = try temporaryDirectory("lock-\(UUID())") + "/training/lock"
  do {
    let lock = try DirectoryLock(file: file, host: "node7")
    let error = #expect(throws: LockError.self) {
      _ = try DirectoryLock(file: file, host: "node8")
    }
    #expect(error?.description.contains("process \(getpid()) on node7") == true)
    #expect(error?.exitCode == .inputOutput)
    _ = consume lock
  }
  _ = try DirectoryLock(file: file, host: "node8")
}

@Test func aLockThatCannotBeMadeSaysWhatToTry() {
  let error = #expect(throws: LockError.self) {
    _ = try DirectoryLock(file: "/proc/no/lock", host: "node7")
  }
  #expect(error?.description.contains("--runs") == true)
}
