extension ReportMaker {
  /// The twins of one wavenumber, and the networks on the particles that are in their halos.
  func twinReport(_ number: Int) -> TwinReport {
    let twin = input.twins[number]
    let members = input.members(.twin(number))
    let own = input.comparison(.twin(number), members)
    let ofTwin = information(.twin(number), .twin(number))
    let covered = twin.isCovered.count { $0 }
    return TwinReport(
      reseededAbove: twin.reseededAbove, number: twin.number, pairs: twin.pairs,
      count: members.count,
      shareWithout: covered > 0
        ? .known(Double(covered - members.count) / Double(covered))
        : .unknown(tooFew(0, needed: 1)),
      statistics: ResidualStatistics(own), information: ofTwin,
      gaussianCeiling: ofTwin.value.map { TwinReport.gaussianCeiling(ofDraw: $0.value) }
        ?? .unknown(ofTwin.reason ?? ""),
      networks: input.variants.map { variant in
        let column = InformationColumn.model(variant.reference)
        let ofNetwork = information(column, .twin(number))
        return TwinReport.NetworkShare(
          variant: variant.name,
          statistics: ResidualStatistics(input.comparison(column, members)),
          information: ofNetwork, difference: .of(ofNetwork, minus: ofTwin),
          share: InformationShare.of(ofNetwork, by: ofTwin))
      }, map: DensityMap.of(own, window: settings.window))
  }
}
