"""Reads batch scripts with Flux's own parsers of directives and options (flux-python of PyPI), without a Flux.

usage: flux_options.py SCRIPT...

Prints the options of each script as JSON, a line each; ends with 1 if Flux would not take one. The package is the
binding of a C library that it does not bring: a library in its place, made by the C compiler, has the same names and
does nothing. Parsers of text call none of them.
"""

import glob
import importlib.util
import json
import os
import subprocess
import sys
import tempfile


def stand_in(folder):
    """Makes libraries with the names that the bindings need, and nothing in them."""
    package = os.path.dirname(importlib.util.find_spec("_flux").submodule_search_locations[0])
    bindings = glob.glob(os.path.join(package, "_flux", "*.so"))
    names, libraries = set(), set()
    for binding in bindings:
        output = subprocess.run(
            ["nm", "-D", "--undefined-only", binding], capture_output=True, text=True, check=True)
        names |= {line.split()[-1] for line in output.stdout.splitlines()}
        output = subprocess.run(["readelf", "-d", binding], capture_output=True, text=True, check=True)
        libraries |= {
            line.split("[")[1].rstrip("]") for line in output.stdout.splitlines()
            if "NEEDED" in line and "flux" in line}
    # Names with a version are those of the C library.
    names = {name for name in names if "@" not in name and not name.startswith(("Py", "_"))}
    source = os.path.join(folder, "names.c")
    with open(source, "w") as file:
        file.writelines(f"long {name}(void) {{ return 0; }}\n" for name in sorted(names))
    for library in libraries:
        subprocess.run(
            ["cc", "-w", "-shared", "-fPIC", source, "-o", os.path.join(folder, library),
             f"-Wl,-soname,{library}"], check=True)


def read(paths):
    """Prints the options of scripts."""
    import flux.conf_builtin
    flux.conf_builtin.conf_builtin_get = lambda *_, **__: "/nowhere"
    from flux.cli.batch import BatchCmd
    from flux.job.directives import DirectiveParser
    for path in paths:
        with open(path, encoding="utf-8") as file:
            script = DirectiveParser(file)
        options = None
        for directive in script.directives:
            options = BatchCmd("flux-batch").parser.parse_args(directive.args, namespace=options)
            if options.SCRIPT:
                sys.exit(f"{path}: {directive.args} is no option")
        print(json.dumps({key: value for key, value in sorted(vars(options).items())
                          if value not in (None, [], False, "")}, default=str))


if __name__ == "__main__":
    if "FLUX_STAND_IN" in os.environ:
        read(sys.argv[1:])
    else:
        with tempfile.TemporaryDirectory() as folder:
            stand_in(folder)
            environment = os.environ | {"LD_LIBRARY_PATH": folder, "FLUX_STAND_IN": "1"}
            sys.exit(subprocess.run([sys.executable, __file__, *sys.argv[1:]], env=environment).returncode)
