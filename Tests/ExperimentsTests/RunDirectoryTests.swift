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

@Test(arguments: [
  ("raw-seed3", true), ("my_run.2-seed12", true), ("x'; system(\"touch PWNED\"); '-seed1", false),
  ("..-seed1", false), ("-seed1", false), ("a b-seed1", false), ("\u{600}-seed1", false),
  ("raw-seed-1", false), ("raw-seed18446744073709551616", false), ("a/b-seed1", false),
])
func aFolderIsATrainingOnlyByANameThatHalompiGives(folder: String, isOne: Bool) {
  #expect((TrainingName(folder: folder) != nil) == isOne)
  #expect(!isOne || TrainingName(folder: folder)?.description == folder)
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
