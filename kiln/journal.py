"""What a build leaves in its local folder for people and CI; never needed for correctness."""

import json
import os
import socket
import time
from pathlib import Path
from typing import Any


class Journal:
    """`journal.jsonl` (one event a line, flushed at once) and `log.txt` (what the machine printed) in `folder`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self._events = (folder / "journal.jsonl").open("a", encoding="utf-8")
        self._log = (folder / "log.txt").open("a", encoding="utf-8", errors="replace")

    def event(self, kind: str, **data: Any) -> None:
        """Write an event to journal.jsonl, with the time (seconds since the epoch)."""
        self._events.write(json.dumps({"at": time.time(), "event": kind, **data}, sort_keys=True) + "\n")
        self._events.flush()

    def started(self, build_id: str, key: str) -> None:
        """Who builds: `clean` takes a build of this computer whose process is gone for a leftover."""
        self.event("started", build=build_id, key=key, pid=os.getpid(), host=socket.gethostname())

    def log(self, text: str) -> None:
        """Write a line to log.txt."""
        self._log.write(text if text.endswith("\n") else text + "\n")
        self._log.flush()

    @property
    def log_path(self) -> Path:
        """The path of log.txt."""
        return self.folder / "log.txt"

    def close(self) -> None:
        self._events.close()
        self._log.close()


def list_dead_builds(root: Path) -> set[str]:
    """The ids of builds that were started on this computer, are journaled under `root` and whose process is gone."""
    dead = set()
    for path in root.glob("*/*/journal.jsonl"):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                event = json.loads(line)
            except ValueError:  # a line cut by a crash
                continue
            mine = event.get("event") == "started" and event.get("host") == socket.gethostname()
            if mine and not _is_running(int(event["pid"]), float(event["at"])):
                dead.add(str(event["build"]))
    return dead


def _is_running(pid: int, since: float) -> bool:
    """Whether process `pid` lives and is not a younger one with a number used again."""
    if pid == os.getpid():
        return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}").stat().st_ctime <= since + 1
    except OSError:  # no /proc here: a living process is taken at its word
        return True
