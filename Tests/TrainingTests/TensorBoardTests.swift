import Foundation
import MPI
import TestSupport
import Testing

@testable import Stopping
@testable import Training

/// Event files have what metrics.jsonl has, each step once.
@Suite(.serialized) struct TensorBoardTests {
  // RFC 3720, appendix B.4; the last but one is the check value of the catalogue of CRC algorithms.
  private static let vectors: [(bytes: [UInt8], checksum: UInt32)] = [
    ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
    ([UInt8](repeating: 0xff, count: 32), 0x62a8_ab43),
    ([UInt8](0..<32), 0x46dd_794e),
    ([UInt8]((0..<32).reversed()), 0x113f_db5c),
    ([UInt8]("123456789".utf8), 0xe306_9283),
    ([], 0),
  ]

  @Test(arguments: vectors)
  func theChecksumIsThatOfThePublishedVectors(bytes: [UInt8], checksum: UInt32) {
    #expect(MaskedCRC32C.checksum(bytes) == checksum)
  }

  @Test func theMaskIsThatOfTensorFlow() {
    // tensorflow/core/lib/hash/crc32c.h: rotated right by 15 bits, plus 0xa282ead8.
    let crc: UInt32 = 0xe306_9283
    #expect(MaskedCRC32C.masked(Array("123456789".utf8)) == (crc >> 15 | crc << 17) &+ 0xa282_ead8)
  }

  @Test func aRecordHasTheBytesOfTensorBoardsOwnWriter() {
    // tensorboard 2.21.0: RecordWriter.write(Event(wall_time=1.5, step=300,
    // summary=Summary(value=[Summary.Value(tag="a/b", simple_value=0.25)])).SerializeToString()).
    let record = EventRecord(
      time: 1.5, step: 300, content: .scalars([EventRecord.Scalar(tag: "a/b", value: 0.25)]))
    #expect(
      record.bytes.map { String(format: "%02x", $0) }.joined()
        == "1a00000000000000129bd82d09000000000000f83f10ac022a0c0a0a0a03612f"
        + "62150000803ef9cde7ed")
  }

  @Test(.ranks(1...4)) func aTrainingThatWasStoppedHasTheEventsOfOneThatWasNot() throws {
    try SmallTraining.with("tensorboard") { training, world in
      let whole = training.plan("whole") { $0.tensorboard = true }
      try SmallTraining.run(whole, on: world)
      let stopped = training.plan("stopped") { $0.tensorboard = true }
      var stop = StopConditions()
      stop.file = stopped.stopPath
      for _ in 0..<30 {
        var steps = 0
        let outcome = try SmallTraining.run(stopped, on: world, stop: stop) { event in
          guard case .step = event else { return }
          steps += 1
          if steps == 4 {
            _ = FileManager.default.createFile(atPath: stopped.stopPath, contents: nil)
          }
        }
        if outcome == .complete { break }
      }
      guard world.isRoot else { return }
      let expected = try events(of: whole)
      #expect(expected.count == 18 + 3 + 2, "18 steps, 3 epochs, version and start")
      #expect(try events(of: stopped) == expected)
      #expect(
        SmallTraining.Result(of: whole) == SmallTraining.Result(of: stopped),
        "event files change nothing else")
    }
  }

  @Test(.ranks(1...2)) func thereAreNoEventFilesUnlessTheyAreAskedFor() throws {
    try SmallTraining.with("without") { training, world in
      let plan = training.plan("plain") { $0.epochs = 1 }
      try SmallTraining.run(plan, on: world)
      #expect(EventFile.names(in: "\(plan.directory)/\(EventFile.folder)").isEmpty)
    }
  }

  /// The data of the records of the only event file, without their times.
  private func events(of plan: TrainingPlan) throws -> [Data] {
    let folder = "\(plan.directory)/\(EventFile.folder)"
    let names = EventFile.names(in: folder)
    #expect(names.count == 1, "\(names)")
    let bytes = try Data(contentsOf: URL(filePath: "\(folder)/\(names.first ?? "")"))
    var events: [Data] = []
    var place = 0
    while place < bytes.count {
      let head = bytes[place..<place + 8]
      let length = Int(head.reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
      let data = bytes[place + 12..<place + 12 + length]
      let sums = [(head, place + 8), (data, place + 12 + length)].map { part, end in
        MaskedCRC32C.masked(part)
          == bytes[end..<end + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      }
      #expect(sums == [true, true])
      // The first field is the time: a tag and eight bytes.
      events.append(Data(data.dropFirst(9)))
      place += 16 + length
    }
    return events
  }
}
