# halompi: what to type.
#
#   make quickstart   the whole pipeline on small universes, raw and averaged, in minutes
#   make test         everything that is tested, as in CI
#   make build        .build/release/halompi, with the Swift runtime linked in
#                     make MPI=mpich build: .build-mpich/release/halompi, for MPICH and what descends from it
#   make install      the program with its manual, completions, jobs and documents below PREFIX (/usr/local)
#   make dist         an archive of these, to be unpacked anywhere: dist/halompi-VERSION-linux-x86_64-MPI.tar.gz
#   make setup        installs the packages of the system that are missing
#   make fuzz         damaged files of every format, for five seconds each
#   make ranks        the tests that need several ranks, on 3 to 5, and on 2 if test-mpi cannot
#   make test-mpi     the tests of several ranks with the other MPI, and its results beside those of the first
#   make test-dist    the archives of make dist in an empty Debian (root only)
#   make test-apptainer  the stages of packaging/halompi.def, each in an empty Debian (root only; twenty minutes)
#   make test-slurm   of these, the tests on a Slurm cluster of virtual nodes, which it starts (root only)
#   make test-hosts   of these, the tests on three hosts, made of network namespaces (root only)
#   make lint         the format of the sources

SHELL := /bin/sh
export OMPI_ALLOW_RUN_AS_ROOT = 1
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM = 1

# The MPI to build with: openmpi or mpich. The builds with MPICH stand beside the others.
MPI := $(shell scripts/mpi)
export HALOMPI_MPI = $(MPI)
BESIDE := $(if $(filter mpich,$(MPI)),-mpich)
BUILD := -c release --static-swift-stdlib --scratch-path .build$(BESIDE)

# The tests have a build of their own: optimized, but with internal symbols visible.
TEST_BUILD := -c release -Xswiftc -enable-testing --scratch-path .build-test$(BESIDE)

PREFIX := /usr/local

.PHONY: all setup setup-tests build install dist test unit fuzz ranks test-mpi test-dist test-apptainer test-slurm test-hosts lint quickstart clean

# The tests share two cores and, some of them, a cluster: one after the other also with -j.
.NOTPARALLEL:

all: build

setup:
	@scripts/setup
	@scripts/mpi check

setup-tests:
	@scripts/setup tests
	@scripts/mpi check
	@scripts/interop/setup --if-possible

build: setup
	swift build $(BUILD) --product halompi
	@echo "built: $$(swift build $(BUILD) --show-bin-path)/halompi"

# DESTDIR stands for the root of another system, as packages want it.
install: build
	scripts/install "$$(swift build $(BUILD) --show-bin-path)/halompi" "$(PREFIX)" .build$(BESIDE)

dist: setup
	scripts/dist

# At its end a table of what was run and skipped, and a look at the temporary folder: nothing may be left there.
test: setup-tests
	@scripts/test-summary $(MAKE) --no-print-directory lint unit fuzz ranks test-slurm test-hosts test-mpi

unit: setup
	swift build --build-tests $(TEST_BUILD)
	OPENBLAS_NUM_THREADS=1 swift test --skip-build $(TEST_BUILD) \
	  $(if $(HALOMPI_TEST_COUNTS),--xunit-output "$(HALOMPI_TEST_COUNTS)/unit.xml")

# Five seconds for each format; more at leisure: make fuzz SECONDS=600 SEED=7.
SECONDS := 5
SEED := 1
fuzz: setup
	HALOMPI_BUILD="$(TEST_BUILD)" scripts/fuzz all $(SECONDS) $(SEED)

# All on three, which divide nothing evenly, and on two, which are those of the other MPI (test-mpi) where it can be had:
# it is installed here already. On four and five, which share two cores, what divides work in other ways.
OTHER_MPI := $(if $(filter mpich,$(MPI)),openmpi,mpich)
ranks: setup
	@HALOMPI_MPI=$(OTHER_MPI) scripts/setup >/dev/null 2>&1 || true
	HALOMPI_BUILD="$(TEST_BUILD)" scripts/test-ranks $$(HALOMPI_MPI=$(OTHER_MPI) scripts/mpi check >/dev/null 2>&1 || echo 2) 3
	HALOMPI_BUILD="$(TEST_BUILD)" scripts/test-ranks 4 5 -- --filter 'TrainingTests|FourierTransformsTests|moreRanksThanSlabsAreRefused'

# Builds all again with the other MPI, which takes ten minutes of two cores; says so where it cannot be had. Ranks of
# MPICH wait for messages without leaving their core to others: three of them on two cores take minutes more.
MPI_RANKS := 2
test-mpi: setup-tests
	HALOMPI_BUILD="$(TEST_BUILD)" scripts/test-mpi $(MPI_RANKS)

# With the archives that are in dist/.
test-dist:
	scripts/test-dist

# Carries out the definition step by step, as Debian has no Apptainer; builds the last commit.
test-apptainer:
	scripts/test-apptainer

# A minute or two each. Both say loudly that they were skipped, and why, where they cannot run.
test-slurm: setup-tests
	HALOMPI_BUILD="$(TEST_BUILD)" scripts/test-slurm

test-hosts: setup-tests
	HALOMPI_BUILD="$(TEST_BUILD)" scripts/test-hosts

lint:
	swift format lint --strict --recursive Package.swift Sources Tests

quickstart: build
	@scripts/quickstart

clean:
	swift package clean
	rm -rf .build-test .build-test-mpich .build-test-openmpi .build-mpich dist
