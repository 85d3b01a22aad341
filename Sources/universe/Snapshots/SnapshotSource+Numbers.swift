// Numbers of a header, each through `StatedNumber`.

internal import Failures
internal import HDF5

extension SnapshotSource {
  /// The whole numbers of an attribute, none of them negative.
  ///
  /// - Parameters:
  ///   - name: The attribute.
  ///   - group: The group that has it.
  /// - Returns: The numbers; `nil` if there is no such attribute.
  /// - Throws: A `Failure` that names the attribute and the first value that is no count.
  func counts(_ name: String, of group: String = "Header") throws(Failure) -> [UInt64]? {
    guard let numbers = try numbers(name, of: [group]) else { return nil }
    for number in numbers where !(number >= 0 && number <= 0x1p64 && number == number.rounded()) {
      throw Failure(
        .invalidValue, in: path, dataset: "attribute \(group)/\(name)",
        because: "it holds \(number), which counts nothing",
        remedy: "Correct the number, or copy or write the file again.")
    }
    // Above 2^53 the digits are those of the integers.
    return numbers.allSatisfy { $0 < 0x1p53 }
      ? numbers.map { UInt64($0) } : try wholeNumbers(name, of: group)
  }

  /// The number of the files that the snapshot has.
  func fileCount() throws(Failure) -> Int {
    let name = "NumFilesPerSnapshot"
    return try StatedNumber(path: path, place: "attribute Header/\(name)").fileCount(
      try counts(name)?.first ?? 1)
  }

  /// The particles of each type that an attribute of the header gives.
  func types(
    _ name: String, _ supplement: SnapshotSupplement
  ) throws(Failure) -> ParticleTypes {
    let place = "attribute Header/\(name)"
    guard let low = try counts(name), low.count > 1 else {
      throw Failure(
        .missingContent, in: path, dataset: place,
        because: "the number of particles of each type is not there",
        remedy: "Give a snapshot of GADGET (SnapFormat 1, 2 or 3), AREPO or SWIFT.")
    }
    let high = try counts(name + "_HighWord") ?? []
    let stated = StatedNumber(path: path, place: place)
    var counts: [Int] = []
    for type in low.indices {
      counts.append(
        try stated.count(
          low: low[type], high: high.indices.contains(type) ? high[type] : 0,
          of: "particles of type \(type)"))
    }
    return try ParticleTypes(counts, supplement, path)
  }

  /// Numbers that must be there, each from the first of several groups that has it.
  ///
  /// - Parameters:
  ///   - names: The attributes.
  ///   - groups: The groups.
  ///   - remedy: The remedy if any is missing.
  /// - Returns: The numbers in the order of `names`.
  /// - Throws: One `Failure` that names all that are missing.
  func required(
    _ names: [String], of groups: [String], remedy: String
  ) throws(Failure) -> [Double] {
    var values: [Double] = []
    var missing: [String] = []
    for name in names {
      if let value = try numbers(name, of: groups)?.first {
        values.append(value)
      } else {
        missing.append(name)
      }
    }
    guard let first = missing.first else { return values }
    throw Failure(
      .missingContent, in: path, dataset: "attribute \(groups[0])/\(first)",
      because: (missing.count == 1
        ? "it is" : "it and \(missing.dropFirst().joined(separator: ", ")) are")
        + (groups.count == 1
          ? " not there" : " in none of the groups \(groups.joined(separator: ", "))"),
      remedy: remedy)
  }

  /// The background universe that was given, or else that of the file.
  ///
  /// - Parameters:
  ///   - names: The attributes of the matter density, of Lambda's and of h.
  ///   - groups: The groups that may have them.
  ///   - supplement: The facts about the snapshot besides those that the file states.
  /// - Returns: The background universe.
  /// - Throws: A `Failure` that names all attributes that are missing.
  func cosmology(
    _ names: [String], of groups: [String], _ supplement: SnapshotSupplement
  ) throws(Failure) -> Cosmology {
    if let given = supplement.cosmology { return given }
    let values = try required(
      names, of: groups,
      remedy: "Give `cosmology: {omegaMatter: ..., omegaLambda: ..., hubble: ...}` to the "
        + "simulation in the experiment file, and `units` unless they are stated or usual; or add "
        + "the attributes, for instance with h5py.")
    return Cosmology(omegaMatter: values[0], omegaLambda: values[1], hubble: values[2])
  }

  /// The units that GADGET's attributes state, if they do.
  func gadgetUnits() throws(Failure) -> SnapshotUnits? {
    let groups = ["Header", "Parameters", "Units"]
    func unit(_ name: String) throws(Failure) -> Double? {
      guard let value = try numbers(name, of: groups)?.first else { return nil }
      return try StatedNumber(path: path, place: "attribute \(name)").positive(value)
    }
    guard let length = try unit("UnitLength_in_cm"), let mass = try unit("UnitMass_in_g") else {
      return nil
    }
    let velocity = try unit("UnitVelocity_in_cm_per_s") ?? 1e5
    return SnapshotUnits(centimetres: length, grams: mass, centimetresPerSecond: velocity)
  }

  /// The units without h that SWIFT's group `Units` states, in this library's with it, if it does.
  ///
  /// A length of 1 Mpc is h Mpc/h. Velocities become sqrt(a) dx/dt.
  func swiftUnits(hubble: Double, redshift: Double) throws(Failure) -> SnapshotUnits? {
    func unit(_ name: String) throws(Failure) -> Double? {
      guard let value = try numbers(name, of: ["Units"])?.first else { return nil }
      return try StatedNumber(path: path, place: "attribute Units/\(name)").positive(value)
    }
    guard let length = try unit("Unit length in cgs (U_L)"),
      let mass = try unit("Unit mass in cgs (U_M)"), let time = try unit("Unit time in cgs (U_t)")
    else { return nil }
    let plain = SnapshotUnits(
      centimetres: length, grams: mass, centimetresPerSecond: length / time)
    return SnapshotUnits(
      length: plain.length * hubble, mass: plain.mass * hubble,
      velocity: plain.velocity * (1 + redshift).squareRoot())
  }
}
