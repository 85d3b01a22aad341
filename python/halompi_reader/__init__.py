"""The files that halompi writes, as pandas DataFrames.

    from halompi_reader import read_predictions
    predictions = read_predictions("runs/quickstart/predictions/raw-seed1/predictions.h5")

Columns have the names and units of Documentation/formats.md. Each frame says of itself in `attrs`:

- `path`: the file that it was read from;
- `units`, `descriptions`: of each column;
- `file`: what the file says of itself, such as `boxSize` or `seed`, by the names of formats.md.

A file that is damaged, of another format or of a later version raises `ReadError`, whose message is one sentence
with the file, the dataset and what to do about it. A file that is not there raises Python's `FileNotFoundError`.
"""

from .errors import ReadError
from .fields import read_fields, read_halos
from .metrics import Metrics, read_metrics
from .predictions import read_predictions, read_responses
from .report import Report, read_report

__all__ = [
    "Metrics",
    "ReadError",
    "Report",
    "read_fields",
    "read_halos",
    "read_metrics",
    "read_predictions",
    "read_report",
    "read_responses",
]
