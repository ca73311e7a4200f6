"""What the tasks of the sandbox say."""

import sys
from datetime import UTC, datetime

from sandbox import client, environment, state
from sandbox.client import SandboxError
from sandbox.state import State


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _running() -> State:
    found = client.status()
    if found is None:
        raise SandboxError("the offline AWS is not running; invoke sandbox starts it")
    return found


def enter(*, machines: bool) -> None:
    """Start the offline AWS where it does not run, and turn this process to it."""
    before = client.status()
    found = client.start(machines=machines, report=lambda text: _say(f"  sandbox  {text}"))
    environment.turn_process_to(found)
    news = "runs" if before and before.pid == found.pid else "started"
    _say(f"offline AWS {news} at {found.endpoint}: Debian stand-ins for the ECS-optimized images, no account, no cost")


def show_status() -> int:
    """Print where it runs; exit code 0, or 1 where it does not."""
    found = client.status()
    if found is None:
        print("the offline AWS is not running. Start it: invoke sandbox")
        return 1
    since = datetime.fromtimestamp(found.started, UTC).strftime("%Y-%m-%d %H:%M UTC")
    print(f"the offline AWS runs at {found.endpoint}, process {found.pid}, since {since}")
    for instance, figures in sorted(state.get(found.endpoint, "timings").items()):
        print(f"  {instance}  " + "  ".join(f"{name} {value:.1f} s" for name, value in figures.items()))
    return 0


def show_environment() -> None:
    print(environment.exports(_running()), end="")


def down() -> None:
    print("the offline AWS and its machines are stopped" if client.stop() else "the offline AWS was not running")
