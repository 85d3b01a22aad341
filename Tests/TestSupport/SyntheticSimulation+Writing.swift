import Foundation
import HDF5
import Snapshots

extension SyntheticSimulation {
  /// Writes the z=99 snapshot, and returns the path to open it by.
  @discardableResult
  package func writeInitial(in folder: String) throws -> String {
    try writeSnapshot(
      folder + "/snapdir_000/snapshot_000", redshift: 99,
      positions: initialOrder.map(initialPosition),
      velocities: initialOrder.map(velocity), ids: initialOrder.map(idOfSite))
  }

  /// Writes the z=0 snapshot, and returns the path to open it by.
  @discardableResult
  package func writeFinal(in folder: String) throws -> String {
    try writeSnapshot(
      folder + "/snapdir_001/snapshot_001", redshift: 0,
      positions: (0..<count).map { finalPosition(row: $0) },
      velocities: [[Double]](repeating: [0, 0, 0], count: count), ids: finalOrder.map(idOfSite))
  }

  private func writeSnapshot(
    _ base: String, redshift: Double, positions: [[Double]], velocities: [[Double]], ids: [UInt64]
  ) throws -> String {
    try FileManager.default.createDirectory(
      atPath: (base as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
    for part in 0..<fileCount {
      // The first of several files is empty, as the file of a type's absence is.
      let start = fileCount > 1 ? max(0, part - 1) * count / (fileCount - 1) : 0
      let end = fileCount > 1 ? part * count / (fileCount - 1) : count
      let rows = start..<end
      let path = fileCount > 1 ? "\(base).\(part).hdf5" : "\(base).hdf5"
      let file = try HDF5File.create(path)
      try writeHeader(file, redshift: redshift)
      try file.setAttribute("NumFilesPerSnapshot", to: Int32(fileCount), of: "Header")
      let mass = particleMass * cosmology.hubble / massUnit
      try file.setAttribute("MassTable", to: [0, listsMasses ? 0 : mass], of: "Header")
      try writeCounts(file, "NumPart_ThisFile", rows.count)
      try writeCounts(file, "NumPart_Total", count)
      if !rows.isEmpty {
        let table = [rows.count, 3]
        try file.createDataset("PartType1/Coordinates", extents: table, of: Float.self).write(
          positions[rows].flatMap { $0.map { Float($0 / lengthUnit) } })
        try file.createDataset("PartType1/Velocities", extents: table, of: Float.self).write(
          velocities[rows].flatMap { $0.map { Float($0) } })
        try file.createDataset("PartType1/ParticleIDs", extents: [rows.count], of: UInt32.self)
          .write(ids[rows].map { UInt32($0) })
        if listsMasses {
          try file.createDataset("PartType1/Masses", extents: [rows.count], of: Float.self).write(
            [Float](repeating: Float(mass), count: rows.count))
        }
      }
      try file.close()
    }
    return fileCount > 1 ? (base as NSString).deletingLastPathComponent : base + ".hdf5"
  }

  private func writeCounts(_ file: borrowing HDF5File, _ name: String, _ count: Int) throws {
    guard usesHighWords else {
      return try file.setAttribute(name, to: [UInt64(0), UInt64(count)], of: "Header")
    }
    try file.setAttribute(name, to: [UInt32(0), UInt32(count), 0, 0, 0, 0], of: "Header")
    try file.setAttribute(name + "_HighWord", to: [UInt32](repeating: 0, count: 6), of: "Header")
  }

  private func writeHeader(_ file: borrowing HDF5File, redshift: Double) throws {
    try file.createGroup("Header")
    try file.createGroup("Parameters")
    try file.setAttribute("BoxSize", to: boxSize / lengthUnit, of: "Header")
    try file.setAttribute("Redshift", to: redshift, of: "Header")
    try file.setAttribute("Time", to: 1 / (1 + redshift), of: "Header")
    try file.setAttribute("Omega0", to: cosmology.omegaMatter, of: "Parameters")
    try file.setAttribute("OmegaLambda", to: cosmology.omegaLambda, of: "Parameters")
    try file.setAttribute("HubbleParam", to: cosmology.hubble, of: "Parameters")
    guard statesUnits else { return }
    try file.setAttribute("UnitLength_in_cm", to: 3.08568e24 * lengthUnit, of: "Parameters")
    try file.setAttribute("UnitMass_in_g", to: 1.989e33 * massUnit, of: "Parameters")
    try file.setAttribute("UnitVelocity_in_cm_per_s", to: 1e5, of: "Parameters")
  }

  /// Writes the catalogue of the z=0 snapshot, and returns the path to open it by.
  @discardableResult
  package func writeCatalogue(in folder: String) throws -> String {
    let base = folder + "/groups_001/fof_subhalo_tab_001"
    try FileManager.default.createDirectory(
      atPath: folder + "/groups_001", withIntermediateDirectories: true)
    let groups = hasHalos ? self.groups : []
    let starts = groups.indices.map { groups[..<$0].reduce(0) { $0 + $1.length } }
    let subhaloCount = hasSubhalos ? groups.reduce(0) { $0 + $1.subhalos.count } : 0
    let mass = particleMass * cosmology.hubble / massUnit
    for part in 0..<catalogueFileCount {
      let mine =
        part * groups.count / catalogueFileCount..<(part + 1) * groups.count
        / catalogueFileCount
      let file = try HDF5File.create(
        catalogueFileCount > 1 ? "\(base).\(part).hdf5" : "\(base).hdf5")
      try writeHeader(file, redshift: 0)
      try file.setAttribute("NumFiles", to: Int32(catalogueFileCount), of: "Header")
      try file.setAttribute("Ngroups_ThisFile", to: UInt64(mine.count), of: "Header")
      try file.setAttribute("Ngroups_Total", to: UInt64(groups.count), of: "Header")
      let subhalos =
        hasSubhalos
        ? mine.flatMap { group in groups[group].subhalos.indices.map { (group, $0) } } : []
      if hasSubhalos {
        try file.setAttribute("Nsubhalos_ThisFile", to: UInt64(subhalos.count), of: "Header")
        try file.setAttribute("Nsubhalos_Total", to: UInt64(subhaloCount), of: "Header")
      }
      if !mine.isEmpty {
        try file.createDataset("Group/GroupLenType", extents: [mine.count, 2], of: Int32.self)
          .write(mine.flatMap { [0, Int32(groups[$0].length)] })
        if hasOffsets {
          try file.createDataset("Group/GroupOffsetType", extents: [mine.count, 2], of: Int64.self)
            .write(mine.flatMap { [0, Int64(starts[$0])] })
        }
        try file.createDataset("Group/GroupMass", extents: [mine.count], of: Float.self)
          .write(mine.map { Float(Double(groups[$0].length) * mass) })
        try file.createDataset("Group/GroupPos", extents: [mine.count, 3], of: Float.self)
          .write(mine.flatMap { center($0).map { Float($0 / lengthUnit) } })
        // A group without subhaloes has no radius, as in GADGET-4.
        try file.createDataset("Group/Group_R_Mean200", extents: [mine.count], of: Float.self)
          .write(mine.map { groups[$0].subhalos.isEmpty ? 0 : Float(radius($0) / lengthUnit) })
      }
      if !subhalos.isEmpty {
        let lengths = subhalos.map { groups[$0.0].subhalos[$0.1] }
        try file.createDataset(
          "Subhalo/SubhaloLenType", extents: [lengths.count, 2], of: Int32.self
        )
        .write(lengths.flatMap { [0, Int32($0)] })
        try file.createDataset("Subhalo/SubhaloGroupNr", extents: [lengths.count], of: Int64.self)
          .write(subhalos.map { Int64($0.0) })
      }
      try file.close()
    }
    return catalogueFileCount > 1 ? base : base + ".hdf5"
  }
}
