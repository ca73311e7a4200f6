"""The files of a folder that are to be uploaded: which, how large, and what cannot be."""

import os
import re
import stat
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kiln.errors import UserError

_KEY = 1024  # bytes of a key; "Naming Amazon S3 objects", Amazon S3 User Guide
_WHOLE = 5 * 1024**4  # bytes of an object


@dataclass(frozen=True)
class LocalFile:
    """A file by its name below the folder (with /), its size in bytes, and when it was changed (ns since 1970)."""

    name: str
    path: Path
    size: int
    changed: int

    @property
    def mtime(self) -> str:
        """When it was changed, in seconds since 1970, as rclone writes it into an object's metadata."""
        return f"{self.changed / 1e9:.9f}"

    def refuse_changed(self) -> None:
        """Raise UserError where the file is not what it was when it was listed."""
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed):
            raise UserError(
                f"{self.path} changed while it was uploaded", "half of it would be old and half of it new",
                "Wait until nothing writes it, and type the same again.",
            )  # fmt: skip


def list_files(path: Path, include: Sequence[str] = ()) -> list[LocalFile]:
    """List the files below a folder, or the file itself, by name; `include` are globs: a file that none of them matches
    is left out. Links to files count as files. Raises UserError for a path that is missing, for files that cannot be
    read or named in S3, and where nothing is left.
    """
    if not path.exists():
        raise UserError(f"there is no {path}", "--path names a folder or a file of this computer", "Check the path.")
    matches = [compile_glob(glob) for glob in include]
    named = [(path.name, path)] if path.is_file() else list(_walk(path))
    chosen = [(name, file) for name, file in named if not matches or any(match.fullmatch(name) for match in matches)]
    files, faults = [], []
    for name, file in sorted(chosen):
        fault, listed = _look(name, file)
        if listed:
            files.append(listed)
        else:
            faults.append(f"{file}: {fault}")
    if faults:
        raise UserError(
            f"{len(faults)} of {len(chosen)} files cannot be uploaded", "; ".join(faults[:5]),
            "Mend them, or leave them out: --include takes the others. Nothing was uploaded.",
        )  # fmt: skip
    if not files:
        raise UserError(
            f"no file of {path} is to be uploaded",
            f"none of its {len(named)} files matches {', '.join(include)}" if named else "it is empty",
            "A glob without / is of a file's name at any depth: --include '*.fq.gz' (in quotes).",
        )
    return files


def compile_glob(glob: str) -> re.Pattern[str]:
    """Compile a glob: * and ? stay within a folder's name, ** does not; without / it is of the name at any depth."""
    pattern = ""
    for part in re.findall(r"\*\*/|\*\*|\*|\?|\[!?\]?[^\]]*\]|.", glob.removeprefix("./"), re.DOTALL):
        words = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
        if part in words:
            pattern += words[part]
        elif part[0] == "[" and len(part) > 2:
            body = re.sub(r"[\\\[&~|]", r"\\\g<0>", part[1:-1])
            pattern += f"(?!/)[{'^' + body[1:] if body[0] == '!' else body.replace('^', chr(92) + '^', 1)}]"
        else:
            pattern += re.escape(part)
    return re.compile(pattern if "/" in glob else f"(?:.*/)?{pattern}", re.DOTALL)


def _walk(folder: Path) -> Iterator[tuple[str, Path]]:
    """Every file below, links followed; a folder that leads back to one above it is entered once."""
    seen = set()
    for path, folders, names in os.walk(folder, followlinks=True):
        there = os.stat(path)
        if (there.st_dev, there.st_ino) in seen:
            folders[:] = []
            continue
        seen.add((there.st_dev, there.st_ino))
        folders.sort()
        for name in names:
            file = Path(path) / name
            yield file.relative_to(folder).as_posix(), file


def _look(name: str, file: Path) -> tuple[str, LocalFile | None]:
    """What is wrong with a file, or the file."""
    try:
        there = file.stat()
        if not stat.S_ISREG(there.st_mode):
            return "it is no file", None
        if not os.access(file, os.R_OK):
            return "it may not be read", None
        if len(name.encode()) > _KEY:
            return f"its name is longer than {_KEY} bytes", None
    except OSError as error:
        return "it leads nowhere" if file.is_symlink() else error.strerror or str(error), None
    except UnicodeEncodeError:
        return "its name is not UTF-8", None
    if there.st_size > _WHOLE:
        return "S3 takes 5 TiB in an object", None
    return "", LocalFile(name, file, there.st_size, there.st_mtime_ns)
