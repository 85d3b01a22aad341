// SubBoxesTests
