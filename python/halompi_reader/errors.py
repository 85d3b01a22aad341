"""The one error of this package."""

from __future__ import annotations


class ReadError(Exception):
    """A file that cannot be used, as one sentence: the file, its part, why, and what to do.

    Attributes:
        path: The file.
        part: The dataset, attribute, line or member that is to blame; None if it is the whole file.
        reason: What is wrong, as a clause.
        remedy: What to do about it, as a clause.
    """

    def __init__(self, path: str, reason: str, remedy: str, part: str | None = None) -> None:
        # All of them are arguments, so that the error survives the way from another process.
        super().__init__(path, reason, remedy, part)
        self.path = path
        self.part = part
        self.reason = reason
        self.remedy = remedy

    def __str__(self) -> str:
        where = f"{self.path}, {self.part}" if self.part else self.path
        # What other libraries say may have several lines.
        return " ".join(f"cannot read {where}: {self.reason}; {self.remedy}".split())
