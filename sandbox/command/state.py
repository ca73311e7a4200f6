"""Where a running sandbox is found again: its home folder and the state file in it."""

import json
import os
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from urllib.error import HTTPError, URLError
from urllib.request import ProxyHandler, Request, build_opener

from sandbox.world.folders import run_of

# No proxy of the environment may stand between this process and its own loopback.
_DIRECT = build_opener(ProxyHandler({}))


@dataclass(frozen=True)
class State:
    """A started sandbox. `started` is in seconds since the epoch; `ssh_port` is where machines answer SSH."""

    pid: int
    port: int
    endpoint: str
    access_key: str
    secret_key: str
    region: str
    started: float
    home: str
    machines: bool
    ssh_port: int = 22


def state_file(home: Path) -> Path:
    return run_of(home) / "state.json"


def write_private(path: Path, text: str) -> None:
    """Replace a file at once, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    draft.replace(path)


def write(state: State) -> None:
    write_private(state_file(Path(state.home)), json.dumps(asdict(state), indent=2) + "\n")


def read(home: Path) -> State | None:
    """Read the state as written, whether or not the process still lives; None when there is none or it is damaged."""
    try:
        return State(**json.loads(state_file(home).read_text()))
    except (OSError, ValueError, TypeError):
        return None


def get(endpoint: str, route: str, timeout: float = 5.0) -> Any:
    """Get the JSON of one of the sandbox's own routes ("health"); OSError when nothing answers."""
    with _DIRECT.open(f"{endpoint}/kiln-sandbox/{route}", timeout=timeout) as answer:
        return json.load(answer)


def post(endpoint: str, route: str, body: dict[str, Any], timeout: float = 600.0) -> Any:
    """Post to one of the sandbox's own routes, and return its JSON; ValueError, with the reason, where it refuses."""
    url, data = f"{endpoint}/kiln-sandbox/{route}", json.dumps(body).encode()
    request = Request(url, data, method="POST")  # noqa: S310  # the sandbox's own
    try:
        with _DIRECT.open(request, timeout=timeout) as answer:
            return json.load(answer)
    except HTTPError as error:
        raise ValueError(json.load(error)["error"].partition(": ")[2]) from error


def is_running(state: State) -> bool:
    """Return whether the process of this state answers at its endpoint, is the one that wrote it, and is to go on."""
    try:
        health = get(state.endpoint, "health")
        return bool(health["pid"] == state.pid and not health["stopping"])
    except (URLError, OSError, ValueError, KeyError, TypeError):
        return False


def process_exists(pid: int) -> bool:
    """Return whether a sandbox server has this process id (a stale id may have passed to another program)."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
        status = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return b"sandbox.door.server" in command and status.rpartition(")")[2].split()[0] != "Z"


def wait_gone(pid: int, seconds: float) -> bool:
    """Wait until the server's process has ended; False when it has not after `seconds`."""
    deadline = time.monotonic() + seconds
    while process_exists(pid):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True
