"""The background process: python -m sandbox.door.server --home DIR [--no-machines] [--region R]."""

import argparse
import logging
import os
import secrets
import signal
import string
import sys
import time
from pathlib import Path
from threading import Event

# Before all that imports moto's EC2.
from sandbox.seams import one_session  # noqa: F401  # isort: skip

from sandbox.command.login import new_login_key
from sandbox.command.site import HOST_SEEN_BY_GUESTS
from sandbox.command.state import State, state_file, write
from sandbox.door.serving import Serving
from sandbox.ecr.front.front import Front
from sandbox.machines.registry_names import RegistryDoor
from sandbox.registry.registry import open_registry
from sandbox.world.folders import cache_of, run_of
from sandbox.world.hypervisor import Hypervisor
from sandbox.world.world import Delays, World

LATE_IDS = "KILN_SANDBOX_LATE_IDS"  # the share of new ids that are unknown at first; Kiln's own tests want all of them


def main(arguments: list[str] | None = None) -> int:
    options = _options(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stderr)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    delays = Delays(late_ids=float(os.environ.get(LATE_IDS, "0.1")))
    world = World(cache=cache_of(options.home), access_key=_access_key(), delays=delays, encrypts_by_default=True)
    world.registry = open_registry(cache_of(options.home), run_of(options.home) / "registry")
    serving, front = Serving(world), Front(world)
    if options.machines:
        world.hypervisor = _machines(options.home, serving.port, front)
    serving.start()
    state = _state(options, world, serving)
    write(state)
    logging.info("the offline AWS answers at %s", state.endpoint)
    stopping.wait()
    logging.info("stopping")
    world.stopping = True
    world.queues.drop()
    if world.hypervisor:
        world.hypervisor.close()
    front.close()
    world.registry.close()
    serving.stop()
    logging.info("stopped")
    logging.shutdown()
    # Last of all: as long as it stands, a second stop knows that there is an end to wait for.
    state_file(options.home).unlink(missing_ok=True)
    # Threads that wait for a machine that is gone must not hold up the end.
    os._exit(0)


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m sandbox.door.server", description="An offline AWS on loopback.")
    parser.add_argument("--home", type=Path, required=True, help="folder for its state, its disks and its cache")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--no-machines", dest="machines", action="store_false", help="the control plane alone")
    return parser.parse_args(arguments)


def _machines(home: Path, port: int, front: Front) -> Hypervisor:
    from sandbox.machines.qemu.hypervisor import QemuHypervisor

    endpoint = f"http://{HOST_SEEN_BY_GUESTS}:{port}"
    key = new_login_key(home).split()[1]
    registries = RegistryDoor(front.port, front.identity.ca_line)
    return QemuHypervisor(
        cache_of(home), endpoint_url=endpoint, ssh_key=key, registries=registries, report=logging.info
    )


def _state(options: argparse.Namespace, world: World, serving: Serving) -> State:
    return State(
        pid=os.getpid(),
        port=serving.port,
        endpoint=serving.endpoint,
        access_key=world.access_key,
        secret_key=secrets.token_urlsafe(30),
        region=options.region,
        started=time.time(),
        home=str(options.home),
        machines=options.machines,
        ssh_port=int(getattr(world.hypervisor, "ssh_port", 22)),
    )


def _access_key() -> str:
    return "AKIA" + "".join(secrets.choice(string.ascii_uppercase + string.digits) for _ in range(16))


if __name__ == "__main__":
    sys.exit(main())
