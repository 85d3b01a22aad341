internal import Foundation

/// The name of this host, without asking a server of names.
let thisHost: String = {
  var name = utsname()
  guard uname(&name) == 0 else { return "unknown host" }
  return withUnsafeBytes(of: name.nodename) { bytes in
    String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
  }
}()
