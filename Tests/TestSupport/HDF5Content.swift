internal import HDF5

/// What is in a small HDF5 file: groups, datasets and attributes with their values, to be written again
/// with something changed.
package struct HDF5Content {
  /// Numbers in the type in which they are stored, or a text.
  package enum Values {
    case double([Double])
    case float([Float])
    case int32([Int32])
    case uint32([UInt32])
    case int64([Int64])
    case uint64([UInt64])
    case text(String)
  }

  /// A group or a dataset.
  package struct Object {
    /// The path in the file.
    package var path: String

    /// The extents of a dataset; `nil` of a group.
    package var extents: [Int]?

    /// The numbers of a dataset.
    package var values = Values.double([])

    /// The attributes by name, in order.
    package var attributes: [(name: String, values: Values)] = []

    /// Makes a group, or a dataset if it has extents.
    package init(
      path: String, extents: [Int]? = nil, values: Values = .double([]),
      attributes: [(name: String, values: Values)] = []
    ) {
      self.path = path
      self.extents = extents
      self.values = values
      self.attributes = attributes
    }
  }

  /// All objects, groups before what is in them.
  package var objects: [Object] = []

  /// Reads a file.
  ///
  /// - Throws: `HDF5Error` if the file cannot be read.
  package init(of path: String) throws {
    let file = try HDF5File.open(path)
    try add("/", in: file)
    try file.close()
  }

  private mutating func add(_ group: String, in file: borrowing HDF5File) throws {
    objects.append(Object(path: group, attributes: try Self.attributes(of: group, in: file)))
    for child in try file.children(of: group) {
      let path = group == "/" ? "/\(child.name)" : "\(group)/\(child.name)"
      guard child.kind == .dataset else {
        try add(path, in: file)
        continue
      }
      let dataset = try file.dataset(path)
      objects.append(
        Object(
          path: path, extents: dataset.extents, values: try Self.values(of: dataset),
          attributes: try Self.attributes(of: path, in: file)))
    }
  }

  private static func values(of dataset: borrowing HDF5Dataset) throws -> Values {
    switch dataset.elementType {
    case Float.elementType: .float(try dataset.read(as: Float.self))
    case Int32.elementType: .int32(try dataset.read(as: Int32.self))
    case UInt32.elementType: .uint32(try dataset.read(as: UInt32.self))
    case Int64.elementType: .int64(try dataset.read(as: Int64.self))
    case UInt64.elementType: .uint64(try dataset.read(as: UInt64.self))
    default: .double(try dataset.read(as: Double.self))
    }
  }

  private static func attributes(
    of object: String, in file: borrowing HDF5File
  ) throws -> [(name: String, values: Values)] {
    var attributes: [(name: String, values: Values)] = []
    for name in try file.attributeNames(of: object) {
      if let text = try? file.textAttribute(name, of: object) {
        attributes.append((name, .text(text)))
      } else {
        let numbers = try file.attribute(name, of: object, as: Double.self)
        // Counts stay whole numbers: what is written as one is read as one.
        attributes.append(
          numbers.allSatisfy { $0 == $0.rounded() && abs($0) < 0x1p53 } && name.hasPrefix("Num")
            ? (name, .int64(numbers.map { Int64($0) })) : (name, .double(numbers)))
      }
    }
    return attributes
  }

  /// Writes a file.
  ///
  /// - Throws: `HDF5Error` if it cannot be written.
  package func write(to path: String) throws {
    let file = try HDF5File.create(path)
    for object in objects {
      if let extents = object.extents {
        try write(object.values, extents, to: object.path, in: file)
      } else if object.path != "/" {
        try file.createGroup(object.path)
      }
      for (name, values) in object.attributes {
        switch values {
        case .double(let numbers): try file.setAttribute(name, to: numbers, of: object.path)
        case .float(let numbers): try file.setAttribute(name, to: numbers, of: object.path)
        case .int32(let numbers): try file.setAttribute(name, to: numbers, of: object.path)
        case .uint32(let numbers): try file.setAttribute(name, to: numbers, of: object.path)
        case .int64(let numbers): try file.setAttribute(name, to: numbers, of: object.path)
        case .uint64(let numbers): try file.setAttribute(name, to: numbers, of: object.path)
        case .text(let text): try file.setAttribute(name, to: text, of: object.path)
        }
      }
    }
    try file.close()
  }

  private func write(
    _ values: Values, _ extents: [Int], to path: String, in file: borrowing HDF5File
  ) throws {
    func write<Element: HDF5Element>(_ numbers: [Element]) throws {
      // A dataset that was made longer is filled up with zeros.
      let count = extents.reduce(1, *)
      let filled = Array(
        (numbers + [Element](repeating: numbers[0], count: max(0, count - numbers.count)))
          .prefix(count))
      try file.createDataset(path, extents: extents, of: Element.self).write(filled)
    }
    switch values {
    case .double(let numbers): try write(numbers)
    case .float(let numbers): try write(numbers)
    case .int32(let numbers): try write(numbers)
    case .uint32(let numbers): try write(numbers)
    case .int64(let numbers): try write(numbers)
    case .uint64(let numbers): try write(numbers)
    case .text: try write([UInt8(0)])
    }
  }
}

extension HDF5Content {
  /// Changes an attribute as a seed says: its value, its type, its length, its name, or whether it is there.
  ///
  /// - Parameter seed: What the change is drawn from.
  /// - Returns: The changed attribute, such as "Header/BoxSize"; `nil` if there is none.
  package mutating func mutateAttribute(seed: UInt64) -> String? {
    var random = SeededGenerator(seed: seed)
    let holders = objects.indices.filter {
      !objects[$0].attributes.isEmpty && objects[$0].extents == nil
    }
    guard let holder = holders.randomElement(using: &random),
      let index = objects[holder].attributes.indices.randomElement(using: &random)
    else { return nil }
    let attribute = objects[holder].attributes[index]
    let real = awkwardReals.randomElement(using: &random) ?? 0
    let whole = awkwardIntegers.randomElement(using: &random) ?? 0
    let numbers = attribute.values.numbers
    let place = numbers.indices.randomElement(using: &random)
    func replaced<Element>(_ values: [Element], _ value: Element) -> [Element] {
      var values = values
      if let place { values[place] = value } else { values = [value] }
      return values
    }
    let clamped = numbers.map { Int64(exactly: $0.rounded()) ?? 0 }
    switch Int.random(in: 0..<8, using: &random) {
    case 0, 1: objects[holder].attributes[index].values = .double(replaced(numbers, real))
    case 2, 3: objects[holder].attributes[index].values = .int64(replaced(clamped, whole))
    case 4:
      objects[holder].attributes[index].values = .uint64(
        replaced(clamped.map { UInt64(bitPattern: $0) }, UInt64(bitPattern: whole)))
    case 5: objects[holder].attributes[index].values = .text("0.7")
    case 6: objects[holder].attributes[index].values = .double(Array(numbers.dropLast()))
    default: objects[holder].attributes.remove(at: index)
    }
    return "\(objects[holder].path)/\(attribute.name)"
  }

  /// Changes a dataset as a seed says: its extents, its type, its name, or one of its numbers.
  ///
  /// - Parameter seed: What the change is drawn from.
  /// - Returns: The changed dataset; `nil` if there is none.
  package mutating func mutateDataset(seed: UInt64) -> String? {
    var random = SeededGenerator(seed: seed)
    let datasets = objects.indices.filter { objects[$0].extents != nil }
    guard let index = datasets.randomElement(using: &random),
      var extents = objects[index].extents, !extents.isEmpty
    else { return nil }
    let path = objects[index].path
    var numbers = objects[index].values.numbers
    let axis = Int.random(in: 0..<extents.count, using: &random)
    switch Int.random(in: 0..<8, using: &random) {
    case 0: extents[axis] += 1
    case 1: extents[axis] = max(0, extents[axis] - 1)
    case 2: extents.reverse()
    case 3: extents = [extents.reduce(1, *)]
    case 4: extents.append(1)
    case 5: objects[index].values = .double(numbers)
    case 6: objects[index].path += "x"
    default:
      guard let place = numbers.indices.randomElement(using: &random) else { return nil }
      numbers[place] = awkwardReals.randomElement(using: &random) ?? 0
      objects[index].values = .double(numbers)
    }
    objects[index].extents = extents
    return path
  }
}

extension HDF5Content.Values {
  /// The numbers as real ones; none of a text.
  package var numbers: [Double] {
    switch self {
    case .double(let numbers): numbers
    case .float(let numbers): numbers.map(Double.init)
    case .int32(let numbers): numbers.map(Double.init)
    case .uint32(let numbers): numbers.map(Double.init)
    case .int64(let numbers): numbers.map(Double.init)
    case .uint64(let numbers): numbers.map(Double.init)
    case .text: []
    }
  }
}
