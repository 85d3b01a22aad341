internal import Failures
internal import Text

// The scripts of Flux (flux-batch(1)).

extension BatchScript {
  /// Where a script of Flux differs from others.
  ///
  /// - Flux requeues no job: the script submits itself again, to the instance around its own.
  /// - It has no arrays of batch jobs: each element is a job, which a variable tells its number.
  /// - It counts no memory: a job that asks for some has its nodes for itself.
  func fluxDialect() throws(SettingOutOfRange) -> Dialect {
    guard cluster.launcher == .srun else {
      throw SettingOutOfRange(
        ofScript: "cluster.launcher", value: cluster.launcher.rawValue,
        allowed: "srun for Flux, which stands for the scheduler's own launcher: flux run")
    }
    var lines = ["--job-name=\(try plainName())"]
    if let partition = cluster.partition { lines.append("--queue=\(partition)") }
    if let account = cluster.account { lines.append("--bank=\(account)") }
    let ranks = cluster.nodes * cluster.ranksPerNode
    lines += [
      "--nodes=\(cluster.nodes)", "--nslots=\(ranks)", "--cores-per-slot=\(cluster.coresPerRank)",
      "--time-limit=\(cluster.minutes)m",
    ]
    if cluster.memoryPerNode != nil, !cluster.options.contains("--exclusive") {
      lines.append("--exclusive")
    }
    if isResumable { lines.append("--signal=USR1@\(cluster.warningSeconds)s") }
    if let log = try schedulerLog() { lines.append("--output=\(log)") }
    // The parser of directives takes words apart at signs of the shell: quotes keep them together.
    let directives = lines + cluster.options.map { "'\($0)'" }
    let path = isResumable ? try ownPath() : ""
    let element = elements == nil ? "" : " --env=\"HALOMPI_ELEMENT=$element\""
    return Dialect(
      directives: directives.map { "# flux: \($0)" }, job: ["job=${FLUX_ENCLOSING_ID:-none}"],
      restarts: ["restarts=${HALOMPI_RESTARTS:-0}"],
      element: ["element=${HALOMPI_ELEMENT:?the number of the element}"],
      launch: [
        "launch=(flux run --nodes=\(cluster.nodes) --ntasks=\(ranks)"
          + " --cores-per-task=\(cluster.coresPerRank))"
      ],
      again: [
        "# Flux requeues no job: it is submitted again, under another number.",
        "next=$(flux --parent batch --env=\"HALOMPI_RESTARTS=$((restarts + 1))\"\(element) \(path))"
          + " || stay \"flux batch failed\"",
      ]
        + followerLines { number, needsSuccess in
          "flux --parent batch --env=HALOMPI_RESTARTS=0"
            + " --dependency=\"\(needsSuccess ? "afterok" : "afterany"):\(number)\""
        } + Self.submittedAgain)
  }
}
