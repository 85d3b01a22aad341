import Information
import Testing

@Suite struct MixtureTests {}
