"""halompi's own HDF5 files: format, version, layout and checksums are checked before content is used."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any, NamedTuple

import h5py  # type: ignore[import-untyped]
import numpy as np
import numpy.typing as npt

from .checksums import checksum
from .errors import ReadError


class RecordFormat(NamedTuple):
    """What the attributes `format` and `version` of a file say, and what to do about a file that cannot be used."""

    name: str
    oldest_version: int
    version: int
    remedy: str


@contextmanager
def reading(path: str, remedy: str, part: str | None = None) -> Iterator[None]:
    """Turns whatever goes wrong with the content of a file into a `ReadError`."""
    try:
        yield
    except ReadError:
        raise
    except MemoryError:
        raise ReadError(path, "there is not enough memory for it", "read fewer columns", part) from None
    except Exception as error:  # noqa: BLE001 - h5py raises errors of many types for damaged files
        reason = str(error).strip("'\"") or type(error).__name__
        raise ReadError(path, f"it is damaged ({reason})", remedy, part) from error


def later_version(path: str, format: str, version: int, known: int) -> ReadError:
    """The error of a file that was written by a later halompi."""
    reason = f"its version of {format} is {version}, and this package reads versions up to {known}"
    return ReadError(path, reason, "install the halompi_reader that came with the halompi that wrote it")


class RecordFile:
    """An open file, to be used in a `with` statement.

    Raises:
        ReadError: The file is not of the format, or of a later version.
        OSError: The file is not there, or may not be read.
    """

    def __init__(self, path: str | os.PathLike[str], format: RecordFormat) -> None:
        self.path = os.fspath(path)
        self.format = format
        # What the system says about a file that is not there is for the caller.
        with open(self.path, "rb"):
            pass
        try:
            self._file = h5py.File(self.path, "r")
        except Exception as error:
            raise self.failure("it is no intact HDF5 file") from error
        try:
            with self._reading("its attributes"):
                # A name that is no text comes as bytes.
                self.attributes = {str(name): _plain(value) for name, value in self._file.attrs.items()}
            self._check_format()
        except BaseException:
            self._file.close()
            raise

    def __enter__(self) -> RecordFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def failure(self, reason: str, part: str | None = None, remedy: str | None = None) -> ReadError:
        """The error of what is wrong with the file."""
        return ReadError(self.path, reason, remedy or self.format.remedy, part)

    def _reading(self, part: str) -> Any:
        return reading(self.path, self.format.remedy, part)

    def _check_format(self) -> None:
        name, version = self.attributes.get("format"), self.attributes.get("version")
        if name != self.format.name:
            found = f"its format is {name}" if name else "it has no attribute format"
            raise self.failure(f"{found}, not {self.format.name}", remedy=f"give a file of {self.format.name}")
        if not isinstance(version, int) or version < self.format.oldest_version:
            raise self.failure(f"its version of {name} is {version}, which no halompi wrote", "attribute version")
        if version > self.format.version:
            raise later_version(self.path, self.format.name, version, self.format.version)

    # Attributes

    def number(self, name: str, least: float = 0) -> Any:
        """The number in an attribute of the file, which is finite and not below `least`."""
        value = self.attributes.get(name)
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not least <= value < np.inf:
            raise self.failure(f"it is {value}, and must be a number from {least} on", f"attribute {name}")
        return value

    def json(self, name: str) -> Any:
        """The value of an attribute that holds JSON, whose checksum is another attribute."""
        part = f"attribute {name}"
        text = self.attributes.get(name)
        if not isinstance(text, str):
            raise self.failure("it is missing, or no text", part)
        if checksum(text.encode()) != self.attributes.get(f"{name}Checksum"):
            raise self.failure("its checksum does not match its content", part)
        with self._reading(part):
            return json.loads(text)

    def group_attributes(self, name: str) -> dict[str, dict[str, Any]]:
        """The attributes of each group in a group; nothing if there is no such group."""
        with self._reading(f"group {name}"):
            group = self._file.get(name)
            if not isinstance(group, h5py.Group):
                return {}
            return {
                child: {key: _plain(value) for key, value in group[child].attrs.items()}
                for child in group
                if isinstance(group[child], h5py.Group)
            }

    # Datasets

    def has(self, name: str) -> bool:
        """Whether the file has a dataset."""
        with self._reading(f"dataset {name}"):
            return name in self._file

    def text(self, name: str, attribute: str) -> str:
        """The text of an attribute of a dataset."""
        with self._reading(f"dataset {name}, attribute {attribute}"):
            value = _plain(self._dataset(name).attrs[attribute])
        if not isinstance(value, str):
            raise self.failure("it is no text", f"dataset {name}, attribute {attribute}")
        return value

    def shape(self, name: str) -> tuple[int, ...]:
        """The extents of a dataset."""
        with self._reading(f"dataset {name}"):
            return tuple(int(extent) for extent in self._dataset(name).shape)

    def values(self, name: str, type: str, shape: tuple[int, ...], verify: bool) -> npt.NDArray[Any]:
        """The numbers of a dataset.

        Args:
            name: The path of the dataset.
            type: The type that it must have, as NumPy writes it.
            shape: The extents that it must have.
            verify: Whether its checksum is compared with its content.
        """
        part = f"dataset {name}"
        with self._reading(part):
            dataset = self._dataset(name)
            if dataset.dtype != np.dtype(type) or dataset.shape != shape:
                raise self.failure(
                    f"it holds {dataset.dtype} {list(dataset.shape)}, not {np.dtype(type)} {list(shape)}", part
                )
            # Otherwise extents that are wrong would fill the memory with numbers that are nowhere in the file.
            is_stored = dataset.id.get_storage_size() >= dataset.nbytes or dataset.id.get_create_plist().get_nfilters()
            if not is_stored or dataset.is_virtual or dataset.external:
                raise self.failure("the file does not hold all of its numbers", part)
            array = np.asarray(dataset[()])
            if verify and checksum(array) != self.text(name, "checksum"):
                raise self.failure("its checksum does not match its content", part)
            return array

    def _dataset(self, name: str) -> h5py.Dataset:
        dataset = self._file.get(name)
        if not isinstance(dataset, h5py.Dataset):
            raise self.failure("it is missing", f"dataset {name}")
        return dataset


def _plain(value: Any) -> Any:
    """The value of an attribute as a plain number or text of Python, a list if there are several."""
    if isinstance(value, np.ndarray):
        value = value.reshape(-1).tolist()
        value = value[0] if len(value) == 1 else value
    if isinstance(value, np.generic):
        value = value.item()
    return value.decode("utf-8") if isinstance(value, bytes) else value


def free_memory() -> float:
    """The bytes of memory that are free, as far as the system tells (Linux); otherwise without limit."""
    try:
        with open("/proc/meminfo", encoding="ascii") as file:
            return next(int(line.split()[1]) * 1024 for line in file if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return math.inf


def require_memory(path: str, byte_count: int) -> None:
    """Refuses to read what does not fit into the memory that is free."""
    free = free_memory()
    if byte_count > free:
        reason = f"its columns take {byte_count / 2**30:.1f} GiB, and {free / 2**30:.1f} GiB of memory are free"
        raise ReadError(path, reason, "read fewer columns (the argument `columns`), or on a larger machine")
