import Testing

@testable import Hardware

/// Limits of memory in made hierarchies of control groups.
@Suite struct ControlGroupTests {
  private static let unlimited = "9223372036854771712\n"

  private static let second =
    "30 23 0:26 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n"

  private static let first = """
    30 23 0:26 / /sys/fs/cgroup ro - tmpfs tmpfs ro
    31 30 0:27 / /sys/fs/cgroup/cpu,cpuacct rw shared:9 - cgroup cgroup rw,cpu,cpuacct
    32 30 0:28 / /sys/fs/cgroup/memory rw shared:10 - cgroup cgroup rw,memory

    """

  @Test(
    arguments: [
      // Version 2: the smallest limit is two levels above.
      (
        [
          "/proc/self/cgroup": "0::/user/slice/job\n", "/proc/self/mountinfo": second,
          "/sys/fs/cgroup/user/slice/job/memory.max": "max\n",
          "/sys/fs/cgroup/user/slice/memory.max": "500\n",
          "/sys/fs/cgroup/user/memory.max": "200\n",
        ], [500, 200]
      ),
      // Version 1, beside another hierarchy that limits no memory.
      (
        [
          "/proc/self/cgroup": "4:cpu,cpuacct:/x\n7:memory:/slurm/job_1\n0::/\n",
          "/proc/self/mountinfo": first,
          "/sys/fs/cgroup/memory/slurm/job_1/memory.limit_in_bytes": "300\n",
          "/sys/fs/cgroup/memory/slurm/memory.limit_in_bytes": unlimited,
          "/sys/fs/cgroup/memory/memory.limit_in_bytes": unlimited,
          "/sys/fs/cgroup/cpu,cpuacct/x/memory.max": "1\n",
        ], [300]
      ),
      // A container that sees its own group as the root of the mount.
      (
        [
          "/proc/self/cgroup": "0::/docker/abc/inner\n",
          "/proc/self/mountinfo":
            "30 23 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n",
          "/sys/fs/cgroup/inner/memory.max": "max\n", "/sys/fs/cgroup/memory.max": "100\n",
        ], [100]
      ),
      // A group outside of what is mounted: the mount is all that can be seen.
      (
        [
          "/proc/self/cgroup": "0::/../other\n", "/proc/self/mountinfo": second,
          "/sys/fs/cgroup/memory.max": "70\n", "/sys/fs/cgroup/other/memory.max": "1\n",
        ], [70]
      ),
      // A path with a blank.
      (
        [
          "/proc/self/cgroup": "0::/a\n",
          "/proc/self/mountinfo": "30 23 0:26 / /my\\040groups rw - cgroup2 cgroup2 rw\n",
          "/my groups/a/memory.max": "9\n",
        ], [9]
      ),
      ([:], []),
      (["/proc/self/cgroup": "nonsense", "/proc/self/mountinfo": "1 2 3 - \n"], []),
    ] as [([String: String], [Int])])
  func allLimitsUpToTheMountAreFound(files: [String: String], limits: [Int]) {
    #expect(ControlGroup.memoryLimits { files[$0] }.map(\.bytes) == limits)
  }

  @Test func aLimitNamesItsFile() {
    let files = [
      "/proc/self/cgroup": "0::/a\n", "/proc/self/mountinfo": Self.second,
      "/sys/fs/cgroup/a/memory.max": "9\n",
    ]
    #expect(
      ControlGroup.memoryLimits { files[$0] }.map(\.origin)
        == ["the limit in /sys/fs/cgroup/a/memory.max"])
  }

  @Test func sizesThatNoMachineHasDoNotOverflow() {
    #expect(Int.max.saturatingTimes(2) == .max && 3.saturatingTimes(4) == 12)
    #expect(Int.max.saturatingPlus(1) == .max && [1, 2, 3].saturatingSum == 6)
  }
}
