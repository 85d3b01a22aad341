import MPI
import TestSupport
import Testing

/// What ranks do not agree on.
struct AgreementTests {
  /// To agree takes MPI: the rank would wait for others that do not know, in another call.
  @Test(.ranks(2...3)) func aFailureOfMPIItselfIsThrownOnItsRankAlone() throws {
    try withWorld { world in
      var routine: String?
      if world.rank == 1 {
        do {
          try world.agree { try world.send([1 as Int32], to: world.size, tag: 0) }
        } catch let error as MPIError { routine = error.routine }
      }
      // The others' first, and this rank's second.
      try world.agree {}
      #expect(routine == (world.rank == 1 ? "MPI_Send" : nil))
    }
  }
}
