/// A type that is written as one scalar of an experiment file.
protocol SettingScalar {
  /// The form that a value must have, for messages: "expected \(expectation)".
  static var expectation: String { get }

  /// Reads the text of a scalar, or returns `nil` if it is not one of this type.
  init?(settingText: String, isQuoted: Bool)

  /// The text that reads back as this value.
  var settingText: String { get }
}

extension String: SettingScalar {
  static var expectation: String { "a text" }

  init?(settingText: String, isQuoted: Bool) { self = settingText }

  var settingText: String { self }
}

extension Bool: SettingScalar {
  static var expectation: String { "true or false" }

  init?(settingText: String, isQuoted: Bool) {
    guard !isQuoted, let value = Bool(settingText) else { return nil }
    self = value
  }

  var settingText: String { description }
}

extension SettingScalar where Self: FixedWidthInteger {
  static var expectation: String {
    Self.min == 0 ? "a whole number from 0 to \(Self.max)" : "a whole number"
  }

  /// Reads decimal digits, between which underscores may group thousands.
  init?(settingText: String, isQuoted: Bool) {
    guard !isQuoted, !settingText.hasPrefix("_"), let value = Self(settingText.filter { $0 != "_" })
    else { return nil }
    self = value
  }

  var settingText: String { String(self) }
}

extension Int: SettingScalar {}
extension Int8: SettingScalar {}
extension Int16: SettingScalar {}
extension Int32: SettingScalar {}
extension Int64: SettingScalar {}
extension UInt: SettingScalar {}
extension UInt8: SettingScalar {}
extension UInt16: SettingScalar {}
extension UInt32: SettingScalar {}
extension UInt64: SettingScalar {}

extension SettingScalar where Self: LosslessStringConvertible & BinaryFloatingPoint {
  static var expectation: String { "a finite number" }

  init?(settingText: String, isQuoted: Bool) {
    guard !isQuoted, !settingText.hasPrefix("_"),
      let value = Self(settingText.filter { $0 != "_" }),
      value.isFinite
    else { return nil }
    self = value
  }

  /// The shortest decimal text that reads back as the same bits.
  var settingText: String { description }
}

extension Double: SettingScalar {}
extension Float: SettingScalar {}
