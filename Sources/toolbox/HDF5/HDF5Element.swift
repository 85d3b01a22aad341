internal import CParallelHDF5

/// A number that the library can convert to and from what a file holds.
///
/// `Float`, `Double`, `UInt8`, `Int32`, `UInt32`, `Int64` and `UInt64` conform.
public protocol HDF5Element: BitwiseCopyable, Sendable {
  /// The type as a file describes it.
  static var elementType: HDF5ElementType { get }
}

extension HDF5Element where Self: FixedWidthInteger {
  /// An integer of this width and signedness.
  public static var elementType: HDF5ElementType {
    HDF5ElementType(.integer, byteCount: bitWidth / 8, isSigned: isSigned)
  }
}

extension HDF5Element where Self: BinaryFloatingPoint {
  /// A floating-point number of this size.
  public static var elementType: HDF5ElementType {
    HDF5ElementType(.floatingPoint, byteCount: MemoryLayout<Self>.size, isSigned: true)
  }
}

extension Float: HDF5Element {}
extension Double: HDF5Element {}
extension UInt8: HDF5Element {}
extension Int32: HDF5Element {}
extension UInt32: HDF5Element {}
extension Int64: HDF5Element {}
extension UInt64: HDF5Element {}

/// The type of the elements of a dataset or an attribute.
public struct HDF5ElementType: Hashable, Sendable {
  /// The kind of value.
  public enum Class: Hashable, Sendable {
    case integer
    case floatingPoint
    case text
    /// Compounds, enumerations, references and the rest, which this library does not read.
    case other
  }

  /// The kind of value.
  public let elementClass: Class

  /// The size of one element [bytes].
  public let byteCount: Int

  /// Whether negative numbers can be stored; `false` for what is not a number.
  public let isSigned: Bool

  init(_ elementClass: Class, byteCount: Int, isSigned: Bool) {
    self.elementClass = elementClass
    self.byteCount = byteCount
    self.isSigned = isSigned
  }

  /// Whether the elements are integers or floating-point numbers.
  public var isNumber: Bool { elementClass == .integer || elementClass == .floatingPoint }
}

extension HDF5ElementType: CustomStringConvertible {
  /// The name of the Swift type of the same values where there is one, such as `UInt32`.
  public var description: String {
    switch elementClass {
    case .integer: "\(isSigned ? "Int" : "UInt")\(byteCount * 8)"
    case .floatingPoint where byteCount == 4: "Float"
    case .floatingPoint where byteCount == 8: "Double"
    case .floatingPoint: "\(byteCount * 8)-bit floating point"
    case .text: "text"
    case .other: "\(byteCount)-byte values that are not numbers"
    }
  }
}

extension HDF5ElementType {
  /// Describes a type of the library.
  init(of type: borrowing Identifier, _ operation: Operation) throws(HDF5Error) {
    let id = type.id
    let byteCount = Int(try operation.call { Int64(truncatingIfNeeded: H5Tget_size(id)) })
    switch try operation.call({ H5Tget_class(id).rawValue }) {
    case H5T_INTEGER.rawValue where !Self.hasOwnBits(id, of: byteCount),
      H5T_FLOAT.rawValue where !Self.hasOwnBits(id, of: byteCount):
      self.init(.other, byteCount: byteCount, isSigned: false)
    case H5T_INTEGER.rawValue:
      let sign = try operation.call { H5Tget_sign(id).rawValue }
      self.init(.integer, byteCount: byteCount, isSigned: sign == H5T_SGN_2.rawValue)
    case H5T_FLOAT.rawValue:
      self.init(.floatingPoint, byteCount: byteCount, isSigned: true)
    case H5T_STRING.rawValue:
      self.init(.text, byteCount: byteCount, isSigned: false)
    default:
      self.init(.other, byteCount: byteCount, isSigned: false)
    }
  }
}

extension HDF5ElementType {
  /// Whether the bits of a number lie within its bytes, and none of its parts is wider than 64 bits.
  ///
  /// The library converts by the description in the file; with a damaged one it writes over its own stack.
  private static func hasOwnBits(_ id: hid_t, of byteCount: Int) -> Bool {
    withLibrary {
      let bits = 8 * byteCount
      guard (1...16).contains(byteCount) else { return false }
      func fits(_ start: Int, _ width: Int) -> Bool {
        start >= 0 && width >= 1 && width <= bits && start <= bits - width
      }
      let precision = Int(clamping: H5Tget_precision(id))
      guard fits(Int(H5Tget_offset(id)), precision) else { return false }
      guard H5Tget_class(id) == H5T_FLOAT else { return precision <= 64 }
      var sign = 0
      var (exponent, exponentWidth, mantissa, mantissaWidth) = (0, 0, 0, 0)
      guard H5Tget_fields(id, &sign, &exponent, &exponentWidth, &mantissa, &mantissaWidth) >= 0
      else { return false }
      return fits(sign, 1) && fits(exponent, exponentWidth) && fits(mantissa, mantissaWidth)
        && exponentWidth <= 64
    }
  }
}

extension HDF5Element {
  /// The library's type of the values in memory; to be called within the funnel.
  static func nativeType() -> hid_t {
    switch (elementType.elementClass, elementType.byteCount, elementType.isSigned) {
    case (.floatingPoint, 4, _): ch5_native_float()
    case (.floatingPoint, 8, _): ch5_native_double()
    case (.integer, 1, false): ch5_native_uint8()
    case (.integer, 4, true): ch5_native_int32()
    case (.integer, 4, false): ch5_native_uint32()
    case (.integer, 8, true): ch5_native_int64()
    case (.integer, 8, false): ch5_native_uint64()
    default: preconditionFailure("\(Self.self) has no HDF5 type")
    }
  }

  /// The library's type of the values on disk, little-endian; to be called within the funnel.
  static func storedType() -> hid_t {
    switch (elementType.elementClass, elementType.byteCount, elementType.isSigned) {
    case (.floatingPoint, 4, _): ch5_little_endian_float()
    case (.floatingPoint, 8, _): ch5_little_endian_double()
    case (.integer, 1, false): ch5_little_endian_uint8()
    case (.integer, 4, true): ch5_little_endian_int32()
    case (.integer, 4, false): ch5_little_endian_uint32()
    case (.integer, 8, true): ch5_little_endian_int64()
    case (.integer, 8, false): ch5_little_endian_uint64()
    default: preconditionFailure("\(Self.self) has no HDF5 type")
    }
  }
}
