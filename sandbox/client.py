"""The sandbox for those who use it: start it, find it, turn to it, stop it; and the same as words on a screen."""

import sys
import time
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from sandbox import state
from sandbox.environment import environment, exports, turn_process_to
from sandbox.hypervisor import MachineError
from sandbox.process import SandboxError, start, status, stop

__all__ = ["MachineError", "SandboxError", "environment", "exports", "start", "status", "stop", "turn_process_to"]
P = ParamSpec("P")
R = TypeVar("R")


def _told(function: Callable[P, R]) -> Callable[P, R]:
    """What a person can mend is said in words, with exit code 1."""

    @wraps(function)
    def run(*arguments: P.args, **options: P.kwargs) -> R:
        try:
            return function(*arguments, **options)
        except (SandboxError, MachineError) as error:
            print(f"error: {error}", file=sys.stderr)
            raise SystemExit(1) from error

    return run


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


@_told
def enter(*, machines: bool = True) -> None:
    """Start the sandbox when it does not run, and turn this process to it."""
    found = status()
    fresh = found is None or (machines and not found.machines)
    if fresh:
        _say("sandbox: starting an offline AWS on this machine; nothing of it costs anything")
    started = start(machines=machines, report=lambda text: _say(f"sandbox: {text}"))
    turn_process_to(started)
    _say(f"sandbox: {started.endpoint} ({_kind(started)}); its images are Debian stand-ins for Amazon Linux")


@_told
def show_status() -> int:
    """Say whether a sandbox runs and what is in it. Exit code 0."""
    found = status()
    if found is None:
        print("The sandbox is not running. Start it with: invoke sandbox")
        return 0
    calls = state.get(found.endpoint, "calls")["total"]
    minutes = (time.time() - found.started) / 60
    print(f"The sandbox answers at {found.endpoint} ({_kind(found)}, process {found.pid})")
    print(f"  up {minutes:.0f} min, {calls} API calls, region {found.region}, home {found.home}")
    for instance in state.get(found.endpoint, "instances"):
        print(f"  {instance['id']}  {instance['state']:<13} {instance['type']:<12} {instance['public_ip'] or '-'}")
    return 0


@_told
def show_environment() -> int:
    """Print shell lines for another terminal; exit code 1 when no sandbox runs."""
    found = status()
    if found is None:
        _say("The sandbox is not running. Start it with: invoke sandbox")
        return 1
    print(exports(found), end="")
    return 0


@_told
def ssh(instance: str) -> int:
    """Show the end of a machine's console and how to reach it; exit code 1 when it is unknown."""
    found = status()
    listed = state.get(found.endpoint, "instances") if found else []
    machine = next((each for each in listed if each["id"] == instance), None)
    if found is None or machine is None:
        _say(f"{instance} is no instance of a running sandbox; invoke sandbox.status lists them")
        return 1
    print("\n".join(state.get(found.endpoint, f"console/{instance}")["text"].splitlines()[-40:]))
    print(f"\n{instance} is {machine['state']}. To log in: {_login(found, machine['public_ip'])}")
    return 0


@_told
def down() -> None:
    """Stop the sandbox and its machines; the cache of base disks stays."""
    stopped = stop()
    _say("sandbox: stopped" if stopped else "sandbox: none was running")


def _login(found: state.State, address: str) -> str:
    port = "" if found.ssh_port == 22 else f"-p {found.ssh_port} "
    return f"ssh {port}-i KEY ec2-user@{address}" if address else "it has no public address"


def _kind(found: state.State) -> str:
    return "with QEMU machines" if found.machines else "without machines"
