"""The files below a folder, links followed."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path


def walk(
    folder: Path, fail: Callable[[OSError], None], *, enters: Callable[[Path, str], bool] = lambda below, name: True
) -> Iterator[tuple[str, Path]]:
    """Walk through a folder: every file by its name below it (with /).

    A link to a folder is entered wherever it stands, but never one that leads back to a folder above it. `enters` says
    of a folder's name, and of the path below that it stands in, whether to go there; `fail` is told of a folder that
    cannot be read.
    """
    above: dict[str, frozenset[tuple[int, int]]] = {str(folder): frozenset()}
    for path, folders, names in os.walk(folder, followlinks=True, onerror=fail):
        there, way = os.stat(path), above.pop(path)
        again = (there.st_dev, there.st_ino) in way
        below = Path(path).relative_to(folder)
        folders[:] = [] if again else sorted(name for name in folders if enters(below, name))
        above |= {os.path.join(path, name): way | {(there.st_dev, there.st_ino)} for name in folders}
        for name in () if again else sorted(names):
            yield (below / name).as_posix(), Path(path) / name
