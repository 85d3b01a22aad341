/// The version of halompi, as in its change log.
public let halompiVersion = "0.1.0"
