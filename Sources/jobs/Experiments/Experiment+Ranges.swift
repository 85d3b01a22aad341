internal import Fields
internal import Information
package import Settings
internal import SubBoxes
internal import Training

extension Experiment {
  /// The range of every number that an experiment file may hold.
  ///
  /// The checks, the sentences of errors and `Documentation/settings.md` are made of this table; a test finds a
  /// number without a range. Limits that no physics gives are far above what is of use, and low enough that sizes
  /// made of several settings do not overflow, and that nothing is started that would only fill a machine.
  package static let ranges = SettingRanges([
    "simulations[].seed": .any,
    "simulations[].units.length": unit,
    "simulations[].units.mass": unit,
    "simulations[].units.velocity": unit,
    "simulations[].cosmology.omegaMatter": .above(0, to: 10),
    "simulations[].cosmology.omegaLambda": .from(-10, to: 10),
    "simulations[].cosmology.hubble": .from(0.01, to: 10),
    "simulations[].reseed": .any,
    "simulations[].reseedAbove": .above(0, to: 1e6),
    "simulations[].ignoreTypes": SettingRange.from(2, to: 15).list(0...14),

    "universe.boxSize": .from(0.01, to: 100_000),
    "universe.gridSize": .from(4, to: 4096).even,
    "universe.cosmology.omegaMatter": .from(0.01, to: 1),
    "universe.cosmology.omegaLambda": .from(0, to: 0.99),
    "universe.cosmology.omegaBaryon": .from(1e-4, to: 1),
    "universe.cosmology.hubble": .from(0.2, to: 2),
    "universe.cosmology.sigma8": .from(0.01, to: 10),
    "universe.cosmology.spectralIndex": .from(0, to: 2),
    "universe.cosmology.temperature": .from(1, to: 10),
    "universe.initialRedshift": .from(9, to: 1000),
    "universe.mesh.steps.start": .from(1e-4, below: 1),
    "universe.mesh.steps.end": .above(1e-4, to: 1),
    "universe.mesh.steps.count": .from(1, to: 100_000),
    "universe.mesh.meshRefinement": .from(1, to: 3),
    "universe.mesh.latticeOrigin": .from(0, below: 1),
    "universe.mesh.spectrumRedshifts": .from(0, to: 9999).list(0...100),
    "universe.mesh.threads": .from(1, to: 1024),
    "universe.halos.linkingLength": .from(0.01, to: 0.5),
    "universe.halos.minimumSize": .atLeast(1, limit: 1e9),
    "universe.halos.minimumBoundSize": .atLeast(1, limit: 1e9),
    "universe.halos.softening": .from(1e-6, below: 1),
    "universe.halos.openingAngle": .from(0, below: 0.57),
    "universe.halos.largestDirectSum": .atLeast(0, limit: 1e6),
    "universe.checkpointMinutes": .above(0, to: 1e6),
    "universe.ranksPerSimulation": .atLeast(1, limit: 1e6),

    "fields.neighbours": .atLeast(2, limit: 10_000),
    "fields.threadsPerRank": .from(1, to: 1024),
    "fields.filter.radius": scales,
    "fields.filter.wavenumber": scales,
    "fields.finalVoxelSize": .from(1e-4, to: 1000),

    "sampling.boxWidth": .from(3, to: 512),
    "sampling.trainingSamples": samples,
    "sampling.validationSamples": samples,
    "sampling.testSamples": samples,
    "sampling.maximumLogMass": logMass,
    "sampling.minimumLogMass": logMass,
    "sampling.balancedMassEdges": logMass.list(2...1000),
    "sampling.labelRange": logMass.list(2...2),
    "sampling.seed": .any,

    "stream.memoryBudget": .atLeast(1, limit: 1e9),
    "stream.lookAhead": .atLeast(1, limit: 10_000),
    "stream.threads": .atLeast(1, limit: 1024),

    "network.convolutionChannels": .from(1, to: 4096).list(1...16),
    "network.hiddenUnits": .from(1, to: 65_536).list(1...16),
    "network.leakySlope": .from(0, to: 1),

    "training.seed": .any,
    "training.shells.count": shellCount,
    "training.shells.tensorRadius": .from(1, to: 255),
    "training.mask.inner": .from(0, to: 1000),
    "training.mask.outer": .from(0, to: 1000),
    "training.batchSize": .from(1, to: Double(TrainingSettings.largestBatch)),
    "training.epochs": .atLeast(1, limit: 100_000),
    "training.patience": .atLeast(1, limit: 100_000),
    "training.alpha": .atLeast(0, limit: 1e6),
    "training.initialGamma": .from(0.001, to: 2),
    "training.optimizer.learningRate": .from(1e-30, to: 1e30),
    "training.optimizer.beta1": .from(0, below: 1),
    "training.optimizer.beta2": .from(0, below: 1),
    "training.optimizer.epsilon": .from(1e-30, to: 1e30),
    "training.schedule.warmupSteps": .atLeast(0, limit: 1e9),
    "training.schedule.steps": .atLeast(1, limit: 1e9),
    "training.schedule.factor": .above(0, below: 1),
    "training.schedule.patience": .atLeast(1, limit: 100_000),
    "training.schedule.leastShare": .from(0, to: 1),
    "training.clipNorm": .from(1e-30, to: 1e30),
    "training.threadsPerRank": .from(1, to: 1024),
    "training.checkpointMinutes": .above(0, to: 1e6),
    "training.checkpointSteps": .atLeast(1, limit: 1e9),
    "training.keptCheckpoints": .atLeast(1, limit: 1e6),
    "training.watchdogSeconds": .from(0.001, to: 1e7),

    "analysis.minimumLogMass": .above(0, below: 20),
    "analysis.maximumLogMass": .above(0, below: 20),
    "analysis.massEdges": logMass.list(2...100),
    "analysis.radiusEdges": .above(0, to: 1000).list(0...100),
    "analysis.massBins": .from(1, to: 1000),
    "analysis.residualBins": .from(1, to: 10_000),
    "analysis.residualLimit": .above(1e-6, below: 100),
    "analysis.noiseLevels": .from(0.05, to: 20).list(0...100),
    "analysis.likelihoodHalfWidth": .above(0, to: 1),
    "analysis.information.bootstraps": .from(0, to: 10_000),
    "analysis.information.maximumComponents": .from(
      1, to: Double(GaussianMixture.maximumComponents)),
    "analysis.information.randomStarts": .from(0, to: 1000),
    "analysis.information.kMeansStarts": .from(0, to: 1000),
    "analysis.information.seed": .any,
    "analysis.information.noise": .from(0, below: 0.1),
    "analysis.information.neighbours": .atLeast(1, limit: 10_000),
    "analysis.information.maximumParticles": .atLeast(10, limit: 1e10),
    "analysis.collapse.massCount": .from(2, to: 1000),
    "analysis.collapse.minimumMass": .from(1, below: 1e18),
    "analysis.collapse.maximumMass": .from(1, below: 1e18),
    "analysis.threadsPerRank": .from(1, to: 1024),

    "ablation.seeds": SettingRange.any.list(0...10_000),
    "ablation.ranksPerRun": .atLeast(1, limit: 1e6),
    "ablation.simultaneousRuns": .atLeast(1, limit: 1e6),

    "cluster.nodes": .from(1, to: 1e6),
    "cluster.ranksPerNode": .from(1, to: 1e6),
    "cluster.coresPerRank": .from(1, to: 1e6),
    "cluster.memoryPerNode": .from(1, to: 1e9),
    "cluster.minutes": .from(1, to: 1e6),
    "cluster.warningSeconds": .from(1, to: 65_535),
    "cluster.maximumRequeues": .from(0, to: 1e6),
  ])

  private static let shellCount = SettingRange.from(
    Double(ShellSettings.counts.lowerBound), to: Double(ShellSettings.counts.upperBound))

  private static let unit = SettingRange.above(0, to: 1e30)

  private static let scales = SettingRange.from(
    FieldFilter.scales.lowerBound, to: FieldFilter.scales.upperBound)

  private static let logMass = SettingRange.from(-10, to: 30)

  /// 64 bytes of each of these are a hundredth of what an integer can count.
  private static let samples = SettingRange.from(0, to: 1e12)

  /// The numbers that are out of their ranges, in the order of the file.
  var rangeProblems: [SettingProblem] {
    guard let tree = try? SettingsEncoder.tree(of: self) else { return [] }
    return Self.ranges.problems(in: tree)
  }
}
