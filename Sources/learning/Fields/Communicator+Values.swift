internal import Failures
internal import Foundation
internal import MPI

extension Communicator {
  /// Makes a value on the root, and sends it to all ranks as a binary property list.
  ///
  /// Collective.
  ///
  /// - Throws: On every rank, if it cannot be made.
  func broadcastFromRoot<Value: Codable, Failure: Error>(
    _ make: () throws(Failure) -> Value
  ) throws -> Value {
    let made = try agree { () throws(Failure) in isRoot ? try make() : nil }
    let encoder = PropertyListEncoder()
    encoder.outputFormat = .binary
    let bytes = try agree { try made.map { try [UInt8](encoder.encode($0)) } ?? [] }
    let received = try broadcast(bytes)
    return try agree {
      try made ?? PropertyListDecoder().decode(Value.self, from: Data(received))
    }
  }
}
