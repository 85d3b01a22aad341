internal import DurableFiles
internal import Failures
internal import Settings

/// A table of text that cannot be read.
struct TableError: JobFailure, Hashable {
  /// A problem with a table.
  package enum Problem: Hashable, Sendable {
    /// There is no such file.
    case missing
    /// The file cannot be read.
    case unreadable(FileError)
    /// The file has no line with the names of columns.
    case noHeader
    /// No column has this name; `known` are those that there are.
    case noColumn(String, known: [String])
    /// Several columns have this name.
    case repeatedColumn(String)
    /// A line has another number of fields than the header.
    case fieldCount(line: Int, found: Int, expected: Int)
    /// A field is not a finite number.
    case notANumber(line: Int, column: String, text: String)
  }

  /// The path of the file.
  package let path: String

  /// The problem with the table.
  package let problem: Problem

  init(_ path: String, _ problem: Problem) {
    self.path = path
    self.problem = problem
  }

  /// A missing file, one that cannot be read, a wrong option, or a table that is not what it must be.
  package var exitCode: JobExitCode {
    switch problem {
    case .missing: .missingInput
    case .unreadable(let error): error.exitCode
    case .noColumn: .usage
    case .noHeader, .repeatedColumn, .fieldCount, .notANumber: .badData
    }
  }
}

extension TableError: CustomStringConvertible {
  /// File, line, mistake and remedy in one sentence.
  package var description: String {
    switch problem {
    case .missing: "\(path): there is no such file; give the path of a table with a header"
    case .unreadable(let error): "\(error)"
    case .noHeader: "\(path): the file is empty; its first line must name the columns"
    case .noColumn(let name, let known):
      "\(path): there is no column `\(name)`; "
        + (nearestKey(to: name, among: known).map { "did you mean `\($0)`?" }
          ?? "there are: \(known.joined(separator: ", "))")
    case .repeatedColumn(let name):
      "\(path): several columns are named `\(name)`; give each its own name"
    case .fieldCount(let line, let found, let expected):
      "\(path), line \(line): \(found) fields where the header has \(expected); "
        + "mend the line or leave it out"
    case .notANumber(let line, let column, let text):
      "\(path), line \(line): `\(column)` is \"\(text)\", not a finite number; "
        + "leave such rows out, and say how many they were"
    }
  }
}
