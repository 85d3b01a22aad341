import TestSupport
import Testing

/// The built program under `mpirun`, on simulations small enough for seconds.
///
/// These tests start jobs of several ranks, so they run one at a time, and not in a job themselves.
@Suite(.serialized, .ranks(1...1)) enum EndToEnd {}
