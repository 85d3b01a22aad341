#!/usr/bin/env python3
"""Runs the tests of python/halompi_reader on a run directory, and its notebook to the figure.

usage: scripts/checks/reader.py [RUN [PICTURE]]        (default: runs/quickstart)

RUN must hold fields, a training, predictions and a report; the figure is kept as PICTURE (PNG).
scripts/interop/setup makes the environment:

    scripts/interop/setup
    .venv-interop/bin/python scripts/checks/reader.py runs/quickstart

The reader is taken from python/, and nothing is installed or left behind. Ends with 1 if a test or a cell of the
notebook fails, or if the notebook draws nothing.
"""

import base64
import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib

python = os.path.normpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../python"))


def run_tests(environment):
    """Runs the unit tests, and returns how many there were; none that is skipped counts."""
    command = [sys.executable, "-W", "error", "-m", "unittest", "discover", "-s", "tests", "-t", "."]
    result = subprocess.run(command, cwd=python, env=environment, stderr=subprocess.PIPE, text=True)
    count = re.search(r"^Ran (\d+) tests? in", result.stderr, re.MULTILINE)
    if result.returncode != 0 or not count or int(count[1]) == 0 or "skipped" in result.stderr:
        raise SystemExit(f"{result.stderr}\nthe tests of python/halompi_reader fail")
    return int(count[1])


def run_notebook(run):
    """Runs all cells with RUN set, and returns the pictures that they show, as PNG."""
    import nbclient
    import nbformat

    notebook = nbformat.read(os.path.join(python, "quickstart.ipynb"), as_version=4)
    if any(cell.get("outputs") for cell in notebook.cells):
        raise SystemExit("python/quickstart.ipynb is kept without outputs: clear them")
    first = next(i for i, cell in enumerate(notebook.cells) if "parameters" in cell.metadata.get("tags", []))
    notebook.cells.insert(first + 1, nbformat.v4.new_code_cell(f"RUN = {run!r}"))
    try:
        # Its remark that it listens on this host's own network, which is signed but not encrypted, is left out.
        options = {"kernel_name": "python3", "extra_arguments": ["--log-level=40"], "timeout": 300}
        nbclient.NotebookClient(notebook, resources={"metadata": {"path": python}}, **options).execute()
    except nbclient.exceptions.CellExecutionError as error:
        raise SystemExit(f"{error}\npython/quickstart.ipynb fails") from None
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [output.data["image/png"] for output in outputs if "image/png" in output.get("data", {})]
    return [base64.b64decode(picture) for picture in pictures]


def pixels(picture):
    """Width and height of a PNG, and how many different rows of pixels it has: one if it is blank."""
    width, height = struct.unpack(">II", picture[16:24])
    data, place = b"", 8
    while place < len(picture):
        (length,), kind = struct.unpack(">I", picture[place : place + 4]), picture[place + 4 : place + 8]
        if kind == b"IDAT":
            data += picture[place + 8 : place + 8 + length]
        place += length + 12
    rows = zlib.decompress(data)
    stride = len(rows) // height
    return width, height, len({rows[i * stride : (i + 1) * stride] for i in range(height)})


def main(arguments):
    if len(arguments) > 2 or arguments[:1] in (["-h"], ["--help"]):
        print(__doc__.strip())
        return 64
    run = os.path.abspath(arguments[0] if arguments else "runs/quickstart")
    if not os.path.isfile(os.path.join(run, "report/report.json")):
        print(f"{run} has no report; make one with halompi run or halompi analyze", file=sys.stderr)
        return 66
    with tempfile.TemporaryDirectory() as folder:
        # What Jupyter, IPython and matplotlib keep goes with the folder.
        own = {"JUPYTER_RUNTIME_DIR": "jupyter", "JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config",
               "IPYTHONDIR": "ipython", "MPLCONFIGDIR": "matplotlib"}  # fmt: skip
        os.environ.update({name: os.path.join(folder, place) for name, place in own.items()})
        os.environ.update(HALOMPI_RUN=run, PYTHONPATH=python, PYTHONDONTWRITEBYTECODE="1")
        count = run_tests(os.environ)
        print(f"{count} tests passed on {run}", flush=True)
        pictures = run_notebook(run)
    if not pictures:
        print("python/quickstart.ipynb draws no figure", file=sys.stderr)
        return 1
    for picture in pictures:
        width, height, rows = pixels(picture)
        if rows < height // 4:
            print(f"the figure of python/quickstart.ipynb is nearly blank: {rows} different rows", file=sys.stderr)
            return 1
        print(f"quickstart.ipynb: a figure of {width} x {height} pixels")
    if len(arguments) == 2:
        with open(arguments[1], "wb") as file:
            file.write(pictures[0])
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
