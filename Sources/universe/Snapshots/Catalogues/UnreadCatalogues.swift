internal import Failures
internal import Foundation

/// Formats of halo catalogues that are recognized, to say by which way their halos can be had.
enum UnreadCatalogues {
  /// What SOAP's first versions wrote, as the end of "it is".
  static let firstSOAP =
    "a catalogue of SOAP without InputHalos/HaloCatalogueIndex, as its first versions wrote it"

  /// The way of every catalogue.
  static let labels =
    "Give the halos as a table of `labels`: a row for each particle in a halo with its ID, the halo's "
    + "mass and number (Documentation/your-simulations.md)."

  /// Returns the error that tells what an unread file is and what to try; `nil` if it is not known.
  static func refusal(_ candidate: CatalogueCandidate) throws(Failure) -> Failure? {
    var found = binary(candidate)
    if let source = candidate.source {
      found = try hdf5(source)
    } else if found == nil {
      found = try text(candidate)
    }
    return found.map {
      Failure(.unreadable, in: candidate.path, because: "it is \($0.what)", remedy: $0.remedy)
    }
  }

  private static func hdf5(
    _ source: SnapshotSource
  ) throws(Failure) -> (what: String, remedy: String)? {
    let formats: [(dataset: String, what: String, remedy: String)] = [
      (
        "SrchaloParticles", "a file of HBT+ to go on from (SrcSnap)",
        "Give SubSnap, which is beside it."
      ),
      (
        "SO/200_mean", firstSOAP, labels
      ),
      (
        "Mass_200mean",
        "a part of a catalogue of VELOCIraptor without hostHaloID, which is not read", labels
      ),
      (
        "PartType1/Coordinates", "a snapshot, not a catalogue",
        "Give the file with the groups as `catalogue` (fof_subhalo_tab), or leave `catalogue` out if "
          + "the snapshot itself has labels, as SWIFT's with FOFGroupIDs do."
      ),
    ]
    for format in formats where try has(source, format.dataset) {
      return (format.what, format.remedy)
    }
    return nil
  }

  private static func has(
    _ source: SnapshotSource, _ dataset: String
  ) throws(Failure) -> Bool {
    let group = dataset.split(separator: "/").dropLast().joined(separator: "/")
    if !group.isEmpty, try !source.has(group) { return false }
    return try source.has(dataset)
  }

  private static func binary(_ candidate: CatalogueCandidate) -> (what: String, remedy: String)? {
    let formats: [(bytes: [UInt8], what: String, remedy: String)] = [
      (Array("#ASDF".utf8), "an ASDF file, as Abacus writes its halos (CompaSO)", labels),
      ([0x1F, 0x8B], "compressed by gzip", "Unpack it: gunzip -k FILE."),
    ]
    if let format = formats.first(where: { candidate.bytes.starts(with: $0.bytes) }) {
      return (format.what, format.remedy)
    }
    // L-SubFind of the Millennium simulation, before P-GADGET-3's.
    if candidate.name.hasPrefix("sub_tab") || candidate.name.hasPrefix("sub_ids") {
      return ("a table of L-SubFind, of before P-GADGET-3, which is not read", labels)
    }
    guard GadgetGroupFile(candidate.path, candidate.bytes, .ids) != nil,
      candidate.name.contains("_ids_")
    else { return nil }
    return (
      "the list of members' IDs of a catalogue",
      "Give the table beside it, \(candidate.name.replacingLast("_ids_", by: "_tab_"))."
    )
  }

  private static func text(
    _ candidate: CatalogueCandidate
  ) throws(Failure) -> (what: String, remedy: String)? {
    let columns = try candidate.columns()
    if columns.starts(with: ["ID", "DescID"]) || columns.contains("desc_scale") {
      return (
        "a list of ROCKSTAR or consistent-trees (out_N.list, hlist), which lists no particles",
        "Give halos_N.0.bin, or halos_N.0.ascii beside halos_N.0.particles (FULL_PARTICLE_CHUNKS). "
          + labels
      )
    }
    if columns.contains("particle_id") {
      return (
        "a table of particles", "Give the table of halos beside it, halos_N.0.ascii. \(labels)"
      )
    }
    return nil
  }
}
