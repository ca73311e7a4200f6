"""The agent, put together and begun."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import NamedTuple

from sandbox.machines.ecs_agent.control import spot
from sandbox.machines.ecs_agent.control.acs import Acs, Discovery
from sandbox.machines.ecs_agent.control.host import Host
from sandbox.machines.ecs_agent.control.messages import Messages
from sandbox.machines.ecs_agent.control.registration import Instance
from sandbox.machines.ecs_agent.control.tcs import Tcs
from sandbox.machines.ecs_agent.local.endpoints import TaskEndpoints, introspect
from sandbox.machines.ecs_agent.local.server import Server
from sandbox.machines.ecs_agent.model.credentials import CredentialsById
from sandbox.machines.ecs_agent.model.settings import Settings
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.cleaning import Cleaning
from sandbox.machines.ecs_agent.tasks.create import Surroundings
from sandbox.machines.ecs_agent.tasks.docker import Docker
from sandbox.machines.ecs_agent.tasks.engine import Engine
from sandbox.machines.ecs_agent.tasks.images import Images
from sandbox.machines.ecs_agent.tasks.life import Tools
from sandbox.machines.ecs_agent.tasks.registries import Registries
from sandbox.machines.ecs_agent.tasks.reports import Reports
from sandbox.machines.ecs_agent.tasks.room import Room
from sandbox.machines.ecs_agent.tasks.secrets import Secrets
from sandbox.machines.ecs_agent.wire.calls import VERSION, Aws
from sandbox.machines.ecs_agent.wire.imds import Imds

CREDENTIALS_PORT, INTROSPECTION_PORT = 51679, 51678


class Parts(NamedTuple):
    """The agent, put together."""

    engine: Engine
    acs: Acs
    tcs: Tcs
    cleaning: Cleaning
    credentials: CredentialsById


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
