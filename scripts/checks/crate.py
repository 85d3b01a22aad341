#!/usr/bin/env python3
"""Validates the RO-Crate that `halompi export RUN --to rocrate` makes of a run directory, without a network.

usage: scripts/checks/crate.py RUN

Needs the packages roc-validator and rocrate (scripts/interop/setup). The crate must meet all that RO-Crate 1.1 and the
profiles Process Run Crate, Workflow RO-Crate and Workflow Run Crate require, and be read by the library rocrate. What
they recommend and the crate has not is listed.
"""

import collections
import json
import sys

CONTEXT = "https://w3id.org/ro/crate/1.1/context"
PROFILES = ("ro-crate-1.1", "process-run-crate", "workflow-ro-crate", "workflow-run-crate")

# The terms of RO-Crate's context that crates of halompi use, but for these they are schema.org's.
OTHER_TERMS = {
    "File": "http://schema.org/MediaObject",
    "conformsTo": "http://purl.org/dc/terms/conformsTo",
    "ComputationalWorkflow": "https://bioschemas.org/ComputationalWorkflow",
}


def terms(crate):
    """The context of the terms that a crate uses."""
    found = set()
    for entity in crate["@graph"]:
        found.update(key for key in entity if not key.startswith("@"))
        types = entity["@type"]
        found.update(types if isinstance(types, list) else [types])
    context = {term: OTHER_TERMS.get(term, f"http://schema.org/{term}") for term in found}
    return {"@context": context}


def main(words):
    if len(words) != 1 or words[0] in ("-h", "--help"):
        print(__doc__.strip())
        return 64
    run = words[0]
    with open(f"{run}/ro-crate-metadata.json", encoding="utf-8") as file:
        crate = json.load(file)
    context = terms(crate)

    from rocrate_validator.utils import document_loader, http

    class Answer:
        status_code = 200
        headers = {"Content-Type": "application/ld+json"}

        def json(self):
            return context

        def raise_for_status(self):
            pass

    # The context's address is the one thing that would be asked of the network.
    def get(self, url, **_):
        if url != CONTEXT:
            raise OSError(f"{url} is not to be asked for")
        return Answer()

    document_loader._fetch_json_ld = lambda url: get(None, url).json()
    http.HttpRequester.get = get

    import rocrate.rocrate
    from rocrate_validator import models, services

    bad = 0
    advice = collections.Counter()
    for profile in PROFILES:
        settings = services.ValidationSettings(
            rocrate_uri=run,
            profile_identifier=profile,
            requirement_severity=models.Severity.RECOMMENDED,
            abort_on_first=False,
        )
        for issue in services.validate(settings).get_issues():
            if issue.severity == models.Severity.REQUIRED:
                bad += 1
                print(f"{profile}: {issue.message}")
            else:
                advice[str(issue.message)] += 1
    for message, count in sorted(advice.items()):
        print(f"recommended only ({count}): {message}")

    read = rocrate.rocrate.ROCrate(run)
    actions = read.get_by_type("CreateAction")
    results = [result for action in actions for result in action.get("result") or []]
    if read.mainEntity is None or not actions or not results:
        bad += 1
        print("the library rocrate finds no workflow, no actions or no results")
    print(f"{len(PROFILES)} profiles, {len(actions)} actions, {len(results)} results, {bad} bad")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
