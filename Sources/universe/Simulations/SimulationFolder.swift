internal import Failures
internal import Foundation

/// The files of one simulation.
package struct SimulationFolder: Hashable {
  package let path: String

  /// Makes the value of its parts.
  package init(path: String) {
    self.path = path
  }

  /// The particles at the initial redshift, and at the end in the order of groups.
  package var initial: String { "\(path)/initial.hdf5" }
  package var final: String { "\(path)/final.hdf5" }

  /// The halos at the end; the last file to be written.
  package var catalogue: String { "\(path)/catalogue.hdf5" }

  /// The files that a simulation from a seed has when it is complete.
  package var products: [String] { [initial, final, catalogue, linearDensity] }

  /// The linear density contrast at z = 0.
  package var linearDensity: String { "\(path)/linear-density.h5" }

  /// The settings that the simulation was made with.
  var settings: String { "\(path)/settings.txt" }

  /// The state of an evolution that is under way.
  var checkpoint: String { "\(path)/checkpoint.h5" }

  /// The power spectrum of matter at a redshift.
  func powerSpectrum(at redshift: Double) -> String {
    "\(path)/power-spectrum-z\(String(format: "%.3f", redshift)).csv"
  }
}
