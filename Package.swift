// swift-tools-version: 6.2

import PackageDescription

// The MPI to build with, "openmpi" or "mpich" (and what descends from it), and the names by which pkg-config knows it
// and the HDF5 that was built with it. `make` sets these, or asks scripts/mpi.
let mpi = Context.environment["HALOMPI_MPI"] ?? "openmpi"
let mpiPackage = Context.environment["HALOMPI_MPI_PKG"] ?? (mpi == "mpich" ? "mpich" : "ompi-c")
let hdf5Package = Context.environment["HALOMPI_HDF5_PKG"] ?? "hdf5-\(mpi)"

// Targets stand in rooms, each listed after all that it imports (Documentation/architecture.md), which
// Tests/HouseTests checks.

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
    // The ground: C libraries, and the hot loops in C.
    .systemLibrary(
      name: "CMPI", path: "Sources/ground/CMPI", pkgConfig: mpiPackage,
      providers: [.apt(["lib\(mpi)-dev"])]),
    .systemLibrary(
      name: "CParallelHDF5", path: "Sources/ground/CParallelHDF5", pkgConfig: hdf5Package,
      providers: [.apt(["libhdf5-\(mpi)-dev"])]),
    .systemLibrary(
      name: "COpenBLAS", path: "Sources/ground/COpenBLAS", pkgConfig: "openblas",
      providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(
      name: "CFFTW", path: "Sources/ground/CFFTW", pkgConfig: "fftw3f",
      providers: [.apt(["libfftw3-dev"])]),
    .target(name: "CAffinity", path: "Sources/ground/CAffinity"),
    .target(name: "CSignals", path: "Sources/ground/CSignals"),
    .target(name: "CCrashGuard", path: "Sources/ground/CCrashGuard"),
    // The kernels are optimized in debug builds too: at -O0 they are 4 to 60 times slower.
    .target(
      name: "CKernels", path: "Sources/ground/CKernels",
      cSettings: [.headerSearchPath("."), .unsafeFlags(["-O3"])]),

    // The toolbox: what knows no cosmology.
    .target(name: "Failures", path: "Sources/toolbox/Failures"),
    .target(name: "Heartbeat", path: "Sources/toolbox/Heartbeat"),
    .target(name: "MPI", dependencies: ["CMPI", "Heartbeat"], path: "Sources/toolbox/MPI"),
    .target(
      name: "HDF5", dependencies: ["CCrashGuard", "CParallelHDF5", "Heartbeat", "MPI"],
      path: "Sources/toolbox/HDF5"),
    .target(name: "Randomness", path: "Sources/toolbox/Randomness"),
    .target(
      name: "Threads", dependencies: ["CAffinity", "Failures", "Heartbeat"],
      path: "Sources/toolbox/Threads"),
    .target(name: "Statistics", path: "Sources/toolbox/Statistics"),
    .target(name: "DelimitedText", path: "Sources/toolbox/DelimitedText"),
    .target(name: "ProtocolBuffers", path: "Sources/toolbox/ProtocolBuffers"),
    // Optimized in debug builds too: its tests go through all scalars of Unicode.
    .target(
      name: "Text", path: "Sources/toolbox/Text", swiftSettings: [.unsafeFlags(["-O"])]),
    .target(
      name: "Schedulers", dependencies: ["Failures", "Text"], path: "Sources/toolbox/Schedulers"),
    .target(
      name: "Stopping", dependencies: ["CSignals", "Schedulers"], path: "Sources/toolbox/Stopping"),
    .target(
      name: "Hardware", dependencies: ["CKernels", "Schedulers", "Statistics", "Text", "Threads"],
      path: "Sources/toolbox/Hardware"),
    .target(
      name: "DurableFiles", dependencies: ["Failures", "Heartbeat"],
      path: "Sources/toolbox/DurableFiles"),
    .target(
      name: "RecordFiles", dependencies: ["DurableFiles", "Failures", "HDF5", "MPI", "Text"],
      path: "Sources/toolbox/RecordFiles"),
    .target(
      name: "Watching", dependencies: ["Failures", "Heartbeat", "MPI"],
      path: "Sources/toolbox/Watching"),
    .target(
      name: "Progress", dependencies: ["Heartbeat", "Text"], path: "Sources/toolbox/Progress"),
    .target(
      name: "Settings",
      dependencies: ["Failures", "Text", .product(name: "Yams", package: "Yams")],
      path: "Sources/toolbox/Settings"),

    // The universe: simulations and their halos, our own and those of other codes.
    .target(
      name: "LinearTheory", dependencies: ["Failures"], path: "Sources/universe/LinearTheory"),
    .target(
      name: "FourierTransforms", dependencies: ["CFFTW", "Failures", "MPI", "Threads"],
      path: "Sources/universe/FourierTransforms"),
    .target(name: "Particles", path: "Sources/universe/Particles"),
    .target(
      name: "Snapshots",
      dependencies: ["DurableFiles", "Failures", "HDF5", "MPI", "Particles", "RecordFiles"],
      path: "Sources/universe/Snapshots"),
    .target(
      name: "ParticleMesh",
      dependencies: [
        "CKernels", "Failures", "FourierTransforms", "LinearTheory", "MPI", "Particles",
        "Randomness", "Threads",
      ], path: "Sources/universe/ParticleMesh"),
    .target(
      name: "Halos",
      dependencies: ["CKernels", "Failures", "Heartbeat", "MPI", "Particles", "Threads"],
      path: "Sources/universe/Halos"),
    .target(
      name: "Simulations",
      dependencies: [
        "DurableFiles", "Failures", "FourierTransforms", "HDF5", "Halos", "Heartbeat",
        "LinearTheory", "MPI", "ParticleMesh", "Particles", "Progress", "RecordFiles", "Settings",
        "Snapshots",
        "Statistics", "Stopping", "Text", "Threads",
      ], path: "Sources/universe/Simulations"),

    // Learning: fields, boxes, networks.
    .target(
      name: "Fields",
      dependencies: [
        "DurableFiles", "Failures", "FourierTransforms", "HDF5", "LinearTheory", "MPI",
        "ParticleMesh", "RecordFiles", "Snapshots", "Threads",
      ], path: "Sources/learning/Fields"),
    .target(
      name: "SubBoxes",
      dependencies: [
        "CKernels", "DelimitedText", "DurableFiles", "Failures", "Fields", "HDF5", "MPI",
        "Randomness",
      ],
      path: "Sources/learning/SubBoxes"),
    .target(
      name: "Networks",
      dependencies: [
        "CKernels", "COpenBLAS", "DurableFiles", "Failures", "Randomness", "Threads",
      ],
      path: "Sources/learning/Networks"),
    .target(
      name: "Training",
      dependencies: [
        "CKernels", "DurableFiles", "Failures", "Fields", "HDF5", "Hardware", "Heartbeat", "MPI",
        "Networks", "ProtocolBuffers", "RecordFiles", "Statistics", "Stopping", "SubBoxes",
        "Threads", "Watching",
      ], path: "Sources/learning/Training"),
    .target(
      name: "Interchange",
      dependencies: [
        "DurableFiles", "Failures", "Networks", "ProtocolBuffers", "SubBoxes", "Text", "Training",
      ],
      path: "Sources/learning/Interchange"),

    // The answer: what predictions say.
    .target(
      name: "Information",
      dependencies: ["CKernels", "Failures", "Randomness", "Statistics", "Threads"],
      path: "Sources/answer/Information"),
    .target(
      name: "Analysis",
      dependencies: [
        "Failures", "FourierTransforms", "Information", "LinearTheory", "MPI", "Networks",
        "Randomness", "Statistics", "Text",
      ], path: "Sources/answer/Analysis"),
    .target(
      name: "Figures",
      dependencies: [
        "Analysis", "DurableFiles", "Heartbeat", "Networks", "Statistics", "SubBoxes", "Text",
        "Training",
      ],
      path: "Sources/answer/Figures"),

    // Jobs: what users start.
    .target(
      name: "Experiments",
      dependencies: [
        "Analysis", "DurableFiles", "Failures", "Fields", "Information", "Networks", "ParticleMesh",
        "Schedulers", "Settings", "Simulations", "Snapshots", "SubBoxes", "Text", "Training",
      ], path: "Sources/jobs/Experiments"),
    .target(
      name: "Runs",
      dependencies: [
        "DurableFiles", "Failures", "Fields", "HDF5", "Hardware", "Heartbeat", "MPI", "Schedulers",
        "Text", "Threads",
      ],
      path: "Sources/jobs/Runs"),
    .target(
      name: "Plans",
      dependencies: [
        "Analysis", "DurableFiles", "Experiments", "Failures", "Fields", "FourierTransforms",
        "Hardware", "MPI", "Networks", "ParticleMesh", "Schedulers", "Simulations", "Statistics",
        "SubBoxes", "Text", "Training",
      ], path: "Sources/jobs/Plans"),
    .target(
      name: "Stages",
      dependencies: [
        "Analysis", "DurableFiles", "Experiments", "Failures", "Fields", "Figures",
        "FourierTransforms", "HDF5", "Hardware", "Heartbeat", "Interchange", "LinearTheory", "MPI",
        "Networks", "ParticleMesh", "Plans", "Progress", "Runs", "Settings", "Simulations",
        "Snapshots", "Statistics",
        "Stopping", "SubBoxes", "Text", "Threads", "Training",
      ], path: "Sources/jobs/Stages"),
    .target(
      name: "Ablations",
      dependencies: [
        "Analysis", "DurableFiles", "Experiments", "Failures", "MPI", "Progress", "Runs",
        "Settings", "Stages", "Statistics", "Stopping", "SubBoxes", "Text", "Threads", "Training",
      ], path: "Sources/jobs/Ablations"),
    .target(
      name: "Pipelines",
      dependencies: [
        "Ablations", "DurableFiles", "Experiments", "Failures", "MPI", "Progress", "Runs",
        "Settings", "Simulations", "Stages", "Stopping", "Training",
      ], path: "Sources/jobs/Pipelines"),
    .target(
      name: "Batches",
      dependencies: ["DurableFiles", "Experiments", "Failures", "MPI", "Schedulers", "Text"],
      path: "Sources/jobs/Batches"),
    .target(
      name: "Workshop",
      dependencies: [
        "CKernels", "DelimitedText", "DurableFiles", "Experiments", "Failures", "Fields", "Figures",
        "FourierTransforms", "HDF5", "Halos", "Hardware", "Information", "LinearTheory", "MPI",
        "Networks", "ParticleMesh", "Particles", "Progress", "Randomness", "RecordFiles", "Runs",
        "Schedulers", "Settings", "Simulations", "Snapshots", "Stopping", "SubBoxes", "Text",
        "Threads",
        "Training",
      ], path: "Sources/jobs/Workshop"),

    // The command line: the only target that prints.
    .executableTarget(
      name: "halompi",
      dependencies: [
        "Ablations", "Batches", "Experiments", "Failures", "HDF5", "Hardware", "Information", "MPI",
        "Networks", "ParticleMesh", "Pipelines", "Plans", "Progress", "Runs", "Schedulers",
        "Settings", "Simulations", "Stages", "Stopping", "SubBoxes", "Text", "Training",
        "Watching", "Workshop",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),

    // Tests. `TestSupport` holds the traits and helpers that they share.
    .target(
      name: "TestSupport", dependencies: ["HDF5", "MPI", "Snapshots"], path: "Tests/TestSupport"),
    .target(
      name: "CReferenceNetwork", path: "Tests/CReferenceNetwork",
      cSettings: [.unsafeFlags(["-O3"])]),
    // Changes files and looks how the program takes them: scripts/fuzz starts it, and tests try it.
    .executableTarget(
      name: "Fuzz",
      dependencies: ["DurableFiles", "Experiments", "HDF5", "Settings", "TestSupport"],
      path: "Tests/Fuzz"),
    .testTarget(name: "FuzzTests", dependencies: ["Fuzz", "TestSupport", "halompi"]),
    .testTarget(name: "KernelsTests", dependencies: ["CKernels", "CReferenceNetwork"]),
    .testTarget(name: "LinearTheoryTests", dependencies: ["Failures", "LinearTheory"]),
    .testTarget(
      name: "FourierTransformsTests",
      dependencies: ["Failures", "FourierTransforms", "MPI", "TestSupport", "Threads"]),
    .testTarget(
      name: "ParticleMeshTests",
      dependencies: [
        "CKernels", "Failures", "FourierTransforms", "HDF5", "LinearTheory", "MPI", "ParticleMesh",
        "Particles", "TestSupport", "Threads",
      ]),
    .testTarget(
      name: "HalosTests",
      dependencies: ["Failures", "HDF5", "Halos", "MPI", "Particles", "TestSupport"]),
    .testTarget(name: "ParticlesTests", dependencies: ["Particles"]),
    .testTarget(
      name: "InformationTests",
      dependencies: ["Failures", "Information", "Randomness", "TestSupport"],
      resources: [.copy("Fixtures")]),
    .testTarget(name: "RandomnessTests", dependencies: ["Randomness"]),
    .testTarget(name: "ThreadsTests", dependencies: ["Failures", "Threads"]),
    .testTarget(name: "StatisticsTests", dependencies: ["Randomness", "Statistics"]),
    .testTarget(name: "DelimitedTextTests", dependencies: ["DelimitedText"]),
    .testTarget(
      name: "TextTests",
      dependencies: ["TestSupport", "Text", .product(name: "Yams", package: "Yams")],
      swiftSettings: [.unsafeFlags(["-O"])]),
    .testTarget(name: "MPITests", dependencies: ["MPI", "TestSupport"]),
    .testTarget(name: "HDF5Tests", dependencies: ["HDF5", "MPI", "TestSupport"]),
    .testTarget(
      name: "RecordFilesTests",
      dependencies: [
        "CParallelHDF5", "Failures", "Fields", "FourierTransforms", "HDF5", "MPI", "ParticleMesh",
        "Particles", "RecordFiles", "Simulations", "Snapshots", "TestSupport",
      ]),
    .testTarget(
      name: "SchedulersTests", dependencies: ["Failures", "Schedulers", "TestSupport", "Text"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "DurableFilesTests", dependencies: ["DurableFiles", "Failures", "TestSupport"]),
    .testTarget(
      name: "NetworksTests",
      dependencies: [
        "CReferenceNetwork", "Failures", "Fields", "Networks", "Randomness", "TestSupport",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "SnapshotsTests",
      dependencies: ["Failures", "HDF5", "MPI", "Particles", "Snapshots", "TestSupport"]),
    .testTarget(
      name: "FieldsTests",
      dependencies: [
        "Failures", "Fields", "FourierTransforms", "HDF5", "MPI", "Randomness", "Snapshots",
        "TestSupport", "Threads",
      ]),
    .testTarget(
      name: "SubBoxesTests",
      dependencies: [
        "Failures", "Fields", "MPI", "Randomness", "Snapshots", "SubBoxes", "TestSupport",
      ]),
    .testTarget(
      name: "TrainingTests",
      dependencies: [
        "Failures", "Fields", "HDF5", "MPI", "Networks", "Randomness", "RecordFiles", "Snapshots",
        "Stopping", "SubBoxes", "TestSupport", "Threads", "Training",
      ]),
    .testTarget(
      name: "InterchangeTests",
      dependencies: [
        "DurableFiles", "Failures", "HDF5", "Interchange", "Networks", "RecordFiles", "SubBoxes",
        "TestSupport", "Training",
      ],
      resources: [.copy("Fixtures")]),
    .testTarget(
      name: "AnalysisTests",
      dependencies: [
        "Analysis", "FourierTransforms", "Information", "LinearTheory", "MPI", "Networks",
        "ParticleMesh", "Particles", "Randomness", "Statistics", "TestSupport",
      ], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "FiguresTests",
      dependencies: [
        "Analysis", "Figures", "LinearTheory", "Networks", "SubBoxes", "TestSupport", "Text",
        "Training",
      ]),
    .testTarget(name: "SettingsTests", dependencies: ["Failures", "Settings"]),
    .testTarget(name: "WatchingTests", dependencies: ["Failures", "Heartbeat", "Watching"]),
    .testTarget(name: "ProgressTests", dependencies: ["Progress", "TestSupport", "Text"]),
    .testTarget(name: "HardwareTests", dependencies: ["Hardware", "Text"]),
    .testTarget(name: "SimulationsTests", dependencies: ["LinearTheory", "Simulations"]),
    .testTarget(
      name: "ExperimentsTests",
      dependencies: [
        "Analysis", "Experiments", "Failures", "Fields", "Networks", "ParticleMesh", "Runs",
        "Settings",
        "Simulations", "Snapshots", "Stages", "SubBoxes", "TestSupport", "Training",
      ]),
    .testTarget(
      name: "RunsTests",
      dependencies: [
        "DurableFiles", "Experiments", "Failures", "MPI", "Runs", "Settings", "TestSupport", "Text",
      ]),
    .testTarget(
      name: "PlansTests",
      dependencies: [
        "Experiments", "Failures", "Hardware", "Networks", "Plans", "Schedulers", "Settings",
        "Simulations", "SubBoxes", "Training",
      ], resources: [.copy("Fixtures")]),
    .testTarget(
      name: "BatchesTests",
      dependencies: ["Batches", "Experiments", "Failures", "Schedulers", "TestSupport"],
      exclude: ["Fixtures"]),
    .testTarget(
      name: "StagesTests",
      dependencies: ["Experiments", "Failures", "Fields", "Snapshots", "Stages"]),
    .testTarget(
      name: "AblationsTests",
      dependencies: [
        "Ablations", "DurableFiles", "Experiments", "Failures", "MPI", "Networks", "Runs",
        "Settings", "Stages", "SubBoxes", "TestSupport", "Training",
      ]),
    .testTarget(
      name: "PipelinesTests",
      dependencies: [
        "Ablations", "Experiments", "Failures", "Pipelines", "Runs", "Settings", "TestSupport",
      ]),
    .testTarget(
      name: "WorkshopTests",
      dependencies: [
        "DurableFiles", "Failures", "Fields", "HDF5", "Hardware", "MPI", "Networks", "Progress",
        "Runs", "Schedulers", "Snapshots", "SubBoxes", "TestSupport", "Training", "Workshop",
      ]),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "HDF5", "LinearTheory", "MPI", "Networks", "SubBoxes", "TestSupport", "Training", "halompi",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "HouseTests", dependencies: ["MPI", "TestSupport"]),
  ]
)

for target in package.targets where target.type != .system && !target.name.hasPrefix("C") {
  target.swiftSettings =
    (target.swiftSettings ?? []) + [
      .enableUpcomingFeature("ExistentialAny"),
      .enableUpcomingFeature("InternalImportsByDefault"),
      .enableUpcomingFeature("MemberImportVisibility"),
      .enableExperimentalFeature("Lifetimes"),
    ]
}

// scripts/test-mpi builds with another MPI those tests alone that know of it.
if let tests = Context.environment["HALOMPI_TESTS"] {
  let names = tests.split(separator: " ").map(String.init)
  package.targets.removeAll {
    ($0.type == .test || $0.name == "Fuzz") && !names.contains($0.name)
  }
}

// `swift package generate-documentation` needs a plugin, which is fetched only if it is asked for.
if Context.environment["HALOMPI_DOCUMENTATION"] != nil {
  package.dependencies.append(
    .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"))
}
