package import Failures

/// Some rows of a snapshot.
package struct SnapshotParticles: Sendable {
  /// The rows, counted over all files.
  package let rows: Range<Int>

  /// The IDs that identify the particles in all snapshots of the simulation [particle].
  package var ids: [UInt64] = []

  /// Comoving positions [particle, 3], [Mpc/h], each coordinate in [0, box).
  package var positions: [Double] = []

  /// Velocities as GADGET stores them, sqrt(a) dx/dt [particle, 3], [km/s]; empty unless read.
  package var velocities: [Float] = []

  init(rows: Range<Int>) { self.rows = rows }
}

extension Snapshot {
  /// Reads rows of the snapshot.
  ///
  /// Memory: 32 bytes a row, and 12 for velocities.
  ///
  /// - Parameters:
  ///   - rows: Any range of the particles; ranks ask for ranges of their own.
  ///   - velocities: Whether to read the velocities.
  /// - Returns: The particles in the order of the files, positions wrapped into the box.
  /// - Throws: A `Failure` that names file, dataset and row.
  package func particles(
    in rows: Range<Int>, velocities: Bool = false
  ) throws(Failure) -> SnapshotParticles {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= particleCount, "rows outside")
    var particles = SnapshotParticles(rows: rows)
    for part in parts {
      let shared = rows.clamped(to: part.rows)
      if shared.isEmpty { continue }
      let file = try format.file.init(part.path, supplement)
      let local =
        shared.lowerBound - part.rows.lowerBound..<shared.upperBound
        - part.rows.lowerBound
      particles.ids += try file.ids(local)
      particles.positions += try wrapped(
        file.positions(local), part.path, firstRow: local.lowerBound)
      if velocities {
        let stored = try file.velocities(local)
        let unit = Float(units.velocity)
        let scaled = unit == 1 ? stored : stored.map { $0 * unit }
        if let bad = scaled.firstIndex(where: { !$0.isFinite }) {
          throw Self.invalid(
            format.names.velocities, row: local.lowerBound + bad / 3, Double(stored[bad]),
            part.path)
        }
        particles.velocities += scaled
      }
      if listsMasses { try compare(file.masses(local), part.path, firstRow: local.lowerBound) }
    }
    return particles
  }

  /// Converts positions, and moves those on or slightly outside the faces into the box.
  private func wrapped(
    _ stored: [Double], _ path: String, firstRow: Int
  ) throws(Failure) -> [Double] {
    var positions = stored
    let tolerance = boxSize * 1e-3
    for index in positions.indices {
      var position = stored[index] * units.length
      guard position >= -tolerance, position <= boxSize + tolerance else {
        if position.isFinite {
          throw Failure(
            .invalidValue, in: path, dataset: format.names.positions,
            because: "row \(firstRow + index / 3) is at \(position) Mpc/h, outside the box of "
              + "\(boxSize) Mpc/h",
            remedy: "Check BoxSize and the units in the header.")
        }
        throw Self.invalid(
          format.names.positions, row: firstRow + index / 3, stored[index], path)
      }
      if position < 0 { position += boxSize }
      if position >= boxSize { position -= boxSize }
      positions[index] = position
    }
    return positions
  }

  /// Reads the numbers of the halos that rows are in [row], negative for none; the snapshot must have
  /// them (``hasHaloLabels``).
  func haloLabels(in rows: Range<Int>) throws(Failure) -> [Int64] {
    var labels: [Int64] = []
    for part in parts {
      let shared = rows.clamped(to: part.rows)
      if shared.isEmpty { continue }
      let first = part.rows.lowerBound
      let local = shared.lowerBound - first..<shared.upperBound - first
      guard let own = try format.file.init(part.path, supplement).haloLabels(local) else {
        throw Failure(
          .missingContent, in: part.path,
          because: "it has no labels of halos as other files of the "
            + "snapshot do", remedy: "Put the files of one snapshot together.")
      }
      labels += own
    }
    return labels
  }

  private func compare(
    _ masses: [Double], _ path: String, firstRow: Int
  ) throws(Failure) {
    let expected = particleMass * cosmology.hubble / units.mass
    if let other = masses.firstIndex(where: { !(abs($0 - expected) <= 1e-5 * expected) }) {
      throw Failure(
        .unequalMasses, in: path, dataset: format.names.masses,
        because: "row \(firstRow + other) has mass \(masses[other]) instead of \(expected)",
        remedy: "Give a simulation whose particles have one mass.")
    }
  }

  private static func invalid(
    _ dataset: String, row: Int, _ value: Double, _ path: String
  ) -> Failure {
    Failure(
      .invalidValue, in: path, dataset: dataset, because: "row \(row) holds \(value)",
      remedy: "Copy the file again; if it is damaged at its source, write it again.")
  }
}
