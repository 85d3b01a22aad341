internal import Analysis
package import Training

/// The mean gradient of the predicted mass with respect to the box, in the frames of the particles' tides.
package struct SensitivityFigure: Sendable {
  /// Draws the plane of the first and the third axis of the tide for each bin of mass, a figure for each channel.
  ///
  /// - Parameters:
  ///   - table: The mean maps.
  ///   - model: The name of the network, such as `raw-seed1`.
  /// - Returns: The figures `sensitivity-<model>-<channel>`.
  package static func figures(of table: SensitivityTable, model: String) -> [Figure] {
    table.channels.enumerated().map { channel, channelName in
      let planes = table.massRanges.indices.filter { table.counts[$0] > 0 }
        .map { (bin: $0, values: table.plane(ofBin: $0, channel: channel)) }
      // One range of colors, so that bins can be compared.
      let end = SliceFigure.end(of: planes.flatMap(\.values))
      let panels = planes.map { bin, values in
        let range = table.massRanges[bin]
        return SliceFigure.Panel(
          name: "\(range.lowerBound)–\(range.upperBound), \(table.counts[bin]) particles",
          columns: table.width, rows: table.width, values: values, spacing: table.voxelSize,
          quantity: "d log_{10}{/:Italic M}_{pred} / d voxel [dex]", scale: .aboutZero(end: end))
      }
      let name = channelName.replacing("/", with: "-")
      return SliceFigure.figure(
        of: panels.isEmpty ? .unknown("no bin of mass has a particle") : .known(panels),
        name: "sensitivity-\(model)-\(name)",
        title: "Sensitivity to \(channelName), \(model)",
        caption:
          "Mean derivative of the predicted log10 mass with respect to each voxel of the \(channelName) in the box, in bins of the true log10 M/Msun: the plane through the particle, in the center, "
          + "that holds the axes of the largest (horizontal) and of the smallest eigenvalue (vertical) of its tidal tensor. All panels have the same colors.",
        axes: ("axis 1", "axis 3"))
    }
  }
}
