# SPDX-License-Identifier: Apache-2.0

import pathlib

from spack.package import *


class Halompi(Package):
    """Batch jobs over MPI that make or read cosmological simulations, train 3-D convolutional
    networks on their initial density, and tell what it says about halo masses."""

    homepage = "https://doi.org/10.1103/PhysRevD.109.063524"
    # The clone in which this recipe is.
    git = pathlib.Path(__file__).resolve().parents[4].as_uri()

    license("Apache-2.0")

    version("0.1.0", branch="main")

    variant("figures", default=True, description="Draw the figures of reports, with gnuplot")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("gmake", type="build")
    depends_on("pkgconfig", type="build")
    # The toolchain of swift.org, of which the program keeps nothing.
    depends_on("swift@6.2:", type="build")
    depends_on("mpi")
    depends_on("hdf5@1.10: +mpi")
    depends_on("openblas threads=pthreads")
    depends_on("fftw@3.3: precision=float")
    depends_on("gnuplot", type="run", when="+figures")

    def setup_build_environment(self, env):
        family = "openmpi" if self.spec["mpi"].name == "openmpi" else "mpich"
        env.set("HALOMPI_MPI", family)
        # The file that HDF5 installs has no family in its name.
        env.set("HALOMPI_HDF5_PKG", "hdf5")

    def install(self, spec, prefix):
        # Swift links by itself, and not with Spack's wrappers, which would name the folders of the libraries.
        folders = [
            word for path in self.rpath for word in ("-Xlinker", "-rpath", "-Xlinker", path)
        ]
        swift = which("swift", required=True)
        swift("build", "-c", "release", "--static-swift-stdlib", "--product", "halompi", *folders)
        script = Executable(join_path(self.stage.source_path, "scripts", "install"))
        script(".build/release/halompi", prefix)

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_install(self):
        Executable(self.prefix.bin.halompi)("doctor")
