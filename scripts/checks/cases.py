#!/usr/bin/env python3
"""Tries a program on every file and experiment below a folder of cases, and compares `inspect` with `prepare`.

usage: scripts/checks/cases.py HALOMPI FOLDER [NAME...]

Each file that is not part of a run, and each experiment (*.yaml), is tried; names choose folders by their
beginnings. A case is bad if the program ends with another exit code than 0, 65, 66 or 74, says no sentence or
several, prints bytes that steer a terminal, takes more than the limits, or if `inspect` calls both snapshots of an
experiment ready and `prepare` refuses one of them by itself. One line for each: what, the exit code, what was said.
"""

import glob
import os
import re
import resource
import subprocess
import sys

CODES = (0, 65, 66, 74)


def limits():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_DATA, (4 << 30, 4 << 30))
    resource.setrlimit(resource.RLIMIT_CPU, (300, 300))


def run(*words):
    """The exit code, the output, the sentence of a failure and what is wrong with how it ended."""
    try:
        end = subprocess.run(words, capture_output=True, timeout=600, preexec_fn=limits)
    except subprocess.TimeoutExpired:
        return -1, "", "", ["it did not end"]
    errors = end.stderr.decode("utf-8", "replace")
    sentences = [line for line in errors.splitlines() if line.startswith("halompi: ")]
    faults = []
    if end.returncode not in CODES:
        faults.append(f"exit code {end.returncode}")
    if end.returncode and len(sentences) != 1:
        faults.append(f"{len(sentences)} sentences")
    if re.search(rb"[^\x20-\x7e\n\t\x80-\xff]", end.stderr + end.stdout):
        faults.append("bytes that steer a terminal")
    return end.returncode, end.stdout.decode("utf-8", "replace"), " ".join(sentences), faults


def value(text, key):
    found = re.search(rf"^\s*{key}: (.*)$", text, re.MULTILINE)
    return found and found.group(1).strip()


def main(words):
    if len(words) < 2 or words[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 64
    program, folder, names = words[0], words[1], words[2:]
    bad = 0
    inspections = {}

    def inspect(path):
        if path not in inspections:
            inspections[path] = run(program, "inspect", path)
        return inspections[path]

    def report(what, code, said, faults):
        nonlocal bad
        bad += len(faults) > 0
        print(f"{'BAD ' if faults else ''}{what}\t{code}\t{'; '.join(faults)}\t{said}", flush=True)

    cases = sorted(name for name in os.listdir(folder) if not names or any(name.startswith(n) for n in names))
    for case in cases:
        root = os.path.join(folder, case)
        files = [p for p in glob.glob(root + "/**", recursive=True) if os.path.isfile(p) and f"{case}/runs" not in p]
        for path in sorted(p for p in files if not p.endswith(".yaml")):
            code, output, said, faults = inspect(path)
            shown = said or " / ".join(re.findall(r"(?:ready|missing|note|use).*", output)) or output[:100].strip()
            report(f"inspect {os.path.relpath(path, folder)}", code, shown.replace("\n", " "), faults)
        for path in sorted(p for p in files if p.endswith(".yaml")):
            with open(path) as file:
                text = file.read()
            code, output, said, faults = run(program, "prepare", path, "--quiet")
            snapshots = [value(text, "initial"), value(text, "final")]
            states = [inspect(p)[0] for p in snapshots if p]
            # What inspect cannot know: units and universe of the experiment, and what belongs together.
            own = any(p and said.startswith("halompi: ") and f"{p}" in said.split(": ")[1:3] for p in snapshots)
            if code and not any(states) and own and "units" not in text:
                faults.append("ready by inspect")
            report(f"prepare {os.path.relpath(path, folder)}", code, f"inspect {states}; {said}", faults)
    print(f"{bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
