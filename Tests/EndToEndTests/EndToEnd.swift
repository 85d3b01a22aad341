import TestSupport
import Testing

/// The built program under the launcher of its MPI, on simulations small enough for seconds.
///
/// These tests start jobs of several ranks, so they run one at a time, and not in a job themselves.
@Suite(.serialized, .ranks(1...1)) enum EndToEnd {}

/// The built program with what it refuses or has to survive: bad input, stale files, full disks, settings at their limits.
///
/// One at a time too, and beside ``EndToEnd``: jobs wait for much else than a processor.
@Suite(.serialized, .ranks(1...1)) enum Refusals {}
