#!/usr/bin/env python3
"""Runs the Python examples of Documentation/formats.md on a run directory.

usage: scripts/checks/formats.py [RUN]        (default: runs/gadget)

The run directory must hold fields, a training and its predictions. Needs h5py and numpy:

    python3 -m venv .venv && .venv/bin/pip install h5py numpy
    .venv/bin/python scripts/checks/formats.py runs/gadget

The examples run in the order of the page, in the run directory, and share their variables. The first that
fails ends the script with 1 and is named by its line.
"""

import os
import re
import sys
import traceback


def examples(page):
    """The (line, code) of each block that is marked as Python."""
    for block in re.finditer(r"^```python\n(.*?)^```$", page, re.MULTILINE | re.DOTALL):
        yield page.count("\n", 0, block.start(1)) + 1, block.group(1)


def main(arguments):
    if len(arguments) > 1 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 64
    run = arguments[0] if arguments else "runs/gadget"
    name = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../Documentation/formats.md"))
    with open(name, encoding="utf-8") as file:
        blocks = list(examples(file.read()))
    if not os.path.isdir(run):
        print(f"{run} is no directory; make one with halompi prepare, train and predict", file=sys.stderr)
        return 66
    os.chdir(run)
    variables = {}
    for line, code in blocks:
        print(f"-- {os.path.basename(name)}:{line}")
        try:
            # The padding makes line numbers of errors those of the page.
            exec(compile("\n" * (line - 1) + code, name, "exec"), variables)
        except Exception:
            traceback.print_exc()
            print(f"the example at line {line} of {name} fails in {run}", file=sys.stderr)
            return 1
    print(f"{len(blocks)} examples ran")
    return 0 if blocks else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
