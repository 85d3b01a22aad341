package import DurableFiles
package import Failures
internal import Fields
internal import Foundation
internal import Hardware
package import MPI
package import Schedulers
internal import Text
internal import Threads

/// A record of how results were made: one start of a job, for those who find its files later.
///
/// It is written beside results and never into them, so that results stay the same bytes wherever
/// and whenever they are made.
package struct Provenance: Codable, Hashable, Sendable {
  /// The program that ran.
  package struct Program: Codable, Hashable, Sendable {
    /// The version of halompi.
    package var version: String

    /// The value of the environment variable `HALOMPI_COMMIT`, by which whoever builds from a working
    /// copy can name its commit; a package build does not know it.
    package var commit: String?

    /// The path of the executable.
    package var executable: String

    /// The checksum of the executable, which tells builds of one version apart.
    package var checksum: String

    /// The program of this process; its file is read the first time.
    ///
    /// - Throws: `FileError` if it cannot be read.
    static func ofThisProcess() throws -> Program { try present.get() }

    private static let present = Result {
      let executable = "/proc/self/exe"
      return Program(
        version: halompiVersion,
        commit: ProcessInfo.processInfo.environment["HALOMPI_COMMIT"],
        executable: URL(filePath: executable).resolvingSymlinksInPath().path,
        checksum: try Checksum.ofFile(executable).description)
    }
  }

  /// A host and the ranks that ran on it.
  package struct Host: Codable, Hashable, Sendable {
    /// The name of the host, as MPI knows it.
    package var name: String

    /// The number of ranks that ran there.
    package var ranks: Int
  }

  /// A file that went in.
  package struct InputFile: Codable, Hashable, Sendable {
    /// The path of the file.
    package var path: String

    /// Its size [bytes].
    package var byteCount: Int

    /// The checksum of its bytes, or, of a field file, the fingerprint that it carries.
    package var checksum: String

    /// Reads the file and describes it.
    ///
    /// - Throws: `FileError` if it cannot be read.
    package init(_ path: String) throws(FileError) {
      let checksum = try Checksum.ofFile(path)
      self.path = path
      byteCount = checksum.byteCount
      self.checksum = checksum.description
    }

    /// Describes a field file by the fingerprint in it, without reading its data.
    ///
    /// - Throws: `Failure` if it cannot be read.
    package init(fieldFile path: String) throws(Failure) {
      let file = try FieldFile.open(path)
      let attributes = try? FileManager.default.attributesOfItem(atPath: path)
      self.path = path
      byteCount = (attributes?[.size] as? NSNumber)?.intValue ?? 0
      checksum = file.metadata.fingerprint
      try file.close()
    }
  }

  /// The program that ran.
  package var program: Program

  /// The command line, word by word.
  package var command: [String]

  /// The folder in which it was given.
  package var folder: String

  /// The time at which the job was started, in UTC (ISO 8601).
  package var started: String

  /// The number of ranks.
  package var ranks: Int

  /// The hosts, in the order of the first rank on each.
  package var hosts: [Host]

  /// The processor of the first rank's host, as the system calls it.
  package var processor: String

  /// The processors that the first rank's host offers to programs.
  package var processorsPerHost: Int

  /// The threads that compute on each rank, where the job has a say in it.
  package var threadsPerRank: Int?

  /// The MPI library, in its own words.
  package var mpiLibrary: String

  /// The files that went in.
  package var inputs: [InputFile]

  /// The memory of a node that it may take by its plan [bytes]; `nil` without one.
  package var plannedMemory: Int?

  /// The job of the scheduler that it was part of; `nil` if it was started by hand.
  package var job: BatchJob?

  /// The time, processors and memory that it took; `nil` while it is at work, and of one that ended without a word, by a signal or with its host.
  package var usage: JobUsage?

  /// Describes this job.
  ///
  /// Collective.
  ///
  /// - Parameters:
  ///   - world: All ranks of the job.
  ///   - threadsPerRank: The threads that compute on each rank, where the job has a say in it.
  ///   - inputs: Paths of files that go in, which the first rank reads for their checksums.
  ///   - fieldFiles: Paths of field files that go in, whose fingerprints it reads.
  ///   - plannedMemory: The memory of a node that the job may take by its plan [bytes].
  /// - Returns: The description on the first rank, and `nil` on the others.
  /// - Throws: A failure that all ranks agree on, if the first one cannot read a file.
  package static func collect(
    on world: borrowing Communicator, threadsPerRank: Int? = nil,
    inputs: [String] = [], fieldFiles: [String] = [], plannedMemory: Int? = nil
  ) throws -> Provenance? {
    let place = world.place()
    let names = try world.gatherVarying(Array(place.host.utf8))
    return try world.agree { () throws -> Provenance? in
      guard let names else { return nil }
      return Provenance(
        program: try Program.ofThisProcess(),
        command: CommandLine.arguments, folder: FileManager.default.currentDirectoryPath,
        started: Date.now.formatted(.iso8601), ranks: world.size, hosts: hosts(names),
        processor: Machine.processorName, processorsPerHost: AvailableProcessors.count(),
        threadsPerRank: threadsPerRank, mpiLibrary: firstLine(of: mpiLibraryVersion()),
        inputs: try inputs.map { path throws(FileError) in try InputFile(path) }
          + fieldFiles.map { path throws(Failure) in try InputFile(fieldFile: path) },
        plannedMemory: plannedMemory, job: BatchJob.current())
    }
  }

  /// Adds this start to those that a file already tells of.
  ///
  /// - Parameter path: A file of a JSON list, which is made if it is not there.
  /// - Throws: `Failure` if the file is there and is no such list, `FileError` if it cannot
  ///   be read or written.
  package func append(to path: String) throws {
    let starts = FileManager.default.fileExists(atPath: path) ? try Self.starts(in: path) : []
    try DurableFile.createDirectory((path as NSString).deletingLastPathComponent)
    try Self.write(starts + [self], to: path)
  }

  /// Adds what this start took, if it is the last that a file tells of.
  ///
  /// On a disk that is full by then the file stays as it is: the results are there, and nobody waits for these numbers.
  ///
  /// - Parameters:
  ///   - usage: What it took.
  ///   - path: A file of a JSON list, as ``append(to:)`` writes it.
  package func add(_ usage: JobUsage, to path: String) {
    guard var starts = try? Self.starts(in: path), starts.last == self else { return }
    starts[starts.count - 1].usage = usage
    try? Self.write(starts, to: path)
  }

  private static func write(_ starts: [Provenance], to path: String) throws {
    try DurableFile.write(JSONEncoder.stable().encode(starts) + Data("\n".utf8), to: path)
  }

  /// Reads the starts that a file tells of.
  ///
  /// - Parameter path: A file of a JSON list, as ``append(to:)`` writes it.
  /// - Returns: The starts, the first one first.
  /// - Throws: `Failure` if it is no such list, `FileError` if it cannot be read.
  package static func starts(in path: String) throws -> [Provenance] {
    do {
      return try JSONDecoder().decode([Provenance].self, from: DurableFile.read(path))
    } catch let error as DecodingError {
      throw Failure(
        .badData, "reading \(path)", because: "it is not a list of starts (\(error))",
        remedy: "move it away and try again")
    }
  }

  /// Whether this program, and no other build of it, made every start that a file tells of.
  ///
  /// - Parameter path: A file of a JSON list, as ``append(to:)`` writes it.
  /// - Returns: `false` if it tells of none or cannot be understood.
  /// - Throws: `FileError` if the program cannot be read.
  package static func areAllOfThisProgram(in path: String) throws -> Bool {
    guard let data = FileManager.default.contents(atPath: path),
      let starts = try? JSONDecoder().decode([Provenance].self, from: data), !starts.isEmpty
    else { return false }
    let checksum = try Program.ofThisProcess().checksum
    return starts.allSatisfy { $0.program.checksum == checksum }
  }

  /// Counts the ranks of each host.
  private static func hosts(_ names: GatheredElements<UInt8>) -> [Host] {
    var hosts: [Host] = []
    for name in names.texts {
      if let index = hosts.firstIndex(where: { $0.name == name }) {
        hosts[index].ranks += 1
      } else {
        hosts.append(Host(name: name, ranks: 1))
      }
    }
    return hosts
  }

  private static func firstLine(of text: String) -> String {
    text.split(separator: "\n").first.map(String.init) ?? text
  }
}
