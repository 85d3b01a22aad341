// LinearTheory
