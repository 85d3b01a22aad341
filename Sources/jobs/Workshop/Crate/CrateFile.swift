internal import Foundation

/// A file of a run directory, as its crate describes it.
struct CrateFile: Hashable, Sendable {
  /// The path, relative to the run directory.
  let path: String

  /// The size [bytes].
  let byteCount: Int

  /// The time of the last change.
  let modified: Date

  /// The files of a run directory that travel, sorted by their paths.
  ///
  /// Left out is what belongs to jobs at work: locks, requests to stop, records of progress and unfinished files.
  static func all(in directory: String) -> [CrateFile] {
    let paths = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String }
    return (paths ?? []).filter(isPart).sorted().compactMap { path in
      let attributes = try? FileManager.default.attributesOfItem(atPath: "\(directory)/\(path)")
      guard let attributes, attributes[.type] as? FileAttributeType == .typeRegular else {
        return nil
      }
      return CrateFile(
        path: path, byteCount: (attributes[.size] as? NSNumber)?.intValue ?? 0,
        modified: attributes[.modificationDate] as? Date ?? .distantPast)
    }
  }

  private static func isPart(_ path: String) -> Bool {
    let parts = path.split(separator: "/")
    guard let name = parts.last, !parts.contains("unfinished"), path != CrateTask.name else {
      return false
    }
    return !["lock", "stop", "progress.json", "unfinished.json"].contains(name)
      && !name.hasSuffix(".partial") && !name.hasSuffix(".damaged")
  }

  /// The identifier: the path, encoded as RO-Crate wants it.
  var identifier: String { Self.identifier(of: path) }

  /// The entity, with a checksum if it is known.
  func entity(checksum: String?) -> CrateEntity {
    var properties: [String: CrateEntity.Value] = [
      "name": .text(path.split(separator: "/").last.map(String.init) ?? path),
      "contentSize": .text("\(byteCount)"), "encodingFormat": .text(mediaType),
      "dateModified": .text(Self.time(modified)),
    ]
    if let description { properties["description"] = .text(description) }
    if let checksum {
      properties["identifier"] = .entity(Self.identifier(ofChecksum: checksum))
    }
    return CrateEntity(identifier, "File", properties: properties)
  }

  /// Encodes a path relative to the crate as an address.
  static func identifier(of path: String) -> String {
    // A colon before the first slash would end the name of a scheme.
    let allowed = CharacterSet.urlPathAllowed.subtracting(CharacterSet(charactersIn: ":"))
    return path.addingPercentEncoding(withAllowedCharacters: allowed) ?? path
  }

  /// The identifier of the entity that holds a checksum.
  static func identifier(ofChecksum checksum: String) -> String { "#checksum-\(checksum)" }

  /// Writes a time as the profiles of RO-Crate want it, in UTC.
  static func time(_ date: Date) -> String {
    date.formatted(.iso8601).replacing("Z", with: "+00:00")
  }

  /// The meaning of the file, for those who find it (Documentation/formats.md).
  private var description: String? {
    let parts = path.split(separator: "/").map(String.init)
    return switch (parts.first, parts.last) {
    case (_, "provenance.json"):
      "how the results beside it were made: one record per start of a job"
    case (_, let name?) where name.hasSuffix("made-of.json"):
      "what the result beside it was made of: settings, inputs and outputs by checksums"
    case ("simulations", "initial.hdf5"): "particles at the initial redshift"
    case ("simulations", "final.hdf5"): "particles at the end, in the order of groups"
    case ("simulations", "catalogue.hdf5"): "groups and their bound parts"
    case ("fields", let name?) where name.hasSuffix(".h5"):
      "initial density, final halo masses and halos of a simulation, on the Lagrangian grid"
    case ("training", "model.h5"): "the network of the lowest validation loss"
    case ("training", "metrics.jsonl"): "numbers of each step and epoch of the training"
    case ("predictions", "predictions.h5"): "predicted and true halo masses of test particles"
    case ("predictions", "responses.h5"): "predicted halo masses after perturbations of the boxes"
    case ("predictions", "sensitivity.h5"):
      "mean gradients of the predicted mass with respect to the box"
    case ("report", "report.json"): "every number of the report"
    case ("report", "report.html"): "the report, to be read"
    default: nil
    }
  }

  private var mediaType: String {
    switch URL(filePath: path).pathExtension {
    case "h5", "hdf5": "application/x-hdf5"
    case "json": "application/json"
    case "jsonl": "application/jsonl"
    case "yaml": "application/yaml"
    case "csv": "text/csv"
    case "html": "text/html"
    case "md": "text/markdown"
    case "svg": "image/svg+xml"
    case "pdf": "application/pdf"
    case "txt", "log", "gp": "text/plain"
    default: "application/octet-stream"
    }
  }
}
