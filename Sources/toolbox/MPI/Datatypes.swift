internal import CMPI

/// A type with an MPI datatype of the same layout.
///
/// MPI-3.1, section 3.2.2.
public protocol MPIElement: BitwiseCopyable, Sendable {}

extension Float: MPIElement {}
extension Double: MPIElement {}
extension UInt8: MPIElement {}
extension Int32: MPIElement {}
extension UInt32: MPIElement {}
extension Int64: MPIElement {}
extension UInt64: MPIElement {}

extension MPIElement {
  static var datatype: MPI_Datatype {
    switch Self.self {
    case is Float.Type: cmpi_float()
    case is Double.Type: cmpi_double()
    case is UInt8.Type: cmpi_uint8()
    case is Int32.Type: cmpi_int32()
    case is UInt32.Type: cmpi_uint32()
    case is Int64.Type: cmpi_int64()
    case is UInt64.Type: cmpi_uint64()
    default: preconditionFailure("\(Self.self) has no MPI datatype")
    }
  }
}

/// The operation by which a reduction combines the elements of its ranks.
///
/// Sums of floating-point numbers depend on the number of ranks; those of integers do not.
///
/// MPI-3.1, section 5.9.2.
public enum ReduceOperation: Sendable {
  /// Adds (`MPI_SUM`).
  case sum

  /// Keeps the least (`MPI_MIN`).
  case minimum

  /// Keeps the greatest (`MPI_MAX`).
  case maximum

  var handle: MPI_Op {
    switch self {
    case .sum: cmpi_sum()
    case .minimum: cmpi_min()
    case .maximum: cmpi_max()
    }
  }
}
