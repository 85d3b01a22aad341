import Schedulers
import Testing

/// What Slurm can set, and what it means (the table of Documentation/cluster.md).
@Suite struct SlurmEnvironmentTests {
  @Test(
    arguments: [
      ([:], nil),
      (["SLURM_MEM_PER_NODE": "2000"], 2000 << 20),
      // --mem=0: all memory of the node.
      (["SLURM_MEM_PER_NODE": "0"], nil),
      (["SLURM_MEM_PER_NODE": ""], nil), (["SLURM_MEM_PER_NODE": "-5"], nil),
      (["SLURM_MEM_PER_NODE": "many"], nil), (["SLURM_MEM_PER_NODE": "1.5"], nil),
      (["SLURM_MEM_PER_NODE": "9223372036854775807"], .max),
      (["SLURM_MEM_PER_NODE": "99999999999999999999"], nil),
      (["SLURM_MEM_PER_CPU": "500", "SLURM_CPUS_ON_NODE": "4"], 2000 << 20),
      (["SLURM_MEM_PER_CPU": "0", "SLURM_CPUS_ON_NODE": "4"], nil),
      (["SLURM_MEM_PER_CPU": "500"], nil),
      (["SLURM_MEM_PER_CPU": "500", "SLURM_CPUS_ON_NODE": "0"], nil),
      (["SLURM_MEM_PER_CPU": "500", "SLURM_CPUS_ON_NODE": "9223372036854775807"], nil),
      (
        ["SLURM_MEM_PER_NODE": "10", "SLURM_MEM_PER_CPU": "500", "SLURM_CPUS_ON_NODE": "4"],
        10 << 20
      ),
    ] as [([String: String], Int?)])
  func theMemoryOfAJob(variables: [String: String], bytes: Int?) {
    let environment = SlurmEnvironment(variables)
    #expect(environment.memoryPerNode == bytes)
    #expect(environment.memorySource.isEmpty == (bytes == nil))
  }

  @Test(
    arguments: [
      ("1700000000", 1.7e9), ("0", nil), ("", nil), ("-1", nil), ("nan", nil), ("inf", nil),
      ("1e300", nil), ("4294967295", nil), ("tomorrow", nil),
    ] as [(String, Double?)])
  func theEndOfAJob(text: String, end: Double?) {
    #expect(SlurmEnvironment(["SLURM_JOB_END_TIME": text]).endTime == end)
  }

  @Test(
    arguments: [
      ("3", "8", 3, 8), ("0", "1", 0, 1), ("-1", "0", nil, nil), ("", "", nil, nil),
      ("x", "99999999999999999999", nil, nil),
    ] as [(String, String, Int?, Int?)])
  func thePlaceInAStep(rank: String, ranks: String, number: Int?, count: Int?) {
    let environment = SlurmEnvironment([
      "SLURM_PROCID": rank, "SLURM_STEP_NUM_TASKS": ranks,
    ])
    #expect(environment.rank == number && environment.ranks == count)
  }
}
