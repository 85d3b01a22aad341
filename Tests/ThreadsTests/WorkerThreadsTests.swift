import Synchronization
import Testing
import Threads

private struct Refusal: Error, Equatable {
  let number: Int
}

@Test(arguments: [1, 2, 3, 16], [0, 1, 2, 7, 1000])
func everyNumberIsMetOnce(threads: Int, total: Int) {
  let calls = Mutex([Int](repeating: 0, count: total))
  WorkerThreads(count: threads).forEach(of: total) { number in calls.withLock { $0[number] += 1 } }
  #expect(calls.withLock { $0 } == [Int](repeating: 1, count: total))
}

@Test(arguments: [1, 2, 3, 16], [0, 1, 2, 7, 1000])
func partsAreARangeEachAndCoverAll(threads: Int, total: Int) {
  let parts = Mutex([Int: Range<Int>]())
  WorkerThreads(count: threads).forEachPart(of: total) { part, range in
    parts.withLock { $0[part] = range }
  }
  let found = parts.withLock { $0 }.sorted { $0.key < $1.key }
  #expect(found.map(\.key) == Array(0..<min(threads, total)))
  #expect(found.flatMap(\.value) == Array(0..<total))
  #expect(found.allSatisfy { !$0.value.isEmpty })
}

@Test(arguments: [1, 2, 5]) func resultsStandAtTheirNumbers(threads: Int) {
  let squares = WorkerThreads(count: threads).map(100) { $0 * $0 }
  #expect(squares == (0..<100).map { $0 * $0 })
  let halves = WorkerThreads(count: threads).map(5) { $0 % 2 == 0 ? $0 / 2 : nil }
  #expect(halves == [0, nil, 1, nil, 2])
}

@Test(arguments: [1, 2, 3, 8]) func errorOfTheLowestNumberIsThrown(threads: Int) {
  let workers = WorkerThreads(count: threads)
  for _ in 0..<50 {
    #expect(throws: Refusal(number: 30)) {
      try workers.forEach(of: 100) { (number) throws(Refusal) in
        if number >= 30 { throw Refusal(number: number) }
      }
    }
  }
  #expect(throws: Refusal(number: 7)) {
    _ = try workers.map(10) { (number) throws(Refusal) -> Int in
      if number == 7 { throw Refusal(number: number) }
      return number
    }
  }
}

@Test(arguments: [1, 3]) func noCallBeginsAfterAnErrorExceptThoseUnderWay(threads: Int) {
  let calls = Mutex(0)
  #expect(throws: Refusal(number: 0)) {
    try WorkerThreads(count: threads).forEach(of: 1_000_000) { (number) throws(Refusal) in
      calls.withLock { $0 += 1 }
      if number == 0 { throw Refusal(number: 0) }
    }
  }
  #expect(calls.withLock { $0 } < 1_000_000)
}

@Test(arguments: [1, 2, 4]) func teamDoesAllPartsAtTheSameTime(size: Int) {
  let team = ThreadTeam(size: size)
  for _ in 0..<3 {
    let arrived = Atomic(0)
    // Nobody leaves before all have come, which parts one after the other could not do.
    team.perform { _ in
      arrived.wrappingAdd(1, ordering: .acquiringAndReleasing)
      while arrived.load(ordering: .acquiring) < size {}
    }
    #expect(arrived.load(ordering: .acquiring) == size)
  }
}
