internal import Failures
internal import Text

// The scripts of schedulers other than Slurm: one text, and the lines in which they differ.

extension BatchScript {
  /// The lines in which the scripts of PBS, LSF and Flux differ.
  struct Dialect {
    /// What the job asks for.
    var directives: [String]

    /// Sets `job`, the number of the job for people and for names of files.
    var job: [String]

    /// Sets `restarts`, how often the job was put back before.
    var restarts: [String]

    /// Sets `element`, the number of the element of an array.
    var element: [String]

    /// Sets `launch`, the words that start the ranks.
    var launch: [String]

    /// Whether the script warns itself before the time limit, because the scheduler does not.
    var warnsItself = false

    /// Is done when the job is not put back.
    var end: [String] = []

    /// Puts the job back, which stopped resumably, and ends.
    var again: [String]
  }

  /// The part of a script below its comment.
  ///
  /// What the script says goes to a file of its own, line by line: PBS and LSF copy what they keep only at the
  /// end of a job, and the folder and the file stand in words of the shell, which can be quoted.
  func text(in dialect: Dialect) throws(SettingOutOfRange) -> [String] {
    for (word, purpose) in [(folder, "the folder of a job"), (logFolder, "the log of a job")] {
      guard let word, !isOneLine(word) || word.isEmpty else { continue }
      throw SettingOutOfRange(ofScript: purpose, value: word, allowed: "one line, and not empty")
    }
    var lines = dialect.directives + ["", "set -u"]
    if let folder { lines.append("cd -- \(Quoting.shell(folder)) || exit 74") }
    lines += dialect.job
    if let log = logFolder.map({ "\($0)/\(name)-" }) {
      lines.append("exec >>\(Quoting.shell(log))\"$job.log\" 2>&1")
    }
    lines += [""] + environmentLines + ["walltime=\(cluster.minutes * 60)"]
    if elements != nil { lines += dialect.element }
    lines += dialect.launch + (try commandLines(number: "\"$element\"")) + [""]
    guard isResumable else { return lines + Self.plainRun }
    lines += ["most_requeues=\(cluster.maximumRequeues)"] + dialect.restarts
    lines += ["case $restarts in '' | *[!0-9]*) restarts=0 ;; esac", ""] + Self.progressAndSignals
    if dialect.warnsItself { lines += warning }
    lines += Self.waiting + dialect.end.map { "  \($0)" } + Self.ending
    return lines + dialect.again
  }

  /// The path of the script as a word of the shell.
  func ownPath() throws(SettingOutOfRange) -> String {
    guard let path, isOneLine(path), !path.isEmpty else {
      throw SettingOutOfRange(
        ofScript: "the path of a script", value: path ?? "", allowed: "one line, and not empty")
    }
    return Quoting.shell(path)
  }

  /// The lines that submit the followers again, each after the job that it waits for.
  ///
  /// - Parameter submit: Returns the words that submit a job after the success, or else the end, of another.
  /// - Returns: The lines; none without followers.
  func followerLines(_ submit: (_ number: String, Bool) -> String) -> [String] {
    if followers.isEmpty { return [] }
    let lost = """
      # Jobs that wait for the success of this one are removed with it, and submitted again after the next.
      lost() {
        echo "$(date -u +%FT%TZ) job $next goes on, but could not be followed by $1: submit it by hand"
        exit 1
      }
      """.split(separator: "\n").map(String.init)
    return lost
      + followers.enumerated().map { index, follower in
        let number = follower.predecessor == 0 ? "$next" : "$after_\(follower.predecessor)"
        let path = Quoting.shell(follower.path)
        return
          "after_\(index + 1)=$(\(submit(number, follower.needsSuccess)) \(path)) || lost \(path)"
      }
  }

  /// A value of a directive, which no parser of directives takes apart.
  func plainWord(_ word: String, purpose: String) throws(SettingOutOfRange) -> String {
    let isPlain = word.unicodeScalars.allSatisfy {
      isLetterOrDigit($0) || "-_./+=@".unicodeScalars.contains($0)
    }
    guard isPlain, !word.isEmpty, word.unicodeScalars.first != "-" else {
      throw SettingOutOfRange(
        ofScript: purpose, value: word,
        allowed: "letters, digits and -_./+=@ for \(cluster.scheduler.name), the first of them no -"
      )
    }
    return word
  }

  /// The name of a job, which begins with a letter.
  func plainName() throws(SettingOutOfRange) -> String {
    let word = try plainWord(name, purpose: "the name of a job")
    guard let first = word.unicodeScalars.first, isLetterOrDigit(first),
      !("0"..."9").contains(first)
    else {
      throw SettingOutOfRange(
        ofScript: "the name of a job", value: name,
        allowed: "a name that begins with a letter for \(cluster.scheduler.name)")
    }
    return word
  }

  /// The file of what the scheduler itself says; nothing without a folder for logs.
  func schedulerLog() throws(SettingOutOfRange) -> String? {
    guard let logFolder else { return nil }
    return try plainWord("\(logFolder)/\(name).out", purpose: "the log of a job")
  }

  /// The words that start the ranks on the hosts that a file lists, by the launcher of the program's MPI.
  func mpiLaunch(hosts file: String) -> [String] {
    let ranks = cluster.nodes * cluster.ranksPerNode
    if hasHydra {
      return [
        "launch=(mpiexec -n \(ranks) -ppn \(cluster.ranksPerNode) -f \(file) -bind-to none)"
      ]
    }
    let map = "ppr:\(cluster.ranksPerNode):node:PE=\(cluster.coresPerRank)"
    return ["launch=(mpirun -n \(ranks) --hostfile \(file) --map-by \(map))"]
  }
}

// MARK: - What the script does

extension BatchScript {
  private static func shellLines(_ text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
  }

  private static let plainRun = shellLines(
    """
    echo "$(date -u +%FT%TZ) ${command[*]} (job $job)"
    "${launch[@]}" "${command[@]}"
    code=$?
    echo "$(date -u +%FT%TZ) ended with exit code $code"
    exit "$code"
    """)

  private static let progressAndSignals = shellLines(
    #"""
    # The program makes this file when it has done a step: without one, another start would do no more.
    export HALOMPI_PROGRESS_FILE=$PWD/.halompi-progress-$job
    rm -f "$HALOMPI_PROGRESS_FILE"

    step=""
    timer=""
    interrupted=0
    ended=0
    forward() {
      interrupted=1
      if [ -n "$step" ]; then kill -USR1 "$step" 2>/dev/null; fi
    }
    trap forward USR1
    # A job that is ended from outside is not put back: its user, or the scheduler, knows why.
    trap 'ended=1; forward' INT TERM
    """#)

  private var warning: [String] {
    Self.shellLines(
      #"""

      # Nothing warns the job before its time limit: it does so itself.
      (
        trap 'kill "${pause:-}" 2>/dev/null; exit 0' TERM
        sleep \#(cluster.minutes * 60 - cluster.warningSeconds) &
        pause=$!
        wait "$pause"
        kill -USR1 $$
      ) &
      timer=$!
      """#)
  }

  private static let waiting = shellLines(
    #"""

    \#(runAndWait)
    trap '' USR1 INT TERM
    if [ -n "$timer" ]; then kill "$timer" 2>/dev/null; fi
    progressed=0
    if [ -e "$HALOMPI_PROGRESS_FILE" ]; then progressed=1; fi
    rm -f "$HALOMPI_PROGRESS_FILE"

    if [ "$code" -ne 75 ]; then
    """#)

  private static let ending = shellLines(
    #"""
      echo "$(date -u +%FT%TZ) ended with exit code $code"
      exit "$code"
    fi
    stay() {
      echo "$(date -u +%FT%TZ) stopped with a checkpoint, and not put back: $1; submit again to go on"
      exit 1
    }
    if [ "$ended" -eq 1 ]; then stay "the job was ended from outside"; fi
    if [ "$restarts" -ge "$most_requeues" ]; then stay "it was put back $restarts times already"; fi
    if [ "$progressed" -eq 0 ]; then stay "no step was done since the last start"; fi
    """#)
}
