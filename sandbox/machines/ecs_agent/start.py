"""From the agent's start to its end: settings, metadata, registration, and then the sessions.

Exit codes: 0 on SIGTERM, 1 to be started again, 5 to stay away (RestartPreventExitStatus of the unit).
"""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping

from sandbox.machines.ecs_agent.assembly import begin, put_together, reserved_ports
from sandbox.machines.ecs_agent.control import attributes
from sandbox.machines.ecs_agent.control.host import identity, look_at_host
from sandbox.machines.ecs_agent.control.registration import TERMINAL, CannotRegister, register
from sandbox.machines.ecs_agent.model.log import say
from sandbox.machines.ecs_agent.model.settings import SettingsError, read
from sandbox.machines.ecs_agent.model.store import Store
from sandbox.machines.ecs_agent.tasks.docker import Docker, DockerError
from sandbox.machines.ecs_agent.tasks.room import Room
from sandbox.machines.ecs_agent.wire.calls import Aws
from sandbox.machines.ecs_agent.wire.imds import Imds, RoleCredentials


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
        host = look_at_host(imds, settings.region)
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
