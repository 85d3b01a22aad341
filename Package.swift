// swift-tools-version: 6.2

import PackageDescription

// Targets are listed by level; a target imports only from the levels above its own
// (Documentation/architecture.md), which Tests/HouseTests checks.

let package = Package(
  name: "halompi",
  products: [
    .library(name: "MPI", targets: ["MPI"]),
    .library(name: "HDF5", targets: ["HDF5"]),
    .executable(name: "halompi", targets: ["halompi"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Level 0: C libraries, and the hot loops in C.
    .systemLibrary(
      name: "CMPI", path: "Sources/ground/CMPI", pkgConfig: "ompi-c",
      providers: [.apt(["libopenmpi-dev"])]),
    .systemLibrary(
      name: "CParallelHDF5", path: "Sources/ground/CParallelHDF5", pkgConfig: "hdf5-openmpi",
      providers: [.apt(["libhdf5-openmpi-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/ground/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CFFTW", path: "Sources/ground/CFFTW", pkgConfig: "fftw3f",
      providers: [.apt(["libfftw3-dev"])]),
    .target(name: "CAffinity", path: "Sources/ground/CAffinity"),
    // The kernels are optimized in debug builds too: at -O0 they are 4 to 60 times slower.
    .target(
      name: "CKernels", path: "Sources/ground/CKernels",
      cSettings: [.headerSearchPath("."), .unsafeFlags(["-O3"])]),

    // Level 1: wrappers of the C libraries, and what needs nothing.
    .target(name: "MPI", dependencies: ["CMPI"], path: "Sources/toolbox/MPI"),
    .target(name: "HDF5", dependencies: ["CParallelHDF5", "MPI"], path: "Sources/toolbox/HDF5"),
    .target(name: "Randomness", path: "Sources/toolbox/Randomness"),
    .target(name: "Threads", dependencies: ["CAffinity"], path: "Sources/toolbox/Threads"),
    .target(name: "Statistics", path: "Sources/toolbox/Statistics"),
    .target(name: "DelimitedText", path: "Sources/toolbox/DelimitedText"),
    .target(name: "LinearTheory", path: "Sources/universe/LinearTheory"),
    .target(name: "DurableFiles", path: "Sources/toolbox/DurableFiles"),
    .target(name: "Slurm", path: "Sources/toolbox/Slurm"),

    // Level 2.
    .target(
      name: "Networks", dependencies: ["CKernels", "COpenBLAS", "Randomness", "Threads"],
      path: "Sources/learning/Networks"),

    .target(
      name: "FourierTransforms", dependencies: ["CFFTW", "MPI", "Threads"],
      path: "Sources/universe/FourierTransforms"),
    .target(name: "Particles", path: "Sources/universe/Particles"),
    .target(
      name: "Information", dependencies: ["CKernels", "Randomness", "Statistics", "Threads"],
      path: "Sources/answer/Information"),

    // Level 3.
    .target(
      name: "Snapshots", dependencies: ["DurableFiles", "HDF5", "MPI", "Particles"],
      path: "Sources/universe/Snapshots"),

    .target(
      name: "ParticleMesh",
      dependencies: ["CKernels", "FourierTransforms", "LinearTheory", "MPI", "Particles", "Randomness", "Threads"], path: "Sources/universe/ParticleMesh"),
    .target(name: "Halos", dependencies: ["MPI", "Particles", "Threads"], path: "Sources/universe/Halos"),

    // Level 4.
    .target(
      name: "Fields",
      dependencies: ["DurableFiles", "FourierTransforms", "HDF5", "MPI", "Snapshots", "Threads"],
      path: "Sources/learning/Fields"),
    .target(
      name: "SubBoxes", dependencies: ["CKernels", "Fields", "HDF5", "MPI", "Randomness"],
      path: "Sources/learning/SubBoxes"),

    // Level 5.
    .target(
      name: "Training",
      dependencies: ["CKernels", "DurableFiles", "Fields", "HDF5", "MPI", "Networks", "Randomness", "Statistics", "SubBoxes", "Threads"], path: "Sources/learning/Training"),
    .target(
      name: "Interchange", dependencies: ["DurableFiles", "Networks", "SubBoxes", "Training"],
      path: "Sources/learning/Interchange"),
    .target(
      name: "Analysis",
      dependencies: ["FourierTransforms", "Information", "LinearTheory", "MPI", "Networks", "Randomness", "Statistics", "Threads"], path: "Sources/answer/Analysis"),
    .target(
      name: "Figures", dependencies: ["Analysis", "DurableFiles", "Statistics", "Training"],
      path: "Sources/answer/Figures"),

    // Level 6.
    .target(
      name: "Jobs",
      dependencies: ["Analysis", "CKernels", "DelimitedText", "DurableFiles", "Fields", "Figures", "FourierTransforms", "HDF5", "Halos", "Information", "Interchange", "LinearTheory", "MPI", "Networks", "ParticleMesh", "Particles", "Randomness", "Slurm", "Snapshots", "Statistics", "SubBoxes", "Threads", "Training", .product(name: "Yams", package: "Yams")]),

    // Level 7: the only target that prints.
    .executableTarget(
      name: "halompi",
      dependencies: [
        "HDF5", "Information", "Jobs", "MPI", "Networks", "Slurm", "Training",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests. `TestSupport` holds the traits and helpers that they share.
    .target(
      name: "TestSupport", dependencies: ["HDF5", "MPI", "Snapshots"], path: "Tests/TestSupport"),
    .target(
      name: "CReferenceNetwork", path: "Tests/CReferenceNetwork",
      cSettings: [.unsafeFlags(["-O3"])]),
    .testTarget(name: "KernelsTests", dependencies: ["CKernels", "CReferenceNetwork"]),
    .testTarget(name: "LinearTheoryTests", dependencies: ["LinearTheory"]),
    .testTarget(
      name: "FourierTransformsTests", dependencies: ["FourierTransforms", "MPI", "TestSupport", "Threads"]),
    .testTarget(
      name: "ParticleMeshTests",
      dependencies: ["FourierTransforms", "HDF5", "LinearTheory", "MPI", "ParticleMesh", "Particles", "Randomness", "TestSupport", "Threads"]),
    .testTarget(
      name: "HalosTests", dependencies: ["Halos", "HDF5", "MPI", "Particles", "TestSupport"]),
    .testTarget(name: "ParticlesTests", dependencies: ["Particles"]),
    .testTarget(
      name: "InformationTests", dependencies: ["Information", "Randomness", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(name: "ThreadsTests", dependencies: ["Threads"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Statistics"]),
    .testTarget(name: "DelimitedTextTests", dependencies: ["DelimitedText"]),
    .testTarget(name: "MPITests", dependencies: ["MPI", "TestSupport"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "MPI", "TestSupport"]),
    .testTarget(name: "SlurmTests", dependencies: ["Slurm", "TestSupport"], exclude: ["Fixtures"]),
    .testTarget(name: "DurableFilesTests", dependencies: ["DurableFiles", "TestSupport"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: [
        "CKernels", "CReferenceNetwork", "Fields", "HDF5", "Networks", "Randomness", "TestSupport",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "SnapshotsTests",
      dependencies: ["DurableFiles", "HDF5", "MPI", "Particles", "Snapshots", "TestSupport"]),
    .testTarget(
      name: "FieldsTests", dependencies: ["Fields", "HDF5", "MPI", "Snapshots", "TestSupport"]),
    .testTarget(
      name: "SubBoxesTests",
      dependencies: [
        "Fields", "HDF5", "MPI", "Randomness", "Snapshots", "SubBoxes", "TestSupport",
      ]),
    .testTarget(
      name: "TrainingTests",
      dependencies: ["Fields", "HDF5", "MPI", "Networks", "Randomness", "Snapshots", "SubBoxes", "TestSupport", "Threads", "Training"]),
    .testTarget(
      name: "InterchangeTests",
      dependencies: ["Interchange", "Networks", "SubBoxes", "Training"],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: ["Analysis", "FourierTransforms", "Information", "LinearTheory", "MPI", "ParticleMesh", "Particles", "Randomness", "Statistics", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "FiguresTests",
      dependencies: ["Analysis", "Figures", "LinearTheory", "Statistics", "TestSupport", "Training"]),
    .testTarget(
      name: "JobsTests",
      dependencies: [
        "DurableFiles", "Fields", "HDF5", "Jobs", "LinearTheory", "MPI", "Networks", "Slurm",
        "Snapshots", "SubBoxes", "TestSupport", "Training",
      ], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "HDF5", "LinearTheory", "Networks", "SubBoxes", "TestSupport", "Training", "halompi",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "HouseTests", dependencies: ["TestSupport"]),
  ]
)

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
  target.swiftSettings = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableExperimentalFeature("Lifetimes"),
  ]
}

// `swift package generate-documentation` needs a plugin, which is fetched only if it is asked for.
if Context.environment["HALOMPI_DOCUMENTATION"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
