// LinearTheoryTests
