internal import Failures
internal import Text

// The scripts of PBS Professional and OpenPBS (qsub(1B)).

extension BatchScript {
  /// Where a script of PBS differs from others.
  ///
  /// - PBS requeues for administrators alone (qrerun(1B)): the script submits itself again.
  /// - It warns of the time limit by SIGTERM, when it ends the job: the script warns itself before.
  /// - The range of an array has steps and no gaps: the elements are counted, and the script knows their numbers.
  ///   The range is an option of `qsub`, so that one element can be submitted again alone.
  func pbsDialect() throws(SettingOutOfRange) -> Dialect {
    var lines = ["-N \(try plainName())"]
    if let partition = cluster.partition { lines.append("-q \(partition)") }
    if let account = cluster.account { lines.append("-A \(account)") }
    let cores = cluster.ranksPerNode * cluster.coresPerRank
    var select = "select=\(cluster.nodes):ncpus=\(cores):mpiprocs=\(cluster.ranksPerNode)"
    select += ":ompthreads=\(cluster.coresPerRank)"
    if let memory = cluster.memoryPerNode { select += ":mem=\(memory)mb" }
    lines.append("-l \(select)")
    if !cluster.options.contains(where: { $0.hasPrefix("-l place=") }) {
      lines.append("-l place=scatter")
    }
    lines += ["-l walltime=\(Self.duration(minutes: cluster.minutes))", "-r y", "-j oe"]
    if let log = try schedulerLog() { lines.append("-o \(log)") }
    let directives = (lines + cluster.options).map { "#PBS \($0)" }
    var variables = "HALOMPI_RESTARTS=$((restarts + 1))"
    if elements != nil { variables += ",HALOMPI_ELEMENT=$place" }
    let numbers = elements?.indices.map(String.init).joined(separator: " ") ?? ""
    let path = isResumable ? try ownPath() : ""
    return Dialect(
      directives: directives, job: ["job=${PBS_JOBID:-none}"],
      restarts: ["restarts=${HALOMPI_RESTARTS:-0}"],
      element: [
        "elements=(\(numbers))", "place=${HALOMPI_ELEMENT:-${PBS_ARRAY_INDEX:-0}}",
        "element=${elements[$place]}",
      ],
      launch: mpiLaunch(hosts: "\"$PBS_NODEFILE\""), warnsItself: true,
      again: [
        "# Users may not requeue a job: it is submitted again, under another number.",
        "next=$(qsub -v \"\(variables)\" \(path)) || stay \"qsub failed\"",
      ]
        + followerLines { number, needsSuccess in
          "qsub -W \"depend=\(needsSuccess ? "afterok" : "afterany"):\(number)\""
        } + Self.submittedAgain)
  }

  /// The last words of a script that has submitted itself again.
  ///
  /// 75, so that no job that waits for the success of this one starts.
  static let submittedAgain = [
    "echo \"$(date -u +%FT%TZ) stopped with a checkpoint, and submitted again as $next:"
      + " restart $((restarts + 1)) of at most $most_requeues\"",
    "exit 75",
  ]
}
