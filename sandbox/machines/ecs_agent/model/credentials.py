"""The credentials of tasks' roles, by their ids. They live in memory alone, so a restarted agent has none."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple


class TaskCredentials(NamedTuple):
    """`kind` is "TaskApplication" or "TaskExecution"; the other fields are as the payload had them."""

    id: str
    kind: str
    task_arn: str
    key: str
    secret: str
    token: str
    role_arn: str
    expiration: str


class CredentialsById:
    """Safe for threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_id: dict[str, TaskCredentials] = {}

    def put(self, document: dict[str, Any], kind: str, task_arn: str) -> TaskCredentials:
        """Take what a message's roleCredentials say."""
        found = TaskCredentials(
            str(document["credentialsId"]),
            kind,
            task_arn,
            str(document.get("accessKeyId") or ""),
            str(document.get("secretAccessKey") or ""),
            str(document.get("sessionToken") or ""),
            str(document.get("roleArn") or ""),
            str(document.get("expiration") or ""),
        )
        with self._lock:
            self._by_id[found.id] = found
        return found

    def get(self, id_: str) -> TaskCredentials | None:
        """Those of the id."""
        with self._lock:
            return self._by_id.get(id_)

    def remove(self, id_: str) -> None:
        """Forget those of the id."""
        with self._lock:
            self._by_id.pop(id_, None)
