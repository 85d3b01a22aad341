import Foundation
import TestSupport
import Testing

extension EndToEnd {
  /// What is said of the machine of the tests.
  @Suite struct DoctorTests {
    @Test func twoRanksAreStartedAndComputeTheSameBits() throws {
      let workspace = try Workspace.withSimulations()
      let end = try Job(["doctor"], ranks: 0, in: workspace.folder).wait()
      #expect(end.code == 0, "\(end.output) \(end.messages)")
      #expect(end.output.contains("2 ranks computed the same bits as one"), "\(end.output)")
      let three = try Job(["doctor"], ranks: 3, in: workspace.folder).wait()
      #expect(three.output.contains("3 ranks computed the same bits as one"), "\(three.output)")
    }

    @Test func aFolderThatIsNotThereIsAFailure() throws {
      let workspace = try Workspace.withSimulations()
      let end = try Job(["doctor", "--folder", "nowhere"], ranks: 0, in: workspace.folder).wait()
      #expect(end.code == 1 && end.failures.count == 1, "\(end.messages)")
      #expect(end.output.contains("fail     folder"), "\(end.output)")
      #expect(end.messages.contains("jobs cannot run with its folder"), "\(end.messages)")
    }
  }
}
