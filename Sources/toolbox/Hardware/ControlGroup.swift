/// The limits of memory that control groups (versions 1 and 2) set for this process.
///
/// A group is limited by all groups above it too, up to where the hierarchy is mounted; what a container hides above
/// that cannot be seen.
enum ControlGroup {
  /// A hierarchy of groups, as it is mounted.
  private struct Hierarchy {
    /// The group that is seen at the place of the mount.
    let root: String

    /// The folder at which it is mounted.
    let mount: String

    /// The name of the file with the limit.
    let file: String
  }

  /// Finds the limits of the group of this process and of all groups above it.
  ///
  /// - Parameter read: Returns the text of a file, or `nil` if there is none.
  /// - Returns: The limits, innermost first.
  static func memoryLimits(read: (String) -> String?) -> [NodeMemory] {
    let groups = read("/proc/self/cgroup") ?? ""
    return hierarchies(read("/proc/self/mountinfo") ?? "").flatMap { hierarchy in
      let group = group(in: groups, of: hierarchy)
      return folders(from: group, in: hierarchy).compactMap { folder -> NodeMemory? in
        let path = "\(folder)/\(hierarchy.file)"
        // "max", and in version 1 the largest multiple of a page, are no limits.
        guard let word = read(path)?.split(whereSeparator: \.isWhitespace).first,
          let bytes = Int(word), bytes >= 0, bytes < 1 << 62
        else { return nil }
        return NodeMemory(bytes: bytes, origin: "the limit in \(path)")
      }
    }
  }

  /// The hierarchies that limit memory, from the text of `/proc/self/mountinfo`.
  private static func hierarchies(_ mounts: String) -> [Hierarchy] {
    mounts.split(separator: "\n").compactMap { line in
      // "36 35 0:30 ROOT MOUNT options [fields] - TYPE source superoptions"
      let words = line.split(separator: " ")
      guard let dash = words.firstIndex(of: "-"), dash > 4, words.count > dash + 3 else {
        return nil
      }
      let (root, mount) = (unescaped(words[3]), unescaped(words[4]))
      switch words[dash + 1] {
      case "cgroup2": return Hierarchy(root: root, mount: mount, file: "memory.max")
      case "cgroup" where words[dash + 3].split(separator: ",").contains("memory"):
        return Hierarchy(root: root, mount: mount, file: "memory.limit_in_bytes")
      default: return nil
      }
    }
  }

  /// The group of this process, from the text of `/proc/self/cgroup` ("5:memory:/a", "0::/a").
  private static func group(in text: String, of hierarchy: Hierarchy) -> String {
    for line in text.split(separator: "\n") {
      let words = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
      guard words.count == 3 else { continue }
      let isHere =
        hierarchy.file == "memory.max"
        ? words[1].isEmpty : words[1].split(separator: ",").contains("memory")
      if isHere { return String(words[2]) }
    }
    return "/"
  }

  /// The folders of a group and of those above it; of a group that is not below the mount, the mount alone.
  private static func folders(from group: String, in hierarchy: Hierarchy) -> [String] {
    let root = hierarchy.root.split(separator: "/")
    var names = group.split(separator: "/")
    guard names.starts(with: root), !names.contains("..") else { return [hierarchy.mount] }
    names.removeFirst(root.count)
    return (0...names.count).reversed().map { count in
      ([hierarchy.mount] + names.prefix(count).map(String.init)).joined(separator: "/")
    }
  }

  /// A path in which the system wrote blanks as `\040`.
  private static func unescaped(_ path: Substring) -> String {
    String(path).replacing("\\040", with: " ").replacing("\\134", with: "\\")
  }
}
