"""How a head node comes up: rights, group, machine, address; what is there already is taken up."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from cloud.session import Cloud
from environments.plan import network
from environments.spec.environment import EnvironmentSpec
from images.amis import choose
from images.builder.keys import generate_keys
from images.plan.placement import Placement
from kiln import signals, typed
from kiln.errors import UserError
from kiln.screen import Line, Screen
from nextflow.container.pins import Pin
from nextflow.head import answering, group, local, machine, program, rights, user_data
from nextflow.head.asked import Asked, find_proxy
from nextflow.head.local import Kept
from nextflow.head.names import KEY, Head
from nextflow.head.places import list_places
from nextflow.head.program import Given

IMAGE = "nextflow-head"


@dataclass(frozen=True)
class Up:
    """A head node that runs; `is_new` where it was started now."""

    instance: str
    kept: Kept
    is_new: bool


@dataclass(frozen=True)
class _Start:
    """All that a new machine needs to be asked for; `image` as EC2 describes it."""

    places: list[Placement]
    image: dict[str, Any]
    nextflow: Pin | Given | None
    seconds: int


def bring_up(cloud: Cloud, spec: EnvironmentSpec, head: Head, asked: Asked, screen: Screen) -> Up:
    """Bring it up, or open the one that is up to whoever types now.

    Raises UserError, before anything is made, for an environment without a role for heads, a Nextflow that is not
    pinned, an instance type that no zone offers, and a machine that was started elsewhere.
    """
    seconds, nextflow, ssh_from = asked.seconds, program.choose(asked.nextflow), asked.find_range()
    if isinstance(nextflow, Given):
        screen.say(f"! nextflow is replaced: {asked.nextflow}")
    running = machine.find_up(cloud, head)
    kept = _read_own(head, running) if running else None
    policies = rights.list_policies(cloud, spec)
    start = None if running else _prepare(cloud, spec, asked, nextflow, seconds)
    with _explain(screen, head):
        with screen.step("rights"):
            profile = rights.make_profile(cloud, spec, head, policies, sessions=ssh_from is None)
        with screen.step("machine") as line, signals.hold():
            vpc = start.places[0].subnet.vpc if start else str((running or {})["VpcId"])
            opened = group.open_group(cloud, head, vpc, ssh_from)
            if start:
                instance, kept = _start(cloud, head, start, opened, profile, line)
            else:
                instance = line.note = str((running or {})["InstanceId"])
        assert kept is not None
        return _await(cloud, head, Up(instance, kept, start is not None), ssh_from, screen)


def _read_own(head: Head, running: dict[str, Any]) -> Kept:
    """Read what this computer knows of it; raises UserError for a machine that was started elsewhere."""
    kept, carried = local.read(head), {tag["Key"]: tag["Value"] for tag in running.get("Tags", ())}
    if carried.get(KEY) != kept.key:
        raise UserError(
            f"the head node of {head.environment} was started elsewhere",
            f"{running['InstanceId']} has another key than {head.folder} keeps",
            f"Type it where it was started; or {typed.command(f'head-down --env {head.environment}')}, which ends "
            "what runs on it.",
        )
    return kept


def _prepare(
    cloud: Cloud, spec: EnvironmentSpec, asked: Asked, nextflow: Pin | Given | None, seconds: int
) -> _Start:  # fmt: skip
    chosen = choose.choose(cloud, asked.ami, IMAGE)
    described: dict[str, Any] = cloud.ec2.describe_images(ImageIds=[chosen.image.id])["Images"][0]
    return _Start(list_places(cloud, network.find(cloud, spec), asked.instance_type), described, nextflow, seconds)


def _start(cloud: Cloud, head: Head, start: _Start, opened: str, profile: str, line: Line) -> tuple[str, Kept]:
    """Start the machine. Its key is kept first: without it, nobody would come in behind a break."""
    keys = generate_keys(head.name)
    ends = datetime.now(UTC) + timedelta(seconds=start.seconds)
    kept = Kept(cloud.region, keys.host.public, f"{ends:%Y-%m-%d %H:%M} UTC")
    data = user_data.make_cloud_config(keys, cloud.region, time_limit=start.seconds, nextflow=start.nextflow)
    local.keep(head, keys, kept)
    instance, place = machine.start(
        cloud, start.places,
        lambda place: machine.make_request(head, start.image, place, opened, profile, data, kept.key),
    )  # fmt: skip
    line.note = f"{instance} {place.instance_type}, {place.subnet.zone}"
    return instance, kept


def _await(cloud: Cloud, head: Head, up: Up, ssh_from: str | None, screen: Screen) -> Up:
    with screen.step("start"):
        host = machine.await_address(cloud, up.instance)
    if ssh_from and not host:
        raise UserError(
            f"{up.instance} has no public address", "its subnet gives none", "--ssh-from none leads there by SSM.",
        )  # fmt: skip
    kept = replace(up.kept, host=host if ssh_from else "")
    local.note(head, kept)
    if kept.host and not find_proxy():
        with screen.step("ssh"):
            answering.await_ssh(kept.host)
    return replace(up, kept=kept)


@contextmanager
def _explain(screen: Screen, head: Head) -> Iterator[None]:
    """Say what becomes of what was made, where the rest fails."""
    try:
        yield
    except BaseException:
        again = typed.command(f"head-up --env {head.environment}")
        down = typed.command(f"head-down --env {head.environment}")
        screen.say(f"! what was made stays: {again} goes on with it, {down} removes it")
        raise
