"""Files that are whole or not there."""

import errno
import os
import tempfile
from pathlib import Path


def write(path: Path, content: bytes | str, *, mode: int = 0o644) -> Path:
    """Write `content` to `path` in one step: a reader sees the old file or the new one, never half of it."""
    data = content.encode() if isinstance(content, str) else content
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(name, mode)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return path


def read(path: Path) -> bytes:
    """Read the whole of a file; raises OSError for what cannot be read, a pipe too, which would be waited for."""
    if path.exists() and not path.is_file() and not path.is_dir():
        raise OSError(errno.EINVAL, "it is no file, but a pipe, a socket or a device", str(path))
    return path.read_bytes()
