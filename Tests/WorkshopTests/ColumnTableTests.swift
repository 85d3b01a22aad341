import Foundation
import TestSupport
import Testing

@testable import Failures
@testable import Workshop

@Suite struct ColumnTableTests {
  private let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func write(_ text: String) throws -> String {
    let path = scratch.path(UUID().uuidString)
    try Data(text.utf8).write(to: URL(filePath: path))
    return path
  }

  private func problem(
    _ text: String, _ columns: [String] = ["a", "b"]
  ) throws -> TableError.Problem? {
    let path = try write(text)
    do {
      _ = try ColumnTable(contentsOf: path, columns: columns)
      return nil
    } catch {
      return error.problem
    }
  }

  @Test(arguments: [
    "a,b,c\n1,2.5,x\n-3e2,4,y\n7,8,x\n", "a\tb\tc\r\n1\t2.5\tx\r\n-3e2\t4\ty\r\n7\t8\tx",
    "# made by hand\n\na;b;c\n1;2.5;x\n# between\n-3e2; 4 ;y\n7;8;x\n",
    "\u{FEFF}\"a\",\"b\",\"c\"\n1,2.5,\"x\"\n-3e2,\"4\",y\n7,8,x\n",
  ])
  func theUsualFormsOfTablesAreRead(text: String) throws {
    let path = try write(text)
    let table = try ColumnTable(contentsOf: path, columns: ["b", "a"], labels: "c")
    #expect(table.numbers == [[2.5, 4, 8], [1, -300, 7]])
    #expect(table.labels == [0, 1, 0])
    #expect(try ColumnTable(contentsOf: path, columns: ["a"]).labels == nil)
  }

  @Test func whatIsWrongIsNamedWithItsLine() throws {
    #expect(try problem("") == .noHeader)
    #expect(try problem("# a,b\n") == .noHeader)
    #expect(try problem("a,x\n1,2\n") == .noColumn("b", known: ["a", "x"]))
    #expect(try problem("a,b,a\n1,2,3\n") == .repeatedColumn("a"))
    #expect(try problem("a,b\n1,2\n\n3\n") == .fieldCount(line: 4, found: 1, expected: 2))
    #expect(try problem("a,b\n1,2\n1,\n") == .notANumber(line: 3, column: "b", text: ""))
    #expect(try problem("a,b\n1,nan\n") == .notANumber(line: 2, column: "b", text: "nan"))
    #expect(try problem("a,b\n1,1e999\n") == .notANumber(line: 2, column: "b", text: "1e999"))
    #expect(try problem("a,b\n") == nil)
  }

  @Test func errorsEndInTheirExitCodes() throws {
    #expect(throws: TableError.self) { try ColumnTable(contentsOf: "/nowhere.csv", columns: []) }
    do {
      _ = try ColumnTable(contentsOf: "nowhere.csv", columns: ["a"])
    } catch {
      #expect(error.exitCode == .missingInput)
      #expect("\(error)".contains("nowhere.csv: there is no such file"))
    }
    let path = try write("alpha,beta\n1,2\n")
    do {
      _ = try ColumnTable(contentsOf: path, columns: ["alpah"])
    } catch {
      #expect(error.exitCode == .usage)
      #expect("\(error)".contains("did you mean `alpha`?"))
    }
  }
}
