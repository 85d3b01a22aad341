// ParticleMesh
