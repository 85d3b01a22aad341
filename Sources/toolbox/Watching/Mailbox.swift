internal import Foundation

/// A socket for datagrams between the hosts of a job (UDP over IPv4).
///
/// Signs of life go this way because MPI may be called by one thread at a time, and the main thread may be in a call
/// of it for ever. A datagram that is lost is no loss: another follows.
final class Mailbox: Sendable {
  /// A place that datagrams come from or go to, in the byte order of the network.
  struct Address: Hashable, Sendable {
    let host: UInt32
    let port: UInt16
  }

  private let descriptor: Int32

  /// The port, in the byte order of the network.
  let port: UInt16

  /// Opens a socket at a free port of all interfaces; `nil` if the system refuses.
  init?() {
    let number = socket(AF_INET, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard number >= 0 else { return nil }
    var name = Self.name(Address(host: 0, port: 0))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let isBound = Self.withPointer(to: &name) {
      bind(number, $0, length) == 0 && getsockname(number, $0, &length) == 0
    }
    descriptor = number
    port = name.sin_port
    // What is closed by `deinit` then.
    guard isBound else { return nil }
  }

  deinit { close(descriptor) }

  /// The addresses of this host, that of its own loop last.
  static var hosts: [UInt32] {
    var list: UnsafeMutablePointer<ifaddrs>?
    guard getifaddrs(&list) == 0 else { return [] }
    defer { freeifaddrs(list) }
    let interfaces = sequence(first: list) { $0?.pointee.ifa_next }
    let found = interfaces.compactMap { interface -> UInt32? in
      guard let address = interface?.pointee.ifa_addr, address.pointee.sa_family == AF_INET
      else { return nil }
      return address.withMemoryRebound(to: sockaddr_in.self, capacity: 1) {
        $0.pointee.sin_addr.s_addr
      }
    }
    return found.filter { !isLoop($0) } + found.filter(isLoop)
  }

  /// Whether an address is one of a host's own loop (127.0.0.0/8).
  static func isLoop(_ host: UInt32) -> Bool { UInt32(bigEndian: host) >> 24 == 127 }

  /// Sends a datagram; whether it arrives is seen by the answer.
  func send(_ data: Data, to address: Address) {
    var name = Self.name(address)
    _ = data.withUnsafeBytes { bytes in
      Self.withPointer(to: &name) {
        sendto(
          descriptor, bytes.baseAddress, bytes.count, Int32(MSG_DONTWAIT), $0,
          socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }

  /// Waits for a datagram for some time [seconds]; `nil` if none comes.
  func receive(within seconds: Double) -> (data: Data, source: Address)? {
    var request = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&request, 1, Int32(max(0, seconds) * 1000)) == 1 else { return nil }
    var buffer = [UInt8](repeating: 0, count: 2048)
    var name = Self.name(Address(host: 0, port: 0))
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let count = Self.withPointer(to: &name) {
      recvfrom(descriptor, &buffer, buffer.count, Int32(MSG_DONTWAIT), $0, &length)
    }
    guard count >= 0 else { return nil }
    return (Data(buffer[..<count]), Address(host: name.sin_addr.s_addr, port: name.sin_port))
  }

  private static func name(_ address: Address) -> sockaddr_in {
    var name = sockaddr_in()
    name.sin_family = sa_family_t(AF_INET)
    name.sin_addr.s_addr = address.host
    name.sin_port = address.port
    return name
  }

  private static func withPointer<Result>(
    to name: inout sockaddr_in, _ body: (UnsafeMutablePointer<sockaddr>) -> Result
  ) -> Result {
    withUnsafeMutablePointer(to: &name) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1, body)
    }
  }
}
