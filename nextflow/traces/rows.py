"""Rows of a trace become attempts: once for a file it is settled which column is read how."""

import dataclasses
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from nextflow.traces.columns import READERS, Reader, normalise
from nextflow.traces.task import Attempt
from nextflow.traces.units import Negative

_FIELDS = {field.name: position for position, field in enumerate(dataclasses.fields(Attempt))}
_UNKNOWN: tuple[Any, ...] = tuple("" if field.type is str else None for field in dataclasses.fields(Attempt))
_PROCESS, _TAG, _STATUS, _EXIT = (_FIELDS[name] for name in ("process", "tag", "status", "exit_code"))
_REALTIME = _FIELDS["realtime"]
_TIMES = ("begun", "completed")  # which are slow to read, and matter where it is not known how long a task ran
_ENDED = {"SUCCEEDED": "COMPLETED", "SUCCESS": "COMPLETED"}


class RowReader:
    """Reads the rows under a line of column names."""

    def __init__(self, columns: Sequence[str]) -> None:
        normal = [normalise(column) for column in columns]
        self.columns = tuple(columns)
        self._name = normal.index("name") if "name" in normal else None
        self._first: list[tuple[int, int, Reader]] = []
        self._else: list[tuple[int, int, Reader]] = []
        self._times: list[tuple[int, int, Reader]] = []
        taken: set[str] = set()
        for column, (field, reader) in READERS.items():
            if column in normal and column != "name":
                plan = self._times if field in _TIMES else self._else if field in taken else self._first
                plan.append((normal.index(column), _FIELDS[field], reader))
                taken.add(field)

    def read(self, row: Sequence[str]) -> Attempt:
        """Read a row. Raises ValueError, with the column's name, for a value that is none of it.

        What a clock that was set back counted is unknown: in a trace for people Nextflow writes "-" for it.
        """
        if len(row) != len(self.columns):
            why = "it may be cut off" if len(row) < len(self.columns) else "a field may hold what stands between fields"
            raise ValueError(f"it has {len(row)} fields, and the first line names {len(self.columns)}: {why}")
        values = list(_UNKNOWN)
        index = 0
        try:
            for index, position, reader in self._first:
                values[position] = reader(row[index])
            for index, position, reader in self._else:
                if values[position] in (None, ""):
                    values[position] = reader(row[index])
            for index, position, reader in self._times if values[_REALTIME] is None else ():
                with suppress(ValueError):  # dates may be written in a form of a person's own (trace.fields)
                    values[position] = reader(row[index])
        except Negative:
            return self.read([*row[:index], "-", *row[index + 1 :]])
        except ValueError as error:
            raise ValueError(f"column {self.columns[index]}: {error}") from None
        self._complete(values, row)
        if values[_PROCESS] in ("", "-"):
            raise ValueError("it names no process")
        return Attempt(*values)

    def _complete(self, values: list[Any], row: Sequence[str]) -> None:
        """Fill in what other columns say: process and tag by the name, the status by the exit code."""
        if self._name is not None and not (values[_PROCESS] and values[_TAG]):
            process, tag = split_name(row[self._name])
            values[_PROCESS], values[_TAG] = values[_PROCESS] or process, values[_TAG] or tag
        if not values[_PROCESS].isprintable():  # neither a terminal nor a picture is given control characters
            values[_PROCESS] = "".join(sign if sign.isprintable() else "?" for sign in values[_PROCESS])
        status = values[_STATUS].upper()
        values[_STATUS] = _ENDED.get(status, status) or ("COMPLETED" if values[_EXIT] in (0, None) else "FAILED")


def split_name(name: str) -> tuple[str, str]:
    """Split a task's name, PROCESS (tag), into both; the tag may be missing, or cut off."""
    process, _, tag = name.strip().partition(" (")
    return process, tag.removesuffix(")")
