@testable import Experiments

/// An experiment on two simulations, which tests change.
enum ExampleExperiment {
  static let yaml = """
    name: example
    simulations:
      - name: one
        role: training
        initial: ../data/one/ics.hdf5
        final: ../data/one/final.hdf5
        catalogue: /data/one/halos.hdf5
      - name: two
        role: test
        initial: two/ics.hdf5
        final: two/final.hdf5
        catalogue: two/halos.hdf5
    """

  /// Reads an experiment of a folder `/home/jobs`.
  static func load(_ yaml: String = yaml, overrides: [String] = []) throws -> Experiment {
    try Experiment(yaml: yaml, file: "e.yaml", folder: "/home/jobs", overrides: overrides)
  }

  /// The sentence with which an experiment is refused.
  static func message(_ yaml: String = yaml, overrides: [String] = []) -> String {
    do {
      return "loaded as \(try load(yaml, overrides: overrides))"
    } catch {
      return "\(error)"
    }
  }
}
