internal import Foundation

/// The settings of the shells that the voxels of a box are averaged over, or shuffled within.
///
/// Shell 0 is the filled ball r <= e_0 = 2 around the center voxel, and shell n is e_(n-1) < r <= e_n. Shells 0 to
/// count - 1 fit inside the box, e_(count-1) = w/2, and the same rule continues to its corners. The default is that of
/// Lucie-Smith et al., Phys. Rev. D 109, 063524 (2024), doi:10.1103/PhysRevD.109.063524, section IV.
package struct ShellSettings: Codable, Hashable, Sendable {
  /// The rule by which the edges of shells follow each other.
  enum Spacing: String, Codable, Hashable, Sendable, CaseIterable {
    /// Shells of one thickness: e_n = 2 + n (w/2 - 2) / (count - 1).
    case linear

    /// Edges of one ratio: e_n = 2 (w/4)^(n / (count - 1)).
    case logarithmic
  }

  /// The number of shells that fit inside a box, the filled ball of radius 2 among them.
  var count = 20

  /// The spacing of their edges from 2 voxels to half the width of a box: by one distance, or by one ratio.
  var spacing = Spacing.linear

  /// The radius of the ball whose density gives ellipsoidal shells their axes [voxels]; without it, a quarter of
  /// the width of a box.
  var tensorRadius: Double?

  /// Makes the settings of the paper.
  package init() {}

  /// The numbers of shells that can be asked for.
  package static let counts = 2...256

  /// Returns the settings that boxes of a kind depend on, the others at their defaults.
  package func used(by kind: BoxKind) -> ShellSettings {
    var used = kind == .raw ? ShellSettings() : self
    if kind != .ellipsoidal { used.tensorRadius = nil }
    return used
  }

  /// The radius of the ball whose density gives the axes, in a box of [w, w, w] [voxels].
  func tensorRadius(boxWidth width: Int) -> Double { tensorRadius ?? Double(width) / 4 }
}

// MARK: - Edges

extension ShellSettings {
  /// The number of bits behind the point of squared distances that are compared with edges.
  static let fractionBits = 20

  /// Returns the largest squared distance r^2 inside the edge of a shell, times 2^20 and rounded down.
  ///
  /// It is exact, so that it is the same on every machine: edges of equal thickness are fractions, and those of one
  /// ratio are compared by whole powers, (r/2)^2(count-1) <= (w/4)^2n. A box of w <= 4 voxels ends inside the ball
  /// r <= 2, and all that is beyond makes one shell.
  ///
  /// - Parameters:
  ///   - shell: The number of the shell, n.
  ///   - width: The number of voxels along each axis of a box, w.
  /// - Returns: The whole number below 2^20 e_n^2, or at it.
  func squaredEdge(of shell: Int, boxWidth width: Int) -> Int {
    guard shell > 0 else { return 4 << Self.fractionBits }
    guard width > 4 else { return .max }
    let gaps = count - 1
    switch spacing {
    case .linear:
      let edge = 4 * gaps + shell * (width - 4)
      return ((edge * edge) << Self.fractionBits) / (4 * gaps * gaps)
    case .logarithmic:
      // 2^22 (w/4)^(2n / gaps): m is inside if m^gaps 4^2n <= 2^(22 gaps) w^2n.
      let one = 4 << Self.fractionBits
      let right = Natural(powers: [(one, gaps), (width, 2 * shell)])
      func isInside(_ m: Int) -> Bool { Natural(powers: [(m, gaps), (4, 2 * shell)]) <= right }
      let exponent = 2 * Double(shell) / Double(gaps)
      var edge = Int(Double(one) * pow(Double(width) / 4, exponent))
      while isInside(edge + 1) { edge += 1 }
      while !isInside(edge) { edge -= 1 }
      return edge
    }
  }

  /// Returns why the shells make no sense in boxes of [w, w, w], and what to do about it; `nil` if they do.
  ///
  /// Every shell that fits inside must hold voxels. Those of the paper stand in a box of any width, in which some may
  /// be empty.
  func problem(
    boxWidth width: Int, of kind: BoxKind
  ) -> (key: String, reason: String, remedy: String)? {
    let radius = tensorRadius(boxWidth: width)
    if kind == .ellipsoidal, !(radius >= 0 && radius <= Double((width - 1) / 2)) {
      return (
        "tensorRadius", "a ball of \(radius) voxels does not fit inside a box of \(width)^3",
        "give \((width - 1) / 2) at most, or null for a quarter of the width"
      )
    }
    let paper = ShellSettings()
    guard count != paper.count || spacing != paper.spacing else { return nil }
    guard Self.counts.contains(count) else {
      return (
        "count", "there cannot be \(count) shells",
        "give from \(Self.counts.lowerBound) to \(Self.counts.upperBound)"
      )
    }
    let isOccupied = occupiedSquares(boxWidth: width)
    var next = 0
    for shell in 0..<count {
      let end = min(
        isOccupied.count,
        (squaredEdge(of: shell, boxWidth: width) >> Self.fractionBits) + 1)
      guard next < end, isOccupied[next..<end].contains(true) else {
        return (
          "count",
          "shell \(shell + 1) of \(count) \(spacing.rawValue) ones has no voxel in a box of \(width)^3",
          "take fewer shells, or a wider box"
        )
      }
      next = end
    }
    return nil
  }

  /// The settings that are not at their defaults in words, with a space before them; nothing if all are.
  var words: String {
    guard self != ShellSettings() else { return "" }
    return " in \(count) \(spacing.rawValue) shells"
      + (tensorRadius.map { " with the axes of the density within \($0) voxels" } ?? "")
  }
}

/// A natural number of any size, made to be compared.
struct Natural {
  /// The digits to the base 2^64, the lowest first; the highest is not 0.
  private var digits: [UInt] = [1]

  /// Multiplies powers of positive numbers.
  init(powers: [(base: Int, exponent: Int)]) {
    for (base, exponent) in powers {
      for _ in 0..<exponent { multiply(by: UInt(base)) }
    }
  }

  private mutating func multiply(by factor: UInt) {
    var carry: UInt = 0
    for place in digits.indices {
      let (high, low) = digits[place].multipliedFullWidth(by: factor)
      let (sum, overflows) = low.addingReportingOverflow(carry)
      digits[place] = sum
      carry = high + (overflows ? 1 : 0)
    }
    if carry > 0 { digits.append(carry) }
  }

  static func <= (one: Natural, other: Natural) -> Bool {
    guard one.digits.count == other.digits.count else {
      return one.digits.count < other.digits.count
    }
    for (first, second) in zip(one.digits.reversed(), other.digits.reversed())
    where first != second {
      return first < second
    }
    return true
  }
}
