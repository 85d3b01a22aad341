internal import DurableFiles
internal import Figures
internal import Foundation
internal import HDF5
internal import Hardware
package import MPI
internal import Networks
internal import Runs
internal import Schedulers
internal import Threads
internal import Training

/// Looks at what jobs need of this machine, and says what to do about each thing that is not well.
package struct DoctorTask: Sendable {
  /// The folder in which files are tried.
  package var folder: String

  /// The processes that the launcher says it started.
  package var announcedRanks: Int

  /// The launcher that started this process; `nil` without one.
  package var launcherName: String?

  /// The words that start this program by two ranks with ``BitsProbe``, if no launcher started it.
  package var launcher: [String]?

  /// The environment as it was before MPI started.
  package var environment: [String: String]

  /// After how long the two ranks are ended [s].
  package var seconds = 60.0

  /// Makes the task.
  package init(
    folder: String, announcedRanks: Int, launcherName: String?, launcher: [String]?,
    environment: [String: String]
  ) {
    self.folder = folder
    self.announcedRanks = announcedRanks
    self.launcherName = launcherName
    self.launcher = launcher
    self.environment = environment
  }

  /// Looks, in some seconds.
  ///
  /// Collective.
  ///
  /// - Returns: The findings, the same on all ranks except those that only the first can make.
  /// - Throws: The error that MPI reported; nothing else ends it.
  package func run(on world: borrowing Communicator) throws -> Diagnosis {
    var facts = SystemFacts()
    facts.mpiLibrary = mpiLibraryVersion()
    facts.mpiStandard = try mpiStandardVersion()
    facts.threadLevel = try mpiThreadLevel().rawValue
    facts.ranks = world.size
    facts.announcedRanks = announcedRanks
    facts.launcherName = launcherName
    facts.hosts = try distinct(world.place().host, on: world).count
    facts.processors = try distinct(
      "\(Machine.processorName) (\(NetworkKernels.fast.implementation))", on: world)
    facts.threads = try availableThreads(on: world)
    facts.ranksOnNode = try world.splitByNode().size
    facts.hdf5Version = hdf5LibraryVersion()
    facts.folder = folder
    facts.collectiveFailure = try collectiveFailure(on: world)
    lookAtFolder(&facts)
    lookAtNode(&facts)
    facts.kernels = NetworkKernels.fast.implementation
    facts.referenceKernels = NetworkKernels.reference.implementation
    facts.gnuplot = Gnuplot().program
    let scheduler = Scheduler.find(
      in: environment, isExecutable: FileManager.default.isExecutableFile(atPath:))
    facts.scheduler = scheduler.map { "\($0.scheduler.name): \($0.evidence)" }
    facts.bits = try bits(on: world)
    return Diagnosis(of: facts)
  }

  private func distinct(_ text: String, on world: borrowing Communicator) throws -> [String] {
    Set(try world.allGatherVarying(Array(text.utf8)).texts).sorted()
  }

  /// Writes a number of each rank into one file and reads that of the next rank; why that failed.
  private func collectiveFailure(on world: borrowing Communicator) throws -> String? {
    let path = "\(folder)/halompi-doctor.h5"
    let values = 1024
    var failure: String?
    do {
      // On a full disk one rank would fail inside of a collective call, and keep the others waiting there.
      try world.agree {
        if world.isRoot {
          try DurableFile.write(Data(count: 1 << 16 + 4 * values * world.size), to: path)
        }
      }
      let file = try HDF5File.create(path, on: world)
      let dataset = try file.createDataset(
        "values", extents: [values * world.size], of: Int32.self)
      let slab = Hyperslab(offset: [values * world.rank], count: [values])
      try dataset.write(
        [Int32](repeating: Int32(world.rank), count: values), to: slab, .collective)
      try file.close()
      let written = try HDF5File.open(path, on: world)
      let next = (world.rank + 1) % world.size
      let read = try written.dataset("values").read(
        Hyperslab(offset: [values * next], count: [values]), as: Int32.self, .collective)
      if read != [Int32](repeating: Int32(next), count: values) {
        failure = "rank \(world.rank) read other numbers than rank \(next) wrote"
      }
      try written.close()
    } catch let error as AgreedFailure {
      failure = error.underlying.map { "\($0)" }
    } catch {
      failure = "\(error)"
    }
    try world.barrier()
    if world.isRoot { unlink(path) }
    let failures = try distinct(failure ?? "", on: world).filter { !$0.isEmpty }
    return failures.first
  }

  private func lookAtFolder(_ facts: inout SystemFacts) {
    let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
    let full = URL(filePath: folder).resolvingSymlinksInPath().path
    facts.fileSystem = FileSystem.kind(of: full, in: mounts) ?? "an unknown file system"
    facts.fileLocking = environment["HDF5_USE_FILE_LOCKING"]
    if let space = try? FileManager.default.attributesOfFileSystem(forPath: folder),
      let free = space[.systemFreeSize] as? NSNumber
    {
      facts.freeBytes = free.intValue
    }
    let path = "\(folder)/halompi-doctor-\(getpid()).lock"
    do { try DurableFile.write(Data("doctor\n".utf8), to: path) } catch {
      facts.folderFailure = error.description
      return
    }
    defer { unlink(path) }
    do { _ = try DirectoryLock(file: path, host: "this host") } catch {
      facts.lockFailure = error.description
    }
  }

  private func lookAtNode(_ facts: inout SystemFacts) {
    facts.nodeProcessors = ProcessInfo.processInfo.processorCount
    facts.allowedProcessors = AvailableProcessors.numbers().count
    facts.processorQuota = AvailableProcessors.quota()
    facts.yieldsWhenIdle = environment["OMPI_MCA_mpi_yield_when_idle"] == "1"
    facts.memory = .ofThisNode()
    facts.availableMemory = min(NodeMemory.available(), facts.memory.bytes)
  }

  private func bits(on world: borrowing Communicator) throws -> BitsOutcome {
    if world.size > 1 { return try .comparing(on: world) }
    guard let launcher else { return .unknown("a launcher started one rank alone") }
    return try .starting(launcher, environment: environment, seconds: seconds, beside: world)
  }
}

/// The file systems of this machine.
enum FileSystem {
  /// The kind of the file system that holds a path, from the text of `/proc/self/mounts`.
  static func kind(of path: String, in mounts: String) -> String? {
    let holders = mounts.split(separator: "\n").compactMap {
      line -> (point: Substring, kind: Substring)? in
      let words = line.split(separator: " ")
      guard words.count > 2 else { return nil }
      let point = words[1]
      let isHolder = point == "/" || path == point || path.hasPrefix(point + "/")
      return isHolder ? (point, words[2]) : nil
    }
    // The last of those that were mounted at the same place is seen.
    return holders.enumerated().max {
      ($0.element.point.count, $0.offset) < ($1.element.point.count, $1.offset)
    }.map { String($0.element.kind) }
  }
}

extension NodeMemory {
  /// The memory of this machine that programs can still take [bytes].
  static func available() -> Int {
    let text = (try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8)) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
    return (line?.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0) << 10
  }
}
