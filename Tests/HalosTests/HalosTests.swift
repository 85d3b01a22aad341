// HalosTests
