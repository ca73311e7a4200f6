"""What the tasks of the sandbox do and say. Raises SandboxError or MachineError for what a person can mend."""

import os
import sys
import time
from typing import Any

from sandbox.command import client, login, state
from sandbox.command.client import SandboxError
from sandbox.command.state import State


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _running() -> State:
    found = client.status()
    if found is None:
        raise SandboxError("the offline AWS is not running; invoke sandbox starts it")
    return found


def enter(*, machines: bool = True) -> None:
    """Start the offline AWS where it does not run, and turn this process to it."""
    before = client.status()
    found = client.start(machines=machines, report=lambda text: _say(f"  sandbox  {text}"))
    client.turn_process_to(found)
    news = "runs" if before and before.pid == found.pid else "started"
    what = "Debian stand-ins for Amazon Linux" if found.machines else "no machines"
    _say(f"offline AWS {news} at {found.endpoint} ({what}; no account, no cost)")


def show_status() -> None:
    """Show whether the offline AWS runs, where, and which instances it has."""
    found = client.status()
    if found is None:
        print("the offline AWS is not running. Start it: invoke sandbox")
        return
    calls = state.get(found.endpoint, "calls")["total"]
    minutes = (time.time() - found.started) / 60
    print(f"the offline AWS runs at {found.endpoint}, process {found.pid}, up {minutes:.0f} min, {calls} API calls")
    for entry in _instances(found):
        print(f"  {entry['id']}  {entry['state']:<13} {entry['type']:<12} {entry['public_ip'] or '-'}")
    print(f"  container images of public names: {', '.join(state.get(found.endpoint, 'images'))}")


def _instances(found: State) -> list[dict[str, Any]]:
    return list(state.get(found.endpoint, "instances"))


def show_environment() -> None:
    """Show the shell lines that turn another terminal to it."""
    print(client.exports(_running()), end="")


def ssh(instance: str) -> None:
    """Become ssh(1), logged in to a running machine, its host key pinned."""
    found = _running()
    machine = next((entry for entry in _instances(found) if entry["id"] == instance), None)
    if machine is None or machine["state"] != "running" or not machine["public_ip"]:
        raise SandboxError(f"{instance} is no running machine of the offline AWS; invoke sandbox.status lists them")
    console = str(state.get(found.endpoint, f"console/{instance}")["text"])
    key = login.host_key(console)
    if key is None:
        end = "\n".join(console.splitlines()[-20:])
        raise SandboxError(f"{instance} has not printed its host key yet; its console ends with:\n{end}")
    words = login.command(found, machine["public_ip"], key)
    os.execvp(words[0], words)


def load_image(file: str, name: str = "") -> None:
    """Load the image of a file, so that machines can pull it under its name."""
    found = _running()
    try:
        loaded = state.post(found.endpoint, "images", {"path": os.path.abspath(file), "name": name})
    except ValueError as error:
        raise SandboxError(str(error)) from error
    for image in loaded:
        print(f"{image['name']}  {image['digest']}  {image['bytes'] / 1e6:.1f} MB")


def interrupt(instance: str) -> None:
    """Have AWS take a Spot Instance back: its notice now, two minutes later the machine."""
    found = _running()
    try:
        told = state.post(found.endpoint, "interruptions", {"instance_id": instance})
    except ValueError as error:
        raise SandboxError(str(error)) from error
    when = time.strftime("%H:%M:%S", time.gmtime(told["time"]))
    print(f"{instance} has its Spot interruption notice: {told['action']} at {when} UTC, by the offline AWS's clock")


def down() -> None:
    """Stop it and its machines; the cache of base disks stays."""
    print("the offline AWS and its machines are stopped" if client.stop() else "the offline AWS was not running")
