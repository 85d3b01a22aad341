internal import Failures
internal import Text

// The scripts of IBM Spectrum LSF (bsub(1)).

extension BatchScript {
  /// Where a script of LSF differs from others.
  ///
  /// - A job that ends with one of the codes of `-Q` is put back under its number; nobody counts how often, so a file does.
  /// - A slot is a core. Elements of arrays are counted from 1.
  /// - LSF warns in whole minutes.
  func lsfDialect() throws(SettingOutOfRange) -> Dialect {
    let name = try plainName()
    let array = elements.map { elements in
      "[\(Self.ranges(elements.indices.map { $0 + 1 }))]%\(elements.simultaneous)"
    }
    var lines = ["-J \"\(name)\(array ?? "")\""]
    if let partition = cluster.partition { lines.append("-q \(partition)") }
    if let account = cluster.account { lines.append("-P \(account)") }
    let cores = cluster.ranksPerNode * cluster.coresPerRank
    lines += ["-n \(cluster.nodes * cores)", "-R \"span[ptile=\(cores)]\""]
    if let memory = cluster.memoryPerNode { lines.append("-R \"rusage[mem=\(memory)MB]\"") }
    lines.append(
      "-W \(Self.twoDigits(cluster.minutes / 60)):\(Self.twoDigits(cluster.minutes % 60))")
    if isResumable {
      lines += ["-wt \((cluster.warningSeconds + 59) / 60)", "-wa USR1", "-Q \"75\""]
    }
    lines.append("-r")
    if let log = try schedulerLog() { lines.append("-o \(log)") }
    lines += cluster.options.map { option in
      let parts = option.split(separator: " ", maxSplits: 1)
      return parts.count == 1 ? option : "\(parts[0]) \"\(parts[1])\""
    }
    let job = elements == nil ? "${LSB_JOBID:-none}" : "${LSB_JOBID:-none}_${LSB_JOBINDEX:-0}"
    return Dialect(
      directives: lines.map { "#BSUB \($0)" }, job: ["job=\(job)"],
      restarts: [
        "# LSF keeps the number of a job that it puts back, and does not count how often it does.",
        "count=$PWD/.halompi-restarts-$job", "restarts=0",
        "if [ -e \"$count\" ]; then restarts=$(<\"$count\"); fi",
      ],
      element: ["element=$((${LSB_JOBINDEX:-1} - 1))"],
      launch: mpiLaunch(hosts: "\"$LSB_DJOB_HOSTFILE\""), end: ["rm -f \"$count\""],
      again: [
        "echo \"$((restarts + 1))\" >\"$count\" || stay \"$count cannot be written\"",
        "echo \"$(date -u +%FT%TZ) stopped with a checkpoint, and put back:"
          + " restart $((restarts + 1)) of at most $most_requeues\"",
        "exit 75",
      ])
  }
}
