internal import Foundation

extension SchedulerQueue {
  /// Runs a command of a scheduler, which reads a file if one is given, and returns its standard output.
  func run(_ words: [String], input: String? = nil) throws(SchedulerError) -> String {
    let path = environment["PATH"] ?? ""
    let program = path.split(separator: ":").lazy.map { "\($0)/\(words[0])" }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
    guard let program else {
      throw .missingCommand(words[0], reason: "it is in no folder of the search path")
    }
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = Array(words.dropFirst())
    process.environment = environment
    process.standardInput = FileHandle.nullDevice
    if let input {
      guard let file = FileHandle(forReadingAtPath: input) else {
        throw .missingCommand(words[0], reason: "its script \(input) cannot be read")
      }
      process.standardInput = file
    }
    let output = Pipe()
    let messages = Pipe()
    process.standardOutput = output
    process.standardError = messages
    do {
      try process.run()
    } catch {
      throw .missingCommand(words[0], reason: error.localizedDescription)
    }
    // The answers of these commands are short: they fit the pipes, and are read one after the other.
    let answer = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    let message = String(
      decoding: messages.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    guard process.terminationStatus == 0, process.terminationReason == .exit else {
      throw .failedCommand(
        words, code: process.terminationStatus,
        message: message.trimmingCharacters(in: .whitespacesAndNewlines))
    }
    return answer.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}
