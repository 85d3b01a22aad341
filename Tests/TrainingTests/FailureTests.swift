import Failures
import Fields
import Foundation
import MPI
import Networks
import SubBoxes
import TestSupport
import Testing

@testable import Training

/// A training that fails on one rank ends on all of them, and leaves the job to go on with others.
@Suite(.serialized) struct FailureTests {
  /// What a rank was told: 1 if the failure was agreed on, 2 if this rank has a damaged box as well.
  private func attempt(
    _ plan: TrainingPlan, on world: borrowing Communicator,
    tell: @escaping (TrainingEvent) -> Void = { _ in }
  ) throws -> Int32 {
    var code: Int32 = 0
    do {
      try SmallTraining.run(plan, on: world, tell: tell)
    } catch let failure as AgreedFailure {
      code = failure.underlying is Failure ? 2 : 1
      // Where the run itself threw, its barrier is still to be passed.
      try world.barrier()
    }
    return code
  }

  @Test(.ranks(1...4)) func aBoxThatCannotBeReadEndsTheTrainingAndNotTheJob() throws {
    try SmallTraining.with("damage") { training, world in
      let reference = training.plan("reference")
      try SmallTraining.run(reference, on: world)
      var plan = training.plan("damaged")
      plan.streaming.mode = .stream
      let victim = training.trainingFiles[0]
      let intact = FileManager.default.contents(atPath: victim) ?? Data()
      // Once the file is open, and before its first chunk is read.
      let code = try attempt(plan, on: world) { event in
        guard case .started = event, let file = FileHandle(forWritingAtPath: victim) else { return }
        _ = try? file.seek(toOffset: 2048)
        try? file.write(contentsOf: Data(repeating: 0xFF, count: intact.count - 2048))
        try? file.close()
      }
      let codes = try world.allGather(code)
      if world.isRoot { try intact.write(to: URL(filePath: victim)) }
      try world.barrier()
      // In the same processes, as the next run of a team would.
      let again = try attempt(plan, on: world)
      let results = [reference, plan].map { SmallTraining.Result(of: $0) }
      #expect(codes.allSatisfy { $0 > 0 }, "\(codes)")
      #expect(codes.contains(2), "\(codes)")
      #expect(again == 0)
      #expect(results[0] == results[1])
    }
  }

  @Test(.ranks(1...4)) func aDivergenceEndsTheTrainingAndNotTheJob() throws {
    try SmallTraining.with("divergence") { training, world in
      let hot = training.plan("hot") { $0.optimizer.learningRate = 1e30 }
      let code = try attempt(hot, on: world)
      let codes = try world.allGather(code)
      let plan = training.plan("reference")
      let again = try attempt(plan, on: world)
      #expect(codes.allSatisfy { $0 == 1 }, "\(codes)")
      #expect(again == 0)
    }
  }
}
