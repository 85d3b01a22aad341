internal import DurableFiles
package import Experiments
package import Failures
internal import Foundation
internal import Runs
package import Settings

/// An ablation: its experiment, its runs, and the folder in which they are.
///
/// The state of the runs is never remembered, but read from the files each time.
package struct Ablation: Sendable {
  /// The experiment, without what variants override.
  package let experiment: Experiment

  /// The run directory, where fields are found and results are written.
  package let directory: RunDirectory

  /// The runs.
  package let manifest: AblationManifest

  /// Expands the ablation of an experiment; nothing is read or written.
  package init(_ experiment: Experiment, in directory: RunDirectory) throws(SettingsError) {
    self.experiment = experiment
    self.directory = directory
    manifest = try AblationManifest(of: experiment)
  }

  /// The experiment of a run, with what its variant overrides.
  package func experiment(of run: AblationRun) throws(SettingsError) -> Experiment {
    let variants = experiment.ablation.effectiveVariants.elements
    guard let variant = variants.first(where: { $0.name == run.variant }) else {
      preconditionFailure("the run \(run.name) is of another ablation")
    }
    return try experiment.overridden(by: variant, seed: run.seed)
  }

  /// Finds a run by its name, such as `raw-seed3`, or by its index.
  ///
  /// - Throws: `Failure` if there is no such run.
  package func run(_ word: String) throws(Failure) -> AblationRun {
    if let run = manifest.runs.first(where: { $0.name == word || "\($0.index)" == word }) {
      return run
    }
    throw .noSuchRun(word, known: manifest.runs.map(\.name))
  }

  /// Reads how far every run is.
  package func statuses() throws(SettingsError) -> [RunStatus] {
    var statuses: [RunStatus] = []
    for run in manifest.runs {
      statuses.append(try RunStatus(of: run, experiment: try experiment(of: run), in: directory))
    }
    return statuses
  }

  /// The runs that a job that starts now would execute.
  ///
  /// - Parameter onlyFailed: Whether to leave out those that were never started.
  /// - Returns: Runs that are neither done nor running, in the order of the manifest.
  /// - Throws: `SettingsError` for a variant that overrides what it cannot.
  package func unfinishedRuns(onlyFailed: Bool = false) throws(SettingsError) -> [AblationRun] {
    let wanted: Set<RunState> =
      onlyFailed ? [.failed, .preempted] : [.pending, .failed, .preempted]
    return try statuses().filter { wanted.contains($0.state) }.map { manifest.runs[$0.index] }
  }
}

// MARK: - The manifest on disk

extension Ablation {
  /// Writes the manifest, or checks that the one that is there has the same runs.
  ///
  /// Runs may have been added behind those that are there. Called by one process, with the lock of the
  /// ablation.
  ///
  /// - Throws: `Failure` if runs have changed, `FileError` if the file cannot be read or written.
  func commitManifest() throws {
    if let earlier = try manifestOnDisk() {
      let differences = manifest.differences(from: earlier)
      guard differences.isEmpty else {
        throw Failure.changedManifest(
          directory.ablation.manifestFile, differences: differences)
      }
      if earlier == manifest { return }
    }
    try DurableFile.createDirectory(directory.ablation.path)
    try DurableFile.write(jsonFile(of: manifest), to: directory.ablation.manifestFile)
  }

  /// Writes the manifest, or checks the one that is there, while no job hands out runs.
  ///
  /// - Parameter host: The name of this host.
  /// - Throws: `LockError` if a job does, and what ``commitManifest()`` throws.
  package func writeManifest(host: String) throws {
    let lock = try DirectoryLock(file: directory.ablation.lockFile, host: host)
    try commitManifest()
    _ = consume lock
  }

  /// Whether there is a manifest with other runs than this ablation has.
  ///
  /// - Throws: `Failure` or `FileError` if it cannot be read.
  package func hasOtherManifest() throws -> Bool {
    try manifestOnDisk().map { !manifest.differences(from: $0).isEmpty } ?? false
  }

  /// Checks that the manifest is there and has the runs of this ablation.
  ///
  /// For jobs that execute one run of many at the same time, and so must not write it.
  ///
  /// - Throws: `Failure` if it is missing or has other runs, `FileError` if it cannot be read.
  package func verifyManifest() throws {
    let file = directory.ablation.manifestFile
    guard let earlier = try manifestOnDisk() else { throw Failure.missingManifest(file) }
    let differences = manifest.differences(from: earlier)
    guard differences.isEmpty else {
      throw Failure.changedManifest(file, differences: differences)
    }
  }

  /// Removes a request to stop a run that a job has left which was ended before the run saw it.
  func forgetStopRequest(to run: AblationRun) {
    let folder = directory.training(run.training)
    guard !DirectoryLock.isHeld(folder.lockFile) else { return }
    try? FileManager.default.removeItem(atPath: folder.stopFile)
  }

  private func manifestOnDisk() throws -> AblationManifest? {
    let file = directory.ablation.manifestFile
    guard FileManager.default.fileExists(atPath: file) else { return nil }
    let data = try DurableFile.read(file)
    let manifest: AblationManifest
    do {
      manifest = try JSONDecoder().decode(AblationManifest.self, from: data)
    } catch {
      throw Failure.unreadableManifest(file, because: "\(error)")
    }
    guard manifest.isOfKnownFormat else {
      throw Failure.unreadableManifest(
        file, because: "it is \(manifest.format), version \(manifest.version)")
    }
    return manifest
  }
}
