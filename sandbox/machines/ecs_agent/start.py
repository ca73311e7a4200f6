"""From the agent's start to its end: settings, metadata, registration, and then the sessions.

Exit codes: 0 on SIGTERM, 1 to be started again, 5 to stay away (RestartPreventExitStatus of the unit).
"""

from __future__ import annotations

import json
import os
import signal
import threading
from collections.abc import Callable, Mapping
from typing import NamedTuple

from sandbox.machines.ecs_agent.control import attributes, spot
from sandbox.machines.ecs_agent.control.acs import Acs, Discovery
from sandbox.machines.ecs_agent.control.messages import Messages
from sandbox.machines.ecs_agent.control.registration import TERMINAL, CannotRegister, Instance, register
from sandbox.machines.ecs_agent.control.tcs import Tcs
from sandbox.machines.ecs_agent.local.endpoints import TaskEndpoints, introspect
from sandbox.machines.ecs_agent.local.server import Server
from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.settings import Settings, SettingsError, read
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.cleaning import Cleaning
from sandbox.machines.ecs_agent.tasks.create import Surroundings
from sandbox.machines.ecs_agent.tasks.docker import Docker, DockerError
from sandbox.machines.ecs_agent.tasks.engine import Engine
from sandbox.machines.ecs_agent.tasks.images import Images
from sandbox.machines.ecs_agent.tasks.life import Tools
from sandbox.machines.ecs_agent.tasks.registries import Registries
from sandbox.machines.ecs_agent.tasks.reports import Reports
from sandbox.machines.ecs_agent.tasks.room import Room
from sandbox.machines.ecs_agent.tasks.secrets import Secrets
from sandbox.machines.ecs_agent.wire.calls import VERSION, Aws
from sandbox.machines.ecs_agent.wire.imds import Imds, RoleCredentials

CREDENTIALS_PORT, INTROSPECTION_PORT = 51679, 51678
_DOCUMENT = "dynamic/instance-identity/document"


class Host(NamedTuple):
    """What the metadata service says of the machine."""

    region: str
    instance_id: str
    zone_id: str


class Parts(NamedTuple):
    """The agent, put together."""

    engine: Engine
    acs: Acs
    tcs: Tcs
    cleaning: Cleaning
    credentials: CredentialsById


def main() -> int:
    """The agent's exit code."""
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))  # what it knows is on the disk already
    try:
        return run(os.environ, Imds())
    except SettingsError as error:
        say("critical", str(error))
        return error.exit_code
    except CannotRegister as error:
        say("critical", "unable to register container instance", error=error)
        return error.exit_code
    except DockerError as error:
        say("critical", "Docker does not answer", error=error)
        return 1


def run(environment: Mapping[str, str], imds: Imds) -> int:
    """Does not return as long as all is well."""
    settings = read(environment)
    try:
        host = look_at_host(imds, settings)
    except OSError as error:
        raise SettingsError(f"Unable to detect VPC ID and Subnet: {error}") from error
    if not settings.endpoint:
        raise SettingsError("no endpoint: neither ECS_BACKEND_HOST nor AWS_ENDPOINT_URL is set")
    docker = Docker(settings.docker)
    version = docker.version()
    cpus, memory = attributes.host_cpus(), attributes.host_memory_mib()
    resources = attributes.resources_of(settings, cpus, memory)
    store = Store(settings.data)
    take_up_state(store, settings.cluster, host.instance_id)
    aws = Aws(settings.endpoint, host.region, RoleCredentials(imds, environment))
    arn = str(store.values.get("arn") or "")
    body = {**identity(imds), "totalResources": resources, "attributes": attributes.attributes_of(settings, bool(arn))}
    if settings.tags:
        body["tags"] = [{"key": key, "value": value} for key, value in settings.tags.items()]
    instance = register(aws, settings.cluster, arn, body)
    say("info", "registered", instance=instance.arn, cluster=instance.cluster)
    store.put(cluster=instance.cluster, arn=instance.arn, instance=host.instance_id, zone=instance.zone)
    room = Room(cpus * 1024, memory - settings.reserved_memory, reserved_ports(settings))
    parts = put_together(settings, host, aws, docker, store, instance, room, version)
    begin(parts, settings, imds, aws, instance)
    parts.acs.run()
    return 0


def look_at_host(imds: Imds, settings: Settings) -> Host:
    """In the order in which AWS's agent reads. Raises OSError without the service."""
    imds.get("user-data")
    document = json.loads(imds.get(_DOCUMENT) or "{}")
    instance_id = imds.get("meta-data/instance-id") or ""
    if (mac := imds.get("meta-data/mac")) is not None:
        for name in ("vpc-id", "subnet-id"):
            imds.get(f"meta-data/network/interfaces/macs/{mac.strip()}/{name}")
    zone_id = imds.get("meta-data/placement/availability-zone-id") or ""
    return Host(settings.region or str(document.get("region") or ""), instance_id, zone_id)


def identity(imds: Imds) -> dict[str, str]:
    """The signed identity document, as a registration sends it."""
    imds.get("meta-data/outpost-arn")
    document, signature = imds.get(_DOCUMENT) or "", imds.get("dynamic/instance-identity/signature") or ""
    return {"instanceIdentityDocument": document, "instanceIdentityDocumentSignature": signature}


def take_up_state(store: Store, cluster: str, instance_id: str) -> None:
    """Forget another instance's state. Raises CannotRegister (5) where the state is of another cluster."""
    saved = store.values.get("instance")
    if saved and instance_id and saved != instance_id:
        say("warn", "the saved state is another instance's and forgotten", saved=saved, instance=instance_id)
        store.clear()
    before, now = store.values.get("cluster"), cluster or "default"
    if before and before != now:
        why = f"Data mismatch; saved cluster '{before}' does not match configured cluster '{now}'."
        raise CannotRegister(f"{why} Perhaps you want to delete the configured checkpoint file?", TERMINAL)


def reserved_ports(settings: Settings) -> frozenset[tuple[str, int]]:
    """What tasks do not get."""
    kept = {("tcp", port) for port in settings.reserved_ports}
    return frozenset(kept | {("udp", port) for port in settings.reserved_ports_udp})


def put_together(
    settings: Settings,
    host: Host,
    aws: Aws,
    docker: Docker,
    store: Store,
    instance: Instance,
    room: Room,
    version: str,
) -> Parts:
    """The agent's parts; nothing runs yet."""
    credentials = CredentialsById()
    images = Images(docker, Registries(aws, credentials, settings.registries), settings)
    cgroup_v2 = os.path.exists("/sys/fs/cgroup/cgroup.controllers")
    around = Surroundings(
        instance.cluster, host.region, settings.task_limits, cgroup_v2, settings.logs_by_execution_role
    )
    tools = Tools(docker, images, Secrets(aws, credentials), store, settings, around)
    reports = Reports(aws, store, instance.cluster)
    cleaning = Cleaning(docker, images, store, settings)
    engine = Engine(tools, room, reports, credentials, cleaning)
    discovery = Discovery(aws, instance, host.zone_id)
    tcs = Tcs(aws, discovery, instance, version, lambda: bool(engine.running()))
    acs = Acs(aws, discovery, instance, version, Messages(engine, reports, credentials, store, tcs.note_heartbeat))
    acs.inactive = tcs.begin_anew
    return Parts(engine, acs, tcs, cleaning, credentials)


def begin(parts: Parts, settings: Settings, imds: Imds, aws: Aws, instance: Instance) -> None:
    """Take up the tasks of before, answer containers, and start what runs beside the session with ACS."""
    engine, named = parts.engine, (instance.cluster, instance.arn, f"Amazon ECS Agent - v{VERSION} (standin)")
    limits = settings.requests_a_second
    endpoints = TaskEndpoints(engine, parts.credentials, instance.cluster, instance.zone, limits)
    engine.restore()
    Server(CREDENTIALS_PORT, endpoints.respond).start()
    Server(INTROSPECTION_PORT, lambda asked: introspect(engine, *named, asked)).start()
    works: dict[str, Callable[[], None]] = {
        "telemetry session": parts.tcs.run,
        "clean-up": lambda: parts.cleaning.watch_tasks(engine.forget),
        "image clean-up": lambda: parts.cleaning.watch_images(lambda: list(engine.tasks.values())),
    }
    if settings.spot_draining:
        works["spot notice"] = lambda: spot.watch(imds, aws, instance)
    for name, work in works.items():
        threading.Thread(target=work, name=name, daemon=True).start()
