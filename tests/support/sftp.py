"""The few SFTP calls that a fabric upload makes, on local files: the yardstick of benchmarks/provisioning.py."""

import os
from typing import Any

import paramiko


class Files(paramiko.SFTPServerInterface):  # type: ignore[misc]
    def open(self, path: str, flags: int, attr: paramiko.SFTPAttributes) -> Any:
        handle = paramiko.SFTPHandle(flags)
        handle.writefile = os.fdopen(os.open(path, flags, 0o600), "wb", buffering=0)
        return handle

    def stat(self, path: str) -> paramiko.SFTPAttributes:
        return paramiko.SFTPAttributes.from_stat(os.stat(path))

    def chattr(self, path: str, attr: paramiko.SFTPAttributes) -> int:
        return int(paramiko.SFTP_OK)
