internal import Snapshots

/// A step of ``FieldPreparation``, in order.
package enum FieldPreparationPhase: String, Hashable, Codable, Sendable, CaseIterable {
  case headers = "reading headers and catalogue"
  case initialParticles = "reading initial particles"
  case sites = "finding Lagrangian sites"
  case density = "estimating densities"
  case potential = "solving for the potential"
  case tides = "computing the tidal tensor"
  case filtering = "filtering the density"
  case labels = "labelling particles"
  case smoothing = "finding smoothing lengths of final particles"
  case sources = "computing checksums of the sources"
  case writing = "writing the field file"
}

/// The results of a preparation that a cosmologist can check.
package struct FieldSummary: Hashable, Codable, Sendable {
  /// The metadata of the field file.
  package let metadata: FieldMetadata

  /// The way in which the sites of particles were found.
  package let siteOrigin: SiteOrigin

  /// The root mean square distance of undone positions from their sites [cells].
  package let siteResidual: Double

  /// The fraction of particles whose undone position is within half a cell of its site.
  package let verifiedSiteFraction: Double

  /// The number of particles in groups.
  let groupedCount: Int

  /// The number of particles of the largest halo, 0 without halos.
  package let largestCount: Int

  /// The mass of the most massive halo by the label [Msun], 0 without halos.
  package let largestMass: Double

  /// The wall time of each phase on the slowest rank [s].
  package let seconds: [FieldPreparationPhase: Double]

  /// Densities per second of wall time, rank and thread.
  package let densitiesPerSecondAndCore: Double

  /// The remarks on content of the snapshots' headers that was passed over, as sentences.
  package var remarks: [String] = []

  /// The mass of each halo with all its particles [halo], [Msun].
  package var haloMasses: [Double] = []

  /// The number of particles of each halo [halo].
  package var haloCounts: [Int] = []

  /// The number of particles.
  package var particleCount: Int { metadata.siteCount }

  /// The fraction of particles that are labeled with a halo.
  package var labeledFraction: Double {
    Double(metadata.labeledCount) / Double(metadata.siteCount)
  }
}
