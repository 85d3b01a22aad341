// FourierTransformsTests
