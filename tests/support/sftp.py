"""What a fabric upload asks of SFTP, on files under one folder: the yardstick of benchmarks/provisioning.py."""

import os
from pathlib import Path
from typing import Any

import paramiko


class Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    def __init__(self, server: paramiko.ServerInterface, root: Path) -> None:
        super().__init__(server)
        self._root = root

    def _place(self, path: str) -> Path:
        return self._root / str(self.canonicalize(path)).lstrip("/")

    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:
        handle = paramiko.SFTPHandle(flags)
        handle.writefile = os.fdopen(os.open(self._place(path), flags, 0o600), "wb", buffering=0)
        return handle

    def stat(self, path: str) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(self._place(path).stat())

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        return int(paramiko.SFTP_OK)
