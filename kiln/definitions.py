"""Definitions by name or path, whatever they define."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kiln import atomic, yamlfile
from kiln.errors import Problem, UserError


def is_path(name: str) -> bool:
    """Whether it is meant as a path, and not as the name of a definition that lies in Kiln's folder."""
    return "/" in name or name.endswith((".yaml", ".yml"))


@dataclass(frozen=True)
class Kind:
    """One kind of definition: `name` in words, where Kiln's own lie, how one is loaded, and the keys that it has."""

    name: str
    folder: Path
    load: Callable[[str], Any]
    keys: frozenset[str]
    check: Callable[[str], Sequence[UserError]] | None = None
    """Loads one and refuses all that needs no account to be refused; returns warnings."""

    def path_of(self, name: str) -> Path:
        """`nextflow-al2023` → folder/nextflow-al2023.yaml; a path is taken as it is. Raises UserError for neither."""
        if is_path(name):
            path = Path(name)
        else:
            path = self.folder / f"{name}.yaml"
        if not _is_file(path):
            shipped = ", ".join(sorted(each.stem for each in self.folder.glob("*.yaml")))
            raise UserError(
                f"there is no {self.name} definition {name}",
                _tell_why(path),
                f"Known: {shipped}; or give a path.",
            )
        return path


def _is_file(path: Path) -> bool:
    """Whether it is a file; what may not be looked at is taken for one, and whoever reads it says why not."""
    try:
        return path.is_file()
    except OSError as error:
        return isinstance(error, PermissionError)


def _tell_why(path: Path) -> str:
    """Say what stands in the place of a file."""
    try:
        there = path.exists()
    except OSError:
        there = False
    if not there:
        return f"{path} does not exist"
    return f"{path} is {'a folder' if path.is_dir() else 'no file, but a pipe, a socket or a device'}"


class Sources:
    """Reads the local files that a definition names, relative to its own folder, and collects what cannot be read."""

    def __init__(self, definition: Path, reference: str) -> None:
        self._definition, self._reference = definition, reference
        self._problems: list[str] = []

    def read(self, source: str) -> bytes:
        try:
            return atomic.read(self._definition.parent / source)
        except OSError as error:
            self._problems.append(f"{source}: {error.strerror}")
            return b""

    def check(self) -> None:
        """Raise Problem with every file that could not be read."""
        if self._problems:
            raise Problem(str(self._definition), self._problems, self._reference)


def kind_of(path: Path, kinds: Sequence[Kind]) -> Kind:
    """By the folder that a definition lies in, else the first of those that know most of its keys."""
    for kind in kinds:
        if path.resolve().parent.name == kind.folder.name:
            return kind
    data, _ = yamlfile.read(path)
    written = data.keys() if isinstance(data, dict) else set[str]()
    return max(kinds, key=lambda kind: len(kind.keys & written))
