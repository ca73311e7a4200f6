"""The files of a folder that are to be uploaded: which, how large, and what cannot be."""

import os
import re
import stat
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from kiln.errors import UserError
from nextflow.upload.walk import walk

RUNS = "_nextflow/"
"""The folder of a bucket in which runs keep their own files."""
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

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Read it within; raises UserError where it cannot be read any more."""
        try:
            yield
        except OSError as error:
            raise UserError(
                f"{self.path} cannot be read any more", error.strerror or str(error),
                "What was sent stays; type the same again, and only the rest is sent.",
            ) from None  # fmt: skip

    def refuse_changed(self) -> None:
        """Raise UserError where the file is not what it was when it was listed."""
        now = self.path.stat()
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed):
            raise UserError(
                f"{self.path} changed while it was uploaded", "half of it would be old and half of it new",
                "Wait until nothing writes it, and type the same again.",
            )  # fmt: skip


def list_files(
    path: Path, include: Sequence[str] = (), prefix: str = "", chosen: Collection[str] | None = None
) -> list[LocalFile]:
    """List the files below a folder, or the file itself, by name; `include` are globs: a file that none of them matches
    is left out, and so is one that is not among `chosen`, where that is given. `prefix` is where they go.

    Links to files count as files. Raises UserError for a path that is missing, for files and folders that cannot be
    read or named in S3, and where nothing is left.
    """
    if not path.exists():
        raise UserError(f"there is no {path}", "--path names a folder or a file of this computer", "Check the path.")
    matches = [compile_glob(glob) for glob in include]
    unread: list[OSError] = []
    named = list(walk(path, unread.append)) if path.is_dir() else [(path.name, path)]
    among = [(name, file) for name, file in named if chosen is None or name in chosen]
    among = [(name, file) for name, file in among if not matches or any(match.fullmatch(name) for match in matches)]
    looked = [(file, *_look(name, file, f"{prefix}/{name}" if prefix else name)) for name, file in sorted(among)]
    if unread and chosen is None:
        unread_folders = [f"{error.filename}: {error.strerror}" for error in unread]
        raise _refuse(f"{path} as a whole", unread_folders, "Make that folder readable, or move it elsewhere")
    if faults := [f"{file}: {fault}" for file, fault, _ in looked if fault]:
        raise _refuse(
            f"{len(faults)} of {len(among)} files", faults, "Mend them, or leave them out: --include takes the others"
        )
    files = [listed for _, _, listed in looked if listed]
    if not files:
        raise UserError(
            f"no file of {path} is to be uploaded",
            f"none of its {len(named)} files matches {', '.join(include)}" if named else "it is empty",
            "A glob without / is of a file's name at any depth: --include '*.fq.gz' (in quotes).",
        )
    return files


def _refuse(what: str, faults: list[str], hint: str) -> UserError:
    return UserError(f"{what} cannot be uploaded", "; ".join(faults[:5]), f"{hint}. Nothing was uploaded.")


_TOKEN = re.compile(r"\*\*/|\*\*|\*|\?|\{[^{}]*,[^{}]*\}|\[!?\]?[^\]]*\]|.", re.DOTALL)
_MEANS = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}


def compile_glob(glob: str) -> re.Pattern[str]:
    """Compile a glob: * and ? stay within a folder's name, ** does not; {a,b} is either; without / it is of the name at
    any depth. Raises UserError for a range such as [z-a]."""
    pattern = _translate(glob.removeprefix("./"))
    try:
        return re.compile(pattern if "/" in glob else f"(?:.*/)?{pattern}", re.DOTALL)
    except re.error as error:
        raise UserError(f"--include {glob} is no glob", error.msg, "Try --include '*.fq.gz'.") from None


def _translate(glob: str) -> str:
    pattern = ""
    for part in _TOKEN.findall(glob):
        if part in _MEANS:
            pattern += _MEANS[part]
        elif part[0] == "{" and len(part) > 2:
            pattern += "(?:" + "|".join(_translate(either) for either in part[1:-1].split(",")) + ")"
        elif part[0] == "[" and len(part) > 2:
            body = re.sub(r"[\\\[&~|]", r"\\\g<0>", part[1:-1])
            pattern += f"(?!/)[{'^' + body[1:] if body[0] == '!' else body.replace('^', chr(92) + '^', 1)}]"
        else:
            pattern += re.escape(part)
    return pattern


def _look(name: str, file: Path, key: str) -> tuple[str, LocalFile | None]:
    """What is wrong with a file, or the file."""
    try:
        there = file.stat()
        if not stat.S_ISREG(there.st_mode):
            return "it is no file", None
        if not os.access(file, os.R_OK):
            return "it may not be read", None
        if len(key.encode()) > _KEY:
            return f"its name in S3 would be longer than {_KEY} bytes", None
    except OSError as error:
        return "it leads nowhere" if file.is_symlink() else error.strerror or str(error), None
    except UnicodeEncodeError:
        return "its name is not UTF-8", None
    if there.st_size > _WHOLE:
        return "S3 takes 5 TiB in an object", None
    if key == name and key.startswith(RUNS):
        return f"{RUNS} is where runs keep their own files", None
    return "", LocalFile(name, file, there.st_size, there.st_mtime_ns)
