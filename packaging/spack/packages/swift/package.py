# SPDX-License-Identifier: Apache-2.0

import re

from spack.package import *


class Swift(Package):
    """Compiler and package manager of Swift, as swift.org has them: spack external find swift"""

    homepage = "https://www.swift.org"
    has_code = False

    executables = ["^swift$"]

    version("6.2")

    @classmethod
    def determine_version(cls, exe):
        answer = Executable(exe)("--version", output=str, error=str)
        match = re.search(r"Swift version (\d+(?:\.\d+)+)", answer)
        return match.group(1) if match else None

    def install(self, spec, prefix):
        raise InstallError(
            "Spack does not build Swift. Unpack the toolchain of https://www.swift.org/install, put its usr/bin "
            "into PATH, and give: spack external find swift"
        )
