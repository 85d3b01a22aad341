import Testing

@testable import Settings

/// Settings of every kind that a file may hold.
private struct Sample: Codable, Equatable {
  struct Inner: Codable, Equatable {
    var count = 3
    var rate = 5e-5
    var limit: Double?
    var flags: [Bool] = []
    var isOn: Bool? = true
    var label: String? = "x"
    var size: Int?
  }
  enum Kind: String, Codable, CaseIterable { case raw, averaged }
  struct Element: Codable, Equatable {
    var name: String
    var weight: Float
  }

  var title = "a"
  var kind = Kind.raw
  var inner = Inner()
  var elements: [Element] = []
  var seed: UInt64 = 0
}

private func decode(_ yaml: String, overrides: [String] = []) throws -> Sample {
  var tree = try SettingsEncoder.tree(of: Sample())
    .overlaid(by: SettingsTree(yaml: yaml, file: "x.yaml"))
  for option in overrides { tree = try SettingsOverride(option).applied(to: tree) }
  return try SettingsDecoder.decode(Sample.self, from: tree)
}

private func message(_ yaml: String, overrides: [String] = []) -> String {
  do {
    return "decoded as \(try decode(yaml, overrides: overrides))"
  } catch {
    return "\(error)"
  }
}

@Test func keysThatAreNotWrittenKeepTheirDefaults() throws {
  var expected = Sample()
  expected.inner.rate = 1e-3
  #expect(try decode("inner:\n  rate: 1.0e-3\n") == expected)
  #expect(try decode("inner:\n# rate: 1\nkind: raw\n") == Sample())
  #expect(try decode("") == Sample())
}

@Test func optionalKeysCanBeSetAndUnset() throws {
  let value = try decode("inner: {limit: 2, isOn: null, label: ~, size: 4}")
  #expect(value.inner.limit == 2)
  #expect(value.inner.isOn == nil)
  #expect(value.inner.label == nil)
  #expect(value.inner.size == 4)
}

@Test func listsOfSectionsDecodeElementByElement() throws {
  let value = try decode("elements:\n- {name: 12, weight: 0.5}\n- {name: b, weight: 2}\n")
  #expect(value.elements == [.init(name: "12", weight: 0.5), .init(name: "b", weight: 2)])
}

@Test func wholeNumbersMayGroupThousandsByUnderscores() throws {
  #expect(try decode("inner: {count: 200_000}").inner.count == 200_000)
  #expect(try decode("seed: 18446744073709551615").seed == .max)
}

@Test(arguments: [
  ("inner:\n  cuont: 3\n", ["x.yaml, line 2", "`inner.cuont`", "did you mean `inner.count`"]),
  ("innner: {}\n", ["x.yaml, line 1", "unknown key `innner`", "`inner`"]),
  ("inner: {limti: 2}", ["unknown key `inner.limti`", "`inner.limit`"]),
  ("title: b\nzzzzzzzz: 1\n", ["line 2", "known keys: elements, inner, kind, seed, title"]),
  (
    "elements:\n- name: a\n  wieght: 1\n",
    ["line 2", "`elements[0].weight` is not given", "is `wieght` a misspelling"]
  ),
  ("elements:\n- {name: a, weight: 1}\n- {name: b}\n", ["line 3", "`elements[1].weight`"]),
])
func aWrongKeyIsNamedWithPlaceAndNearestKey(yaml: String, words: [String]) {
  let text = message(yaml)
  for word in words { #expect(text.contains(word), "\(text)") }
}

@Test(arguments: [
  ("inner:\n  count: three\n", ["line 2", "`inner.count` is `three`", "a whole number"]),
  ("inner: {count: 1.5}", ["`1.5`", "a whole number"]),
  ("inner: {count: \"3\"}", ["`3`", "a whole number"]),
  ("inner: {count: null}", ["is empty", "a whole number"]),
  ("seed: -1", ["`-1`", "a whole number from 0"]),
  ("inner: {rate: .inf}", ["`.inf`", "a finite number"]),
  ("inner: {rate: nan}", ["`nan`", "a finite number"]),
  ("inner: {flags: [true, maybe]}", ["`inner.flags[1]` is `maybe`", "true or false"]),
  ("inner: {flags: true}", ["`inner.flags`", "a list"]),
  ("inner: 3", ["`inner` is `3`", "a section with keys"]),
  ("title: [a]", ["`title` is a list", "a text"]),
  ("kind: rwa", ["`kind` is `rwa`", "one of raw, averaged"]),
  ("elements: {name: a}", ["`elements` is a section", "a list"]),
  ("- 1\n- 2\n", ["the experiment is a list", "a section with keys"]),
  ("a: [1\nb: 2\n", ["x.yaml, line", "not valid YAML"]),
  ("seed: 1\nseed: 2\n", ["not valid YAML", "more than one `seed`"]),
  ("seed: 1\ntitle: \u{1B}[31m\n", ["x.yaml, line 2", "control characters are not allowed"]),
])
func aWrongValueIsNamedWithPlaceAndExpectation(yaml: String, words: [String]) {
  let text = message(yaml)
  for word in words { #expect(text.contains(word), "\(text)") }
  #expect(!text.contains("\n"), "\(text)")
}

@Test func overridesReplaceSettingsWithTheSameChecks() throws {
  let elements = "elements: [{name: a, weight: 1}]"
  let value = try decode(
    elements, overrides: ["inner.count=7", "elements[0].weight=3", "inner.count=8", "title=a=b"])
  #expect(value.inner.count == 8)
  #expect(value.elements[0].weight == 3)
  #expect(value.title == "a=b")
}

@Test(arguments: [
  ("inner.cuont=3", ["--set inner.cuont=3", "unknown key", "`inner.count`"]),
  ("inner.count=x", ["--set inner.count=x", "`x`", "a whole number"]),
  ("inner.count", ["not KEY=VALUE", "--set training.seed=3"]),
  ("inner..count=1", ["not KEY=VALUE"]),
  ("seed=\t", ["--set seed=\\u{9}: ", "not valid YAML"]),
  ("elements[2].name=a", ["`elements[2].name`", "no such section or list element"]),
  ("title.count=1", ["`title.count`", "no such section"]),
])
func aWrongOverrideIsNamedAsItWasTyped(option: String, words: [String]) {
  let text = message("", overrides: [option])
  for word in words { #expect(text.contains(word), "\(text)") }
  #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 }, "\(text)")
}

@Test func treesAreWrittenWithUnsetKeysAndReadBackEqual() throws {
  var sample = Sample()
  sample.title = "0x1F"
  sample.inner.label = "null"
  sample.inner.flags = [true, false]
  sample.inner.rate = 0.1 + 0.2
  sample.elements = [.init(name: "yes", weight: 0.1), .init(name: "a: b #c", weight: -1)]
  let yaml = try SettingsEncoder.tree(of: sample).yaml()
  #expect(try decode(yaml) == sample)
  #expect(yaml.contains("limit: null"))
  #expect(yaml.contains("size: null"))
  #expect(yaml.contains("rate: 0.30000000000000004"))
  #expect(yaml.contains("name: \"yes\""))
}

@Test(arguments: [
  ("", "abc", 3), ("kitten", "sitting", 3), ("flaw", "lawn", 2), ("same", "same", 0),
])
func editDistancesAreThoseOfLevenshtein(a: String, b: String, distance: Int) {
  // kitten/sitting and flaw/lawn are the standard examples of the Levenshtein distance.
  #expect(editDistance(a, b) == distance)
  #expect(editDistance(b, a) == distance)
}

@Test func aWordThatResemblesNoneHasNoNearest() {
  #expect(nearestKey(to: "batchsize", among: ["batchSize", "epochs"]) == "batchSize")
  #expect(nearestKey(to: "qqq", among: ["seed", "epochs"]) == nil)
  #expect(nearestKey(to: "seed", among: []) == nil)
}
