import Foundation
import TestSupport
import Testing

@testable import MPI

@Test func onlyAProcessWithoutALauncherStartsAlone() {
  let settings = LoneStart.settings(in: ["PATH": "/bin"], family: .openMPI)
  #expect(settings["OMPI_MCA_btl"] == "self")
  #expect(settings["OMPI_MCA_pml"] == "ob1")
  for mark in [
    "OMPI_COMM_WORLD_RANK", "PMI_RANK", "PMIX_RANK", "SLURM_PROCID", "FLUX_TASK_RANK",
  ] {
    #expect(LoneStart.settings(in: [mark: "0"], family: .openMPI).isEmpty, "\(mark)")
  }
  #expect(LoneStart.settings(in: [:], family: .mpich).isEmpty)
}

@Test func whatTheUserHasSetStays() {
  let settings = LoneStart.settings(in: ["OMPI_MCA_pml": "ucx"], family: .openMPI)
  #expect(settings["OMPI_MCA_pml"] == nil && settings["OMPI_MCA_btl"] == "self")
}

@Test func theSettingsAreGoneOnceMPIRuns() throws {
  // What this process was started with.
  let variables = try #require(FileManager.default.contents(atPath: "/proc/self/environ"))
    .split(separator: 0).map {
      String(decoding: $0, as: UTF8.self).split(separator: "=", maxSplits: 1)
    }
  let environment = Dictionary(
    variables.map { (String($0[0]), String($0.dropFirst().first ?? "")) }, uniquingKeysWith: { $1 })
  try withWorld { _ in
    for name in LoneStart.settings(in: environment).keys {
      #expect(getenv(name) == nil, "\(name)")
    }
  }
}
