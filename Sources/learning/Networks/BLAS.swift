internal import COpenBLAS

/// The calls of OpenBLAS: single precision, row-major, on the calling thread.
enum BLAS {
  /// A matrix as it lies in memory, or its transpose.
  struct Operand {
    let pointer: UnsafePointer<Float>
    let isTransposed: Bool

    init(_ pointer: UnsafePointer<Float>, transposed: Bool = false) {
      self.pointer = pointer
      isTransposed = transposed
    }
  }

  private static let threadsAreOff: Void = openblas_set_num_threads(1)

  /// Keeps OpenBLAS from starting threads of its own in this process.
  ///
  /// A product that is split over threads can have other bits, and the callers are threads already.
  static func useCallingThreadOnly() { threadsAreOff }

  /// The version and the processor type that was chosen when the library was loaded.
  static var implementation: String {
    let version = String(cString: openblas_get_config()).split(separator: " ").prefix(2)
    return "\(version.joined(separator: " ")) (\(String(cString: openblas_get_corename())))"
  }

  /// Computes c = a b, or c += a b: [rows, inner] [inner, columns] -> [rows, columns].
  static func multiply(
    _ a: Operand, _ b: Operand, rows: Int, inner: Int, columns: Int, accumulate: Bool,
    into c: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemm(
      CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
      b.isTransposed ? CblasTrans : CblasNoTrans, blasint(rows), blasint(columns), blasint(inner),
      1, a.pointer, blasint(a.isTransposed ? rows : inner), b.pointer,
      blasint(b.isTransposed ? inner : columns), accumulate ? 1 : 0, c, blasint(columns))
  }

  /// Computes y += x a: [rows] [rows, columns] -> [columns].
  static func add(
    vector x: UnsafePointer<Float>, times a: UnsafePointer<Float>, rows: Int, columns: Int,
    to y: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemv(
      CblasRowMajor, CblasTrans, blasint(rows), blasint(columns), 1, a, blasint(columns), x, 1, 1,
      y, 1)
  }

  /// Computes y += a x: [rows, columns] [columns] -> [rows].
  static func add(
    matrix a: UnsafePointer<Float>, times x: UnsafePointer<Float>, rows: Int, columns: Int,
    to y: UnsafeMutablePointer<Float>
  ) {
    cblas_sgemv(
      CblasRowMajor, CblasNoTrans, blasint(rows), blasint(columns), 1, a, blasint(columns), x, 1,
      1, y, 1)
  }

  /// Computes y += x: [count].
  static func add(_ x: UnsafePointer<Float>, count: Int, to y: UnsafeMutablePointer<Float>) {
    cblas_saxpy(blasint(count), 1, x, 1, y, 1)
  }
}
