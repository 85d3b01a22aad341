# SPDX-License-Identifier: Apache-2.0

from spack.package import *


class Halompi(Package):
    """Batch jobs over MPI that make or read cosmological simulations, train 3-D convolutional
    networks on their initial density, and tell what it says about halo masses."""

    # Built from a clone: spack dev-build halompi@0.1.0 ^openmpi
    has_code = True
    license("Apache-2.0", checked_by="halompi")

    version("0.1.0")

    variant("figures", default=True, description="Draw the figures of reports, with gnuplot")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("gmake", type="build")
    depends_on("pkgconfig", type="build")
    # An external package: the toolchain of swift.org, of which the program keeps nothing.
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
        swift = which("swift", required=True)
        swift("build", "-c", "release", "--static-swift-stdlib", "--product", "halompi")
        script = Executable(join_path(self.stage.source_path, "scripts", "install"))
        script(".build/release/halompi", prefix)

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_install(self):
        Executable(self.prefix.bin.halompi)("doctor")
