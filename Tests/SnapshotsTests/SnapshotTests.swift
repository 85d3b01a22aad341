import Failures
import Foundation
import HDF5
import TestSupport
import Testing

@testable import Snapshots

@Suite(.serialized) struct SnapshotTests {
  private func folder(_ name: String) throws -> String {
    try temporaryDirectory(
      "snapshots-\(name)-\(worldRank)")
  }

  private func problem<Value>(
    _ body: () throws(Failure) -> Value
  ) -> Failure? {
    do throws(Failure) {
      _ = try body()
      return nil
    } catch {
      return error
    }
  }

  static let variants: [(String, SyntheticSimulation)] = {
    var kiloparsecs = SyntheticSimulation()
    kiloparsecs.isInKiloparsecs = true
    var unstated = kiloparsecs
    unstated.statesUnits = false
    var several = SyntheticSimulation()
    several.fileCount = 4
    var masses = SyntheticSimulation()
    masses.listsMasses = true
    masses.usesHighWords = true
    return [
      ("plain", SyntheticSimulation()), ("kiloparsecs", kiloparsecs), ("unstated", unstated),
      ("several", several), ("masses", masses),
    ]
  }()

  @Test(arguments: variants.indices) func particlesAreTheSameInEveryLayout(variant: Int) throws {
    let (name, simulation) = Self.variants[variant]
    let snapshot = try Snapshot.open(simulation.writeInitial(in: folder(name)))
    #expect(snapshot.particleCount == 512)
    #expect(try snapshot.gridSize() == 8)
    #expect(abs(snapshot.boxSize - 25) < 1e-9)
    #expect(snapshot.redshift == 99)
    #expect(abs(snapshot.particleMass / simulation.particleMass - 1) < 1e-5)
    #expect(abs(snapshot.units.length - (simulation.isInKiloparsecs ? 1e-3 : 1)) < 1e-15)
    // Rows 100 to 400 cross the borders of files, which have 0, 170, 171 and 171 rows.
    let particles = try snapshot.particles(in: 100..<400, velocities: true)
    let sites = simulation.initialOrder[100..<400]
    #expect(particles.ids == sites.map(simulation.idOfSite))
    let positions = sites.flatMap(simulation.initialPosition)
    let velocities = sites.flatMap(simulation.velocity)
    #expect(zip(particles.positions, positions).allSatisfy { abs($0 - $1) < 1e-5 })
    #expect(zip(particles.velocities, velocities).allSatisfy { abs(Double($0) - $1) < 1e-3 })
    #expect(particles.positions.count == 900)
    #expect(particles.velocities.count == 900)
  }

  @Test func wrongUnitsAreFoundByTheMass() throws {
    var simulation = SyntheticSimulation()
    let path = try simulation.writeInitial(in: folder("units"))
    simulation.cosmology.omegaMatter = 0.3
    let file = try Data(contentsOf: URL(filePath: path))
    // The stated unit of length is replaced by the kiloparsec.
    var changed = file
    let stated = withUnsafeBytes(of: 3.08568e24) { Data($0) }
    let range = try #require(changed.range(of: stated))
    changed.replaceSubrange(range, with: withUnsafeBytes(of: 3.08568e21) { Data($0) })
    try changed.write(to: URL(filePath: path))
    let error = problem { () throws(Failure) in try Snapshot.open(path) }
    #expect(error?.problem == .wrongUnits)
    #expect(error?.remedy.contains("1.0 Mpc/h") == true)
  }

  @Test func aMissingPathAndAMissingPartAreNamed() throws {
    let missing = problem { () throws(Failure) in try Snapshot.open("/nonexistent/snap") }
    #expect(missing?.problem == .missingFile)
    var simulation = SyntheticSimulation()
    simulation.fileCount = 3
    let path = try simulation.writeInitial(in: folder("part"))
    try FileManager.default.removeItem(atPath: path + "/snapshot_000.2.hdf5")
    let part = problem { () throws(Failure) in try Snapshot.open(path) }
    #expect(part?.problem == .missingFile)
    #expect(part?.file?.hasSuffix("snapshot_000.2.hdf5") == true)
  }

  @Test func aFileCutOffIsUnreadable() throws {
    let path = try SyntheticSimulation().writeInitial(in: folder("cut"))
    let data = try Data(contentsOf: URL(filePath: path))
    try data.prefix(data.count / 2).write(to: URL(filePath: path))
    let error = problem { () throws(Failure) in try Snapshot.open(path) }
    #expect(error?.problem == .unreadable)
    #expect(error?.file == path)
  }

  @Test func aMissingDatasetIsNamed() throws {
    var simulation = SyntheticSimulation()
    simulation.listsMasses = false
    let folder = try folder("dataset")
    let path = try simulation.writeInitial(in: folder)
    // The name is changed in the file's own index.
    var data = try Data(contentsOf: URL(filePath: path))
    while let range = data.range(of: Data("Velocities".utf8)) {
      data.replaceSubrange(range, with: Data("Velocitier".utf8))
    }
    try data.write(to: URL(filePath: path))
    let error = problem { () throws(Failure) in try Snapshot.open(path) }
    #expect(error?.problem == .missingContent)
    #expect(error?.dataset == "PartType1/Velocities")
  }

  /// Positions are stored as 32-bit numbers; that of row 7 is replaced.
  @Test(arguments: [Float.nan, 30, -3, .infinity])
  func aPositionThatIsNoneIsNamedByItsRow(value: Float) throws {
    let simulation = SyntheticSimulation()
    let path = try simulation.writeInitial(in: folder("positions"))
    var data = try Data(contentsOf: URL(filePath: path))
    let row = simulation.initialPosition(simulation.initialOrder[7]).map { Float($0) }
    let range = try #require(data.range(of: row.withUnsafeBytes { Data($0) }))
    data.replaceSubrange(
      range.lowerBound..<range.lowerBound + 4, with: withUnsafeBytes(of: value) { Data($0) })
    try data.write(to: URL(filePath: path))
    let snapshot = try Snapshot.open(path)
    let error = problem { () throws(Failure) in try snapshot.particles(in: 0..<512) }
    #expect(error?.problem == .invalidValue)
    #expect(error?.dataset == "PartType1/Coordinates")
    #expect(error?.reason.contains("row 7 ") == true)
  }

  @Test func positionsOnTheFacesAreWrapped() throws {
    let simulation = SyntheticSimulation()
    let path = try simulation.writeInitial(in: folder("faces"))
    var data = try Data(contentsOf: URL(filePath: path))
    let row = simulation.initialPosition(simulation.initialOrder[7]).map { Float($0) }
    let range = try #require(data.range(of: row.withUnsafeBytes { Data($0) }))
    data.replaceSubrange(
      range, with: [Float(25), -1e-6, 25.01].withUnsafeBytes { Data($0) })
    try data.write(to: URL(filePath: path))
    let positions = try Snapshot.open(path).particles(in: 7..<8).positions
    #expect(positions[0] == 0)
    #expect(positions.allSatisfy { $0 >= 0 && $0 < 25 })
    #expect(abs(positions[1] - 24.999999) < 1e-6 && abs(positions[2] - 0.01) < 1e-5)
  }

  @Test func aNumberThatIsNoCubeIsRefused() throws {
    let snapshot = Snapshot(
      parts: [.init(path: "a", rows: 0..<500)], particleCount: 500, boxSize: 1, redshift: 0,
      particleMass: 1, cosmology: SyntheticSimulation().cosmology,
      units: SnapshotUnits(length: 1, mass: 1, velocity: 1), statesUnits: false,
      format: .gadgetHDF5, formatDescription: "", idByteCount: 4, hasHaloLabels: false,
      listsMasses: false)
    let error = problem { () throws(Failure) in try snapshot.gridSize() }
    #expect(error?.problem == .notACube)
  }

  /// 10^10 Msun/h in 25 Mpc/h: the README of the simulation A_1001 has 0.46153497.
  @Test func theMassThatFillsTheBoxIsThatOfGadget() {
    let cosmology = Cosmology(omegaMatter: 0.279, omegaLambda: 0.721, hubble: 0.701)
    let mass = cosmology.particleMass(count: 64 * 64 * 64, boxSize: 25) * 0.701
    #expect(abs(mass / 0.46153497e10 - 1) < 3e-4)
    // SIMULATION section 6: E(z=99) and rho_m0.
    #expect(abs(cosmology.expansionRate(at: 0.01) - 528.205) < 1e-3)
    #expect(abs(cosmology.meanMatterDensity / 7.74327e10 - 1) < 1e-5)
  }
}
