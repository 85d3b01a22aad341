import Statistics
import Testing

// Two-sided 95 % points of Student's t: NIST/SEMATECH e-Handbook of Statistical Methods, table 1.3.6.7.2.
@Test(arguments: [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (9, 2.262), (30, 2.042)])
func quantilesAreThoseOfTheTable(freedom: Int, t: Double) {
  #expect(abs(StudentT.centralQuantile(0.95, freedom: freedom) - t) < 5e-4)
}
