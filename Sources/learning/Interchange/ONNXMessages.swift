internal import Foundation
internal import ProtocolBuffers
internal import Training

// The messages of onnx.proto (ONNX 1.13 and later, IR version 8) that a network needs. The numbers of fields
// and of types are those of that file.

/// An operation: its inputs and outputs by name, and its attributes.
struct ONNXNode {
  /// The value of an attribute.
  enum Attribute {
    case integer(Int)
    case number(Float)
    case integers([Int])
  }

  var operation: String
  var inputs: [String]
  var output: String
  var attributes: [(name: String, value: Attribute)] = []

  /// The message `NodeProto`.
  var message: ProtocolMessage {
    var message = ProtocolMessage()
    for input in inputs { message.add(1, input) }
    message.add(2, output)
    message.add(3, output)
    message.add(4, operation)
    for (name, value) in attributes {
      var attribute = ProtocolMessage()
      attribute.add(1, name)
      switch value {
      case .number(let number):
        attribute.add(2, number)
        attribute.add(20, UInt64(1))
      case .integer(let integer):
        attribute.add(3, UInt64(integer))
        attribute.add(20, UInt64(2))
      case .integers(let integers):
        for integer in integers { attribute.add(8, UInt64(integer)) }
        attribute.add(20, UInt64(7))
      }
      message.add(5, attribute)
    }
    return message
  }
}

/// A tensor of constants.
struct ONNXTensor {
  var name: String
  var shape: [Int]
  var type: ONNXType
  /// The numbers, little-endian, in C order.
  var content: Data

  init(_ name: String, shape: [Int], _ values: [Float]) {
    (self.name, self.shape, type, content) = (name, shape, .float, values.littleEndianBytes)
  }

  /// A single number of double precision.
  init(_ name: String, _ value: Double) {
    (self.name, shape, type) = (name, [], .double)
    content = withUnsafeBytes(of: value.bitPattern.littleEndian) { Data($0) }
  }

  /// The message `TensorProto`.
  var message: ProtocolMessage {
    var message = ProtocolMessage()
    for length in shape { message.add(1, UInt64(length)) }
    message.add(2, UInt64(type.rawValue))
    message.add(8, name)
    message.add(9, Array(content))
    return message
  }
}

/// The types of elements, `TensorProto.DataType`.
enum ONNXType: Int {
  case float = 1
  case double = 11
}

/// An input or output of the graph, single precision.
struct ONNXValue {
  var name: String
  /// The name of the first axis, which may have any length.
  var batchAxis: String
  /// The length of the other axes.
  var shape: [Int]
  var description: String

  /// The message `ValueInfoProto`.
  var message: ProtocolMessage {
    var shapeMessage = ProtocolMessage()
    var batch = ProtocolMessage()
    batch.add(2, batchAxis)
    shapeMessage.add(1, batch)
    for length in shape {
      var axis = ProtocolMessage()
      axis.add(1, UInt64(length))
      shapeMessage.add(1, axis)
    }
    var tensor = ProtocolMessage()
    tensor.add(1, UInt64(ONNXType.float.rawValue))
    tensor.add(2, shapeMessage)
    var type = ProtocolMessage()
    type.add(1, tensor)
    var message = ProtocolMessage()
    message.add(1, name)
    message.add(2, type)
    message.add(3, description)
    return message
  }
}

/// A graph of operations in the order in which they are computed.
struct ONNXGraph {
  var name: String
  var nodes: [ONNXNode]
  var constants: [ONNXTensor]
  var inputs: [ONNXValue]
  var outputs: [ONNXValue]

  /// The message `GraphProto`.
  var message: ProtocolMessage {
    var message = ProtocolMessage()
    for node in nodes { message.add(1, node.message) }
    message.add(2, name)
    for constant in constants { message.add(5, constant.message) }
    for input in inputs { message.add(11, input.message) }
    for output in outputs { message.add(12, output.message) }
    return message
  }

  /// The bytes of the message `ModelProto`, which is the file.
  func file(creator: String, metadata: [String: String]) -> [UInt8] {
    var operators = ProtocolMessage()
    operators.add(1, "")
    operators.add(2, UInt64(17))
    var message = ProtocolMessage()
    message.add(1, UInt64(8))
    message.add(2, creator)
    message.add(7, self.message)
    message.add(8, operators)
    for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
      var entry = ProtocolMessage()
      entry.add(1, key)
      entry.add(2, value)
      message.add(14, entry)
    }
    return message.bytes
  }
}
