internal import CParallelHDF5
@_spi(Handles) public import MPI

/// An open HDF5 file.
///
/// ```swift
/// let file = try HDF5File.create("fields.h5")
/// let density = try file.createDataset("fields/density", extents: [64, 64, 64], of: Float.self)
/// try density.write(values)
/// try file.setAttribute("unit", to: "mean density", of: "fields/density")
/// try file.close()
/// ```
///
/// On a communicator everything that creates, changes or closes is collective: every rank makes
/// the same calls in the same order with the same arguments. Reading attributes and opening
/// datasets may be done by any rank alone.
///
/// The same calls make the same bytes: no times are stored.
///
/// Files are not locked unless `HDF5_USE_FILE_LOCKING=TRUE` is set: cluster file systems often have
/// no locks, a child process prolongs them, and HDF5 1.10 empties a file before it asks for one. To
/// keep readers from a file in the making, write it under another name and rename it.
public struct HDF5File: ~Copyable {
  /// The path by which the file was opened.
  public let path: String

  let identifier: Identifier
  let isParallel: Bool

  /// The headers that were looked at; `nil` of a file in the making, whose headers are in memory.
  let checkedHeaders: CheckedHeaders?

  /// Opens a file for reading, by this process alone.
  public static func open(_ path: String) throws(HDF5Error) -> HDF5File {
    try open(path, communicator: nil)
  }

  /// Opens a file for reading by all ranks of a communicator, through MPI-IO.
  ///
  /// Collective.
  /// - Parameters:
  ///   - path: The same on every rank.
  ///   - communicator: The library works on a duplicate of its own.
  /// - Returns: The file, which must be closed before MPI is finalized.
  /// - Throws: On every rank alike.
  public static func open(
    _ path: String, on communicator: borrowing Communicator
  ) throws(HDF5Error) -> HDF5File {
    try open(path, communicator: communicator.handle)
  }

  /// Creates a file to be written by this process alone; one that exists is emptied.
  public static func create(_ path: String) throws(HDF5Error) -> HDF5File {
    try CreationProperties(path).create()
  }

  /// Creates a file to be written by all ranks of a communicator, through MPI-IO.
  ///
  /// Collective. A file that exists is emptied.
  /// - Parameters:
  ///   - path: The same on every rank.
  ///   - communicator: The library works on a duplicate of its own.
  /// - Returns: The file, which must be closed before MPI is finalized.
  /// - Throws: On every rank alike.
  public static func create(
    _ path: String, on communicator: borrowing Communicator
  ) throws(HDF5Error) -> HDF5File {
    var properties = try CreationProperties(path)
    try properties.share(on: communicator)
    return try properties.create()
  }

  /// Hands what was written to the operating system.
  ///
  /// Collective if the file is.
  public func flush() throws(HDF5Error) {
    let id = identifier.id
    try Operation("flushing", of: path).call(waitsForOthers: isParallel) {
      H5Fflush(id, H5F_SCOPE_LOCAL)
    }
  }

  /// Closes the file and every dataset that is still open in it.
  ///
  /// Collective if the file is. Without it the file is closed with its last dataset, and failures then go unnoticed.
  public consuming func close() throws(HDF5Error) {
    try closeObjects()
    try identifier.close(Operation("closing", of: path), waitsForOthers: isParallel)
  }

  /// Closes every dataset that is still open in the file, which waits for no other rank.
  package func closeObjects() throws(HDF5Error) {
    try Self.closeObjects(of: identifier.id, Operation("closing", of: path))
  }

  /// Leaves the file open until the process ends: what a rank does whose peers have not made the same
  /// calls, so that closing would wait for ever.
  package consuming func abandon() { identifier.abandon() }
}

/// The preparation of a new file, in steps that fail on every rank alike or wait for no other.
///
/// Only ``share(on:)`` and ``create()`` wait for the other ranks: they agree between the steps that
/// nothing failed.
package struct CreationProperties: ~Copyable {
  private let path: String
  private let access: Identifier
  private let creation: Identifier
  private var isParallel = false

  /// Prepares a file to be created by this process alone.
  package init(_ path: String) throws(HDF5Error) {
    let operation = Operation("creating", of: path)
    let access = try HDF5File.accessProperties(operation)
    let creation = try operation.open(closedBy: H5Pclose) { H5Pcreate(ch5_file_create()) }
    try operation.call { H5Pset_obj_track_times(creation.id, false) }
    self.path = path
    self.access = access
    self.creation = creation
  }

  /// Prepares the file to be created by all ranks of a communicator.
  ///
  /// Collective.
  package mutating func share(on communicator: borrowing Communicator) throws(HDF5Error) {
    try Operation("creating", of: path).share(access, on: communicator.handle)
    isParallel = true
  }

  /// Creates the file; one that exists is emptied.
  ///
  /// Collective if the file is.
  package func create() throws(HDF5Error) -> HDF5File {
    let (access, creation) = (access.id, creation.id)
    let identifier = try Operation("creating", of: path).open(
      closedBy: H5Fclose, waitsForOthers: isParallel
    ) { H5Fcreate(path, ch5_truncate(), creation, access) }
    return HDF5File(
      path: path, identifier: identifier, isParallel: isParallel, checkedHeaders: nil)
  }
}

extension Operation {
  /// Has a file reached by MPI-IO on a communicator, which the library duplicates.
  fileprivate func share(
    _ access: borrowing Identifier, on communicator: MPI_Comm
  ) throws(HDF5Error) {
    let access = access.id
    try call(waitsForOthers: true) { H5Pset_fapl_mpio(access, communicator, ch5_info_null()) }
  }
}

extension HDF5File {
  private static func open(
    _ path: String, communicator: MPI_Comm?
  ) throws(HDF5Error) -> HDF5File {
    let operation = Operation("opening", of: path)
    if communicator == nil { try operation.requireFile() }
    let access = try accessProperties(operation)
    if let communicator { try operation.share(access, on: communicator) }
    let identifier = try operation.open(closedBy: H5Fclose, waitsForOthers: communicator != nil) {
      H5Fopen(path, ch5_read_only(), access.id)
    }
    return HDF5File(
      path: path, identifier: identifier, isParallel: communicator != nil,
      checkedHeaders: CheckedHeaders())
  }

  /// Looks at the header of an object before the library does, and refuses one in which lengths lead beyond it.
  ///
  /// - Parameters:
  ///   - object: The path of the object.
  ///   - operation: What is being done, for the error.
  /// - Returns: What the header tells; `nil` if the object is left to the library: it is missing or in another file, its
  ///   header is not understood, or the file is in the making.
  /// - Throws: What is wrong with it.
  @discardableResult
  func header(
    of object: String, _ operation: Operation
  ) throws(HDF5Error) -> ObjectHeader.Survey? {
    guard let checkedHeaders else { return nil }
    let file = identifier.id
    func information(_ name: String) -> H5O_info_t? {
      withLibrary {
        var info = H5O_info_t()
        let status = H5Oget_info_by_name2(file, name, &info, UInt32(H5O_INFO_BASIC), defaults)
        if status < 0 { H5Eclear2(hid_t(H5E_DEFAULT)) }
        return status < 0 ? nil : info
      }
    }
    guard let info = information(Self.rooted(object)), let root = information("/"),
      info.fileno == root.fileno
    else { return nil }
    let address = UInt64(info.addr)
    if let known = checkedHeaders.surveys[address] { return known }
    let survey = ObjectHeader(path)?.survey(at: address)
    if let damage = survey?.damage {
      throw operation.failure(
        "the header of \"\(object)\" is damaged: \(damage)", in: "HDF5File",
        hint: "The file is damaged: make it again, or restore it from a copy")
    }
    checkedHeaders.surveys[address] = .some(survey)
    return survey
  }

  /// Makes the properties for access to a file: by POSIX calls, unless it is shared.
  ///
  /// By default MPI-IO would refuse to close a file before its datasets.
  fileprivate static func accessProperties(
    _ operation: Operation
  ) throws(HDF5Error) -> Identifier {
    let access = try operation.open(closedBy: H5Pclose) { H5Pcreate(ch5_file_access()) }
    try operation.call { H5Pset_fclose_degree(access.id, H5F_CLOSE_WEAK) }
    try operation.call { H5Pset_file_locking(access.id, false, true) }
    return access
  }

  /// Closes what was opened through the file, in the order of opening so that ranks agree.
  private static func closeObjects(of file: hid_t, _ operation: Operation) throws(HDF5Error) {
    let kinds =
      UInt32(H5F_OBJ_DATASET | H5F_OBJ_GROUP | H5F_OBJ_DATATYPE | H5F_OBJ_ATTR)
      | UInt32(H5F_OBJ_LOCAL)
    let count = Int(try operation.call { H5Fget_obj_count(file, kinds) })
    var objects = [hid_t](repeating: 0, count: count)
    try operation.call { H5Fget_obj_ids(file, kinds, count, &objects) }
    for object in objects.sorted() {
      try operation.call { H5Oclose(object) }
    }
  }
}
