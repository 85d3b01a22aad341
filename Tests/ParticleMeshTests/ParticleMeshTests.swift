// ParticleMeshTests
