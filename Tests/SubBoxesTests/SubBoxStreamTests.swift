import Failures
import Foundation
import MPI
import Synchronization
import TestSupport
import Testing

@testable import SubBoxes

private let standardization = Standardization(mean: 1.0041, standardDeviation: 0.0509)
private let width = 5

extension RandomFields {
  /// Runs `body` with two simulations, a store of their fields, and samples of both.
  fileprivate static func withStore(
    _ mode: StreamSettings.Mode,
    _ body: ([RandomFields], FieldStore, [Sample]) throws -> Void
  ) throws {
    try withWorld { world in
      try withFiles(of: [12, 9], on: world) { simulations, paths in
        var settings = StreamSettings()
        settings.mode = mode
        let store = try FieldStore(of: paths, settings: settings, on: world)
        let samples = (0..<60).map { index in
          Sample(
            simulation: Int32(index % 2), site: Int64(index * 11), logMass: Float(index), radius: 0,
            halo: 0)
        }
        try body(simulations, store, samples)
      }
    }
  }
}

private func makeStream(
  _ store: FieldStore, _ kind: BoxKind = .raw, lookAhead: Int = 3, threads: Int = 1,
  consumers: Int = 1
) -> SubBoxStream {
  SubBoxStream(
    from: store, boxes: BoxDescription(kind), boxWidth: width,
    standardization: InputStandardization([standardization]),
    lookAhead: lookAhead, threads: threads, consumers: consumers)
}

extension SubBoxStream {
  fileprivate func start(_ samples: [Sample], at position: Int = 0) {
    start(samples.map { OrientedSample($0) }, at: position)
  }

  fileprivate func enqueue(_ samples: [Sample]) { enqueue(samples.map { OrientedSample($0) }) }

  /// The position of the next box, which is given back at once.
  fileprivate func nextPosition() throws(Failure) -> Int? {
    try next()?.position
  }
}

extension PreparedBox {
  fileprivate var array: [Float] {
    Array(UnsafeBufferPointer(start: voxels, count: width * width * width))
  }
}

extension CollectiveTests {
  @Suite(.timeLimit(.minutes(15))) struct SubBoxStreamTests {
    @Test(.ranks(1...4), arguments: [StreamSettings.Mode.resident, .stream], BoxKind.allCases)
    func boxesComeInTheOrderOfTheSamples(mode: StreamSettings.Mode, kind: BoxKind) throws {
      try RandomFields.withStore(mode) { simulations, store, samples in
        let shells = ShellAverage(width: width)
        let shuffle = ShellShuffle(width: width)
        let ellipsoids = EllipsoidalAverage(width: width, shells: ShellSettings())
        for threads in [1, 3] {
          let stream = makeStream(store, kind, threads: threads)
          stream.start(samples)
          var position = 0
          while let box = try stream.next() {
            #expect(box.position == position)
            #expect(box.sample == samples[position])
            #expect(UInt(bitPattern: box.voxels) % 64 == 0)
            let raw = simulations[Int(box.sample.simulation)]
              .box(around: box.sample.site, width: width, standardization)
            let expected =
              switch kind {
              case .raw: raw
              case .averaged: shells.averaged(raw)
              case .shuffled: shuffle.shuffled(raw, around: box.sample.site)
              case .ellipsoidal: ellipsoids.averaged(raw)
              }
            #expect(box.array == expected)
            position += 1
          }
          #expect(position == samples.count)
        }
      }
    }

    @Test(.ranks(1...4)) func samplesMayBeEnqueuedWhileOthersAreUsed() throws {
      try RandomFields.withStore(.resident) { _, store, samples in
        let stream = makeStream(store)
        stream.start(Array(samples[..<10]))
        for step in 0..<6 {
          if step < 5 { stream.enqueue(Array(samples[(step + 1) * 10..<(step + 2) * 10])) }
          var positions: [Int] = []
          while let box = try stream.next(before: (step + 1) * 10) {
            #expect(box.sample == samples[box.position])
            positions.append(box.position)
          }
          #expect(positions == Array(step * 10..<(step + 1) * 10))
        }
        #expect(try stream.nextPosition() == nil)
      }
    }

    @Test(.ranks(1...4)) func severalConsumersShareTheBoxes() throws {
      try RandomFields.withStore(.resident) { simulations, store, samples in
        let stream = makeStream(store, threads: 2, consumers: 4)
        stream.start(samples)
        let seen = Mutex<[Int]>([])
        let wrong = Mutex<[Int]>([])
        DispatchQueue.concurrentPerform(iterations: 4) { _ in
          while let box = try? stream.next() {
            let expected = simulations[Int(box.sample.simulation)]
              .box(around: box.sample.site, width: width, standardization)
            if box.array != expected { wrong.withLock { $0.append(box.position) } }
            let position = box.position
            seen.withLock { $0.append(position) }
          }
        }
        #expect(seen.withLock { $0.sorted() } == Array(samples.indices))
        #expect(wrong.withLock { $0 } == [])
      }
    }

    @Test(.ranks(1...4)) func anOrderMayBeginAgainAnywhere() throws {
      try RandomFields.withStore(.stream) { (_, store, samples) throws in
        let stream = makeStream(store)
        for position in [0, 40, 7, 60] {
          stream.start(Array(samples[position...]), at: position)
          for expected in (position..<samples.count).prefix(5) {
            #expect(try stream.nextPosition() == expected)
          }
        }
        #expect(try stream.nextPosition() == nil)
      }
    }

    @Test(.ranks(1...4)) func aConsumerMayStopEarly() throws {
      try RandomFields.withStore(.resident) { _, store, samples in
        for taken in [0, 1, 5] {
          let stream = makeStream(store, threads: 2)
          stream.start(samples)
          for _ in 0..<taken { #expect(try stream.nextPosition() != nil) }
        }
        // A box outlives its stream.
        let box = try firstBox(of: samples, from: store)
        #expect(box.position == 0)
        #expect(box.array.allSatisfy { $0.isFinite })
      }
    }

    private func firstBox(of samples: [Sample], from store: FieldStore) throws -> PreparedBox {
      let stream = makeStream(store)
      stream.start(samples)
      guard let box = try stream.next() else { preconditionFailure("there is a first box") }
      return box
    }

    @Test(.ranks(1...4)) func noMoreBoxesAreMadeThanThereAreBuffersFor() throws {
      try RandomFields.withStore(.resident) { _, store, samples in
        let stream = makeStream(store, lookAhead: 1, consumers: 1)
        #expect(stream.bytes == 2 * width * width * width * 4)
        stream.start(samples)
        let first = try stream.next()
        let second = try stream.next()
        let third = Mutex<Int?>(nil)
        let done = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
          let position = try? stream.nextPosition()
          third.withLock { $0 = position }
          done.signal()
        }
        Thread.sleep(forTimeInterval: 0.05)
        #expect(third.withLock { $0 } == nil)
        _ = consume first
        done.wait()
        #expect(third.withLock { $0 } == 2)
        #expect(stream.waitingTime > .milliseconds(20))
        _ = consume second
      }
    }

    @Test(.ranks(1...4)) func aDamagedFileEndsTheOrderWhereItIsNeeded() throws {
      try RandomFields.withStore(.stream) { simulations, store, samples in
        let path = try #require(store.paths.last)
        try damage(path, simulations[1].density)
        let stream = makeStream(store, threads: 1)
        // Positions 0, 1 and 2 are of the sound file.
        let order = [samples[0], samples[2], samples[4], samples[1], samples[6]]
        stream.start(order)
        for position in 0..<3 {
          #expect(try stream.nextPosition() == position)
        }
        for _ in 0..<2 {
          let error = #expect(throws: Failure.self) { try stream.nextPosition() }
          #expect(error?.problem == .invalidValue)
          #expect(error?.file == path)
          #expect(error?.dataset == "density")
        }
        stream.start([samples[6]], at: 4)
        #expect(try stream.nextPosition() == 4)
      }
    }

    /// Makes the density of a site not a number, in the bytes of a file.
    private func damage(_ path: String, _ density: [Float]) throws {
      try withWorld { world in
        if world.isRoot {
          let row = density[100..<104].withUnsafeBytes { Data($0) }
          var bytes = try Data(contentsOf: URL(filePath: path))
          let place = try #require(bytes.range(of: row))
          bytes.replaceSubrange(place.lowerBound..<place.lowerBound + 4, with: [0, 0, 0xC0, 0x7F])
          let file = try FileHandle(forWritingTo: URL(filePath: path))
          try file.write(contentsOf: bytes)
          try file.close()
        }
        try world.barrier()
      }
    }
  }
}
