"""The files that are named as traces: on this computer, each once."""

from collections.abc import Iterable
from pathlib import Path

from kiln.errors import UserError


def list_files(names: Iterable[str], notes: list[str]) -> list[Path]:
    """List the files of these names; one that is named again goes to `notes`. Raises UserError for what is no file."""
    paths: dict[Path, Path] = {}
    for name in names:
        path = find_file(name)
        if path.resolve() in paths:
            notes.append(f"{name} is named twice: it was read once")
        paths.setdefault(path.resolve(), path)
    return list(paths.values())


def find_file(name: str) -> Path:
    """Find the file of a name. Raises UserError for an address, a folder, and what is not there."""
    if "://" in name:
        copy = f"Copy it here first: aws s3 cp {name} ." if name.startswith("s3://") else "Download it first."
        raise UserError(f"{name} cannot be read", "it is not on this computer", copy)
    path = Path(name)
    if not name:
        raise UserError("no file is named", "its name is empty", "Name the run's trace or its report.")
    if path.is_dir():
        raise UserError(f"{name} cannot be read", "it is a folder", "Name the trace in it, or the report.")
    if not path.exists():
        many = " A pattern (*) is not looked up: name the files." if "*" in name or "?" in name else ""
        raise UserError(f"{name} cannot be read", "No such file or directory", f"Check the path.{many}")
    return path
