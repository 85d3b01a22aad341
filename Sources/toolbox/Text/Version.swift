/// The version of halompi, as in its change log.
package let halompiVersion = "0.1.0"
