/// The particles that all models predicted, within the range of true masses, in the order of simulation
/// and site: models are compared on the same particles.
package struct CommonParticles: Sendable {
  /// The names of the simulations.
  package let simulations: [String]

  /// The simulation of each particle, as an index of ``simulations``.
  package let simulation: [Int]

  /// The site of each particle on the grid of its simulation.
  package let sites: [Int]

  /// The true mass [log10 Msun].
  package let truth: [Double]

  /// The distance from the halo's center [r200m]; NaN if unknown.
  package let radius: [Double]

  /// The predictions of each model for the particles [log10 Msun], finite.
  package let predictions: [[Double]]

  /// The halo of each particle, different numbers for different halos of all simulations: what a
  /// bootstrap over halos needs.
  package let halos: Outcome<[Int32]>

  /// The census of the particles of each model.
  let censuses: [Census]

  /// The number of particles that a model predicted, and how many of them are left out, by reason.
  struct Census: Codable, Hashable, Sendable {
    /// The rows of its file.
    package var predicted: Int

    /// Rows whose prediction or truth is not a finite number.
    package var notFinite: Int

    /// Rows of particles in no halo; `nil` without any.
    var inField: Int?

    /// Rows with a true mass outside the range.
    var outsideWindow: Int

    /// Rows within the range that some other model did not predict.
    var notCommon: Int
  }

  private struct Key: Hashable, Comparable {
    let simulation: Int
    let site: Int64

    static func < (a: Key, b: Key) -> Bool { (a.simulation, a.site) < (b.simulation, b.site) }
  }

  /// Finds the particles that all models predicted.
  package init(of models: [ModelPredictions], window: ClosedRange<Double>) {
    let names = Array(Set(models.flatMap(\.simulations))).sorted()
    var rows: [[Key: Int]] = []
    var censuses: [Census] = []
    for model in models {
      let indices = model.simulations.map { names.firstIndex(of: $0) ?? 0 }
      var kept: [Key: Int] = [:]
      var census = Census(
        predicted: model.prediction.count, notFinite: 0, outsideWindow: 0, notCommon: 0)
      for row in model.prediction.indices {
        let truth = Double(model.truth[row])
        if model.isInField(row) {
          census.inField = (census.inField ?? 0) + 1
        } else if !model.prediction[row].isFinite || !truth.isFinite {
          census.notFinite += 1
        } else if !window.contains(truth) {
          census.outsideWindow += 1
        } else {
          kept[Key(simulation: indices[Int(model.simulation[row])], site: model.site[row])] = row
        }
      }
      rows.append(kept)
      censuses.append(census)
    }
    let keys =
      (rows.first?.keys.filter { key in rows.dropFirst().allSatisfy { $0[key] != nil } } ?? [])
      .sorted()
    for model in models.indices { censuses[model].notCommon = rows[model].count - keys.count }
    simulations = names
    self.censuses = censuses
    simulation = keys.map(\.simulation)
    sites = keys.map { Int($0.site) }
    func column(_ model: Int, _ values: KeyPath<ModelPredictions, [Float]>) -> [Double] {
      keys.compactMap { key in
        rows[model][key].map { Double(models[model][keyPath: values][$0]) }
      }
    }
    truth = models.isEmpty ? [] : column(0, \.truth)
    radius = models.isEmpty ? [] : column(0, \.radius)
    predictions = models.indices.map { column($0, \.prediction) }
    halos = Self.numbered(
      keys.map { key in
        models.indices.lazy.compactMap { model in rows[model][key].map { models[model].halo[$0] } }
          .first { $0 >= 0 }
      }, of: keys.map(\.simulation), among: names.count)
  }

  /// Numbers the halos of all simulations, those of the first one first.
  private static func numbered(
    _ rows: [Int32?], of simulation: [Int], among simulations: Int
  ) -> Outcome<[Int32]> {
    var counts = [Int32](repeating: 0, count: simulations)
    for (row, simulation) in zip(rows, simulation) {
      guard let row else {
        return .unknown("the files of predictions were written by a version that left halos out")
      }
      counts[simulation] = max(counts[simulation], row + 1)
    }
    let offsets = counts.indices.map { counts[..<$0].reduce(0, +) }
    return .known(zip(rows, simulation).map { offsets[$1] + ($0 ?? 0) })
  }

  /// The number of particles.
  package var count: Int { truth.count }

  /// The particle of the median true mass, the first of those with the same.
  package var medianParticle: Int? {
    guard count > 0 else { return nil }
    let order = truth.indices.sorted { (truth[$0], $0) < (truth[$1], $1) }
    return order[(count - 1) / 2]
  }

  /// The numbers of the particles in each shell between the edges, (e_(i-1), e_i], the first from 0 on and the
  /// last without end; those of unknown radius are in none.
  func shells(_ edges: [Double]) -> [[Int]] {
    var shells = [[Int]](repeating: [], count: edges.count + 1)
    for (number, radius) in radius.enumerated() where radius >= 0 {
      shells[edges.firstIndex { radius <= $0 } ?? edges.count].append(number)
    }
    return shells
  }
}
