// Groups, and the names in them.

internal import CParallelHDF5

/// A name in a group, and what it leads to.
public struct HDF5Link: Hashable, Sendable {
  /// The kind of object that a link leads to.
  public enum Kind: Hashable, Sendable {
    case group
    case dataset
    /// A named type, or a soft link that leads nowhere.
    case other
  }

  /// The name within the group.
  public let name: String

  /// The kind of object that the link leads to.
  public let kind: Kind
}

/// The address of an object, which shows whether links lead back to a group in a circle.
package struct HDF5Address: Hashable, Sendable {
  fileprivate let file: UInt
  let place: UInt64
}

extension HDF5File {
  /// Returns whether a path such as `Group/GroupPos` leads to an object.
  ///
  /// A path through a missing group, or through a dataset, leads nowhere.
  public func exists(_ name: String) throws(HDF5Error) -> Bool {
    let components = Self.components(of: name)
    for end in components.indices {
      let path = components[...end].joined(separator: "/")
      guard let kind = try kind(of: path) else { return false }
      guard kind == .group || end == components.count - 1 else { return false }
    }
    return true
  }

  /// Lists a group, by name.
  public func children(of group: String = "/") throws(HDF5Error) -> [HDF5Link] {
    let operation = Operation("listing", group, of: path)
    let file = identifier.id
    var names: [String] = []
    do {
      try withUnsafeMutablePointer(to: &names) { (names) throws(HDF5Error) in
        _ = try operation.call {
          H5Literate_by_name(
            file, Self.rooted(group), H5_INDEX_NAME, H5_ITER_INC, nil,
            { _, name, _, context in
              guard let name, let context else { return 0 }
              context.assumingMemoryBound(to: [String].self).pointee.append(String(cString: name))
              return 0
            }, names, defaults)
        }
      }
    } catch {
      throw try withSiblings(error, missing: group)
    }
    var links: [HDF5Link] = []
    for name in names {
      links.append(HDF5Link(name: name, kind: try kind(of: "\(group)/\(name)") ?? .other))
    }
    return links
  }

  /// Returns where an object is: the same for all links that lead to it, and for no other object.
  package func address(of name: String) throws(HDF5Error) -> HDF5Address {
    let operation = Operation("looking up", name, of: path)
    let file = identifier.id
    var info = H5O_info_t()
    try operation.call {
      H5Oget_info_by_name2(file, Self.rooted(name), &info, UInt32(H5O_INFO_BASIC), defaults)
    }
    return HDF5Address(file: UInt(info.fileno), place: UInt64(info.addr))
  }

  /// Creates a group, and the groups on the way to it that are missing.
  ///
  /// Throws if there is an object of that name.
  public func createGroup(_ name: String) throws(HDF5Error) {
    let components = Self.components(of: name)
    try createParents(of: name)
    try createOneGroup("/" + components.joined(separator: "/"))
  }

  /// Creates the groups on the way to `name` that are missing.
  func createParents(of name: String) throws(HDF5Error) {
    let parents = Self.components(of: name).dropLast()
    for end in parents.indices {
      let path = "/" + parents[...end].joined(separator: "/")
      guard try kind(of: path) == nil else { continue }
      try createOneGroup(path)
    }
  }

  private func createOneGroup(_ name: String) throws(HDF5Error) {
    let operation = Operation("creating group", name, of: path)
    let file = identifier.id
    let creation = try operation.open(closedBy: H5Pclose) { H5Pcreate(ch5_group_create()) }
    try operation.call { H5Pset_obj_track_times(creation.id, false) }
    let group = try operation.open(closedBy: H5Gclose) {
      H5Gcreate2(file, name, defaults, creation.id, defaults)
    }
    try group.close(operation)
  }

  /// Returns what the last link of a path leads to, or nothing if it is missing or dangling.
  ///
  /// The groups on the way must exist.
  private func kind(of name: String) throws(HDF5Error) -> HDF5Link.Kind? {
    let operation = Operation("looking up", name, of: path)
    let file = identifier.id
    let name = Self.rooted(name)
    guard name != "/" else { return .group }
    guard try operation.call({ H5Lexists(file, name, defaults) }) > 0 else { return nil }
    guard try operation.call({ H5Oexists_by_name(file, name, defaults) }) > 0 else { return nil }
    var info = H5O_info_t()
    try operation.call {
      H5Oget_info_by_name2(file, name, &info, UInt32(H5O_INFO_BASIC), defaults)
    }
    switch info.type {
    case H5O_TYPE_GROUP: return .group
    case H5O_TYPE_DATASET: return .dataset
    default: return .other
    }
  }

  /// Adds to the error about a missing object what the nearest group on its path holds.
  func withSiblings(_ error: HDF5Error, missing name: String) throws(HDF5Error) -> HDF5Error {
    guard try !exists(name) else { return error }
    var parents = Self.components(of: name).dropLast()
    while try !isGroup(parents.joined(separator: "/")) { parents = parents.dropLast() }
    let group = "/" + parents.joined(separator: "/")
    var error = error
    error.hint = "Objects in \"\(group)\": \(Self.listed(try children(of: group).map(\.name)))"
    return error
  }

  private func isGroup(_ name: String) throws(HDF5Error) -> Bool {
    guard try exists(name) else { return false }
    return try kind(of: name) == .group
  }

  /// Names the first few, for a hint.
  static func listed(_ names: [String]) -> String {
    guard !names.isEmpty else { return "none" }
    let shown = names.prefix(12).map { "\"\($0)\"" }.joined(separator: ", ")
    return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
  }

  private static func components(of name: String) -> [String] {
    name.split(separator: "/").filter { $0 != "." }.map(String.init)
  }

  /// The same path from the root, without repeated slashes.
  static func rooted(_ name: String) -> String {
    "/" + components(of: name).joined(separator: "/")
  }
}
