// SnapshotsTests
