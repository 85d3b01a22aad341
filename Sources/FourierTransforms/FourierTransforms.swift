// FourierTransforms
