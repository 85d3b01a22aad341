internal import Failures
internal import Fields
internal import Foundation
internal import HDF5

/// The pieces of streamed fields that were used last, whole chunks of at most a given total size.
///
/// Fields are stored in chunks, and neighbouring boxes need the same ones. When the cache is full,
/// the chunk that has not been used for the longest time makes room. One thread at a time uses
/// the cache; others wait.
final class ChunkCache: @unchecked Sendable {
  /// The number of voxels along each axis of a chunk, that of the field files.
  static let chunkWidth = 64

  private struct Key: Hashable {
    let file: Int
    let x: Int
    let y: Int
    let z: Int
  }

  private struct Entry {
    let chunk: UnsafeMutablePointer<Float>
    var lastUse: Int
  }

  /// The number of chunks that the cache holds at most.
  let capacity: Int

  private let field: GridField<Float>
  private let files: [SharedFieldFile]
  private let lock = NSLock()
  private let voxelsPerChunk: Int
  private var entries: [Key: Entry] = [:]
  private var uses = 0
  private var reads = 0

  /// Makes an empty cache.
  ///
  /// - Parameters:
  ///   - field: The field whose chunks are cached.
  ///   - files: The files of the simulations.
  ///   - bytes: The memory that all chunks may take [bytes]; room for one chunk is always taken.
  init(of field: GridField<Float>, in files: [SharedFieldFile], bytes: Int) {
    self.field = field
    self.files = files
    let width = min(Self.chunkWidth, files.map(\.gridSize).max() ?? 1)
    voxelsPerChunk = width * width * width
    capacity = max(1, bytes / (voxelsPerChunk * MemoryLayout<Float>.stride))
  }

  deinit {
    for entry in entries.values { entry.chunk.deallocate() }
  }

  /// The most memory that the chunks take [bytes].
  var bytes: Int { capacity * voxelsPerChunk * MemoryLayout<Float>.stride }

  /// The number of chunks that have been read from files.
  var readCount: Int { lock.withLock { reads } }

  /// Writes the box around a site of a field.
  func cut(
    around site: Int, of file: Int, with cutter: SubBoxCutter,
    _ orientation: CubeOrientation = .identity, sign: Float = 1,
    into box: UnsafeMutablePointer<Float>
  ) throws(Failure) {
    lock.lock()
    defer { lock.unlock() }
    try cutter.cut(
      around: site, brickWidth: Self.chunkWidth, orientation, sign: sign, into: box
    ) {
      (x, y, z) throws(Failure) in
      try chunk(Key(file: file, x: x, y: y, z: z))
    }
  }

  private func chunk(_ key: Key) throws(Failure) -> SubBoxCutter.Brick {
    let size = files[key.file].gridSize
    let offset = [key.x, key.y, key.z].map { $0 * Self.chunkWidth }
    let counts = offset.map { min(Self.chunkWidth, size - $0) }
    uses += 1
    if let chunk = entries[key]?.chunk {
      entries[key]?.lastUse = uses
      return SubBoxCutter.Brick(start: chunk, width: counts[1], depth: counts[2])
    }
    let chunk = makeRoom()
    do {
      try files[key.file].file.read(
        field, into: UnsafeMutableBufferPointer(start: chunk, count: counts.reduce(1, *)),
        Hyperslab(offset: offset, count: counts))
    } catch {
      chunk.deallocate()
      throw error
    }
    reads += 1
    entries[key] = Entry(chunk: chunk, lastUse: uses)
    return SubBoxCutter.Brick(start: chunk, width: counts[1], depth: counts[2])
  }

  /// Returns memory for one more chunk: that of the chunk used longest ago if the cache is full.
  private func makeRoom() -> UnsafeMutablePointer<Float> {
    guard entries.count >= capacity,
      let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse })
    else { return .allocate(capacity: voxelsPerChunk) }
    entries[oldest.key] = nil
    return oldest.value.chunk
  }
}
