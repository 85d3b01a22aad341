// SubBoxes
