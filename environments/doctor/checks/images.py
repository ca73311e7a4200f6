"""AMIs, launch templates, and the ECS agent on the machines."""

from collections.abc import Iterator
from datetime import timedelta

from cloud.machine_images import moment
from environments.doctor.picture.described import Described, images_of, name_of, pinned, resources, short, template_data
from environments.doctor.picture.finding import Finding, error, warning
from environments.doctor.picture.picture import Picture
from launch_templates.versions import OWN, Template

SOON = timedelta(days=30)
STALE = 6
"""Minor versions of the ECS agent, about half a year of its releases."""


def _users(picture: Picture) -> dict[str, str]:
    """AMI → the compute environments that name it."""
    users: dict[str, list[str]] = {}
    for each in picture.environments:
        for ami in images_of(each, picture.templates):
            users.setdefault(ami, []).append(name_of(each))
    return {ami: ", ".join(names) for ami, names in users.items()}


def gone(picture: Picture) -> Iterator[Finding]:
    """AMIs that were deregistered, or are shared with this account no longer."""
    for ami, users in _users(picture).items():
        found = picture.images.get(ami)
        if found is None or found.get("State") != "available":
            state = f"is {found['State']}" if found else "is deregistered, or not shared with this account"
            yield error(
                f"{ami} {state}",
                f"no machine starts in {users}",
                f"{picture.again} --ami latest (or --ami previous)",
                ami,
            )


def deprecated(picture: Picture) -> Iterator[Finding]:
    """AMIs whose deprecation has come, or comes within SOON. They still start machines."""
    for ami, users in _users(picture).items():
        text = (picture.images.get(ami) or {}).get("DeprecationTime")
        if not text or moment(text) > picture.now + SOON:
            continue
        left = moment(text) - picture.now
        when = f"since {moment(text):%Y-%m-%d}" if left <= timedelta() else f"in {_days(left)}"
        why = f"{users} run it; deprecated AMIs get no fixes, and may be deregistered"
        yield warning(f"{ami} is deprecated {when}", why, f"invoke build-ami && {picture.again} --ami latest", ami)


def _days(left: timedelta) -> str:
    days = max(1, round(left.total_seconds() / 86400))
    return f"{days} day{'s' if days != 1 else ''}"


def templates(picture: Picture) -> Iterator[Finding]:
    """Launch templates that are gone, whose pinned version is gone, behind, or not pinned at all."""
    for each in picture.environments:
        named, version = pinned(each)
        if not named:
            continue
        template, resource = picture.templates.get(named), f"{named} v{version}"
        if template is None:
            yield error(
                f"the launch template {named} is gone",
                f"no machine starts in {name_of(each)}",
                f"{picture.again} registers it again",
                resource,
            )
        elif version.startswith("$"):
            why = "AWS Batch asked what it means when the environment was made or last updated, and does not look again"
            yield warning(
                f"{name_of(each)} pins no version of {named}, but {version}",
                why,
                f"{picture.again} pins a number",
                resource,
            )
        elif not any(str(one.number) == version for one in template.versions):
            yield error(
                f"the launch template {named} has no version {version} any more",
                f"no machine starts in {name_of(each)}",
                f"{picture.again} pins another",
                resource,
            )
        elif (newer := _newer(picture, each, template, int(version))) is not None:
            yield warning(
                f"{name_of(each)} is behind: {template.name} has v{newer}, it pins v{version}",
                "machines start with the older one",
                f"{picture.again} --plan shows what differs",
                resource,
            )


def _newer(picture: Picture, environment: Described, template: Template, version: int) -> int | None:
    """The newest later version of Kiln's that is meant for this environment too.

    Environments share a template and pin versions of their own: one that somebody else pins, or that treats the tasks'
    credentials in another way (the metadata service's hop limit), is not meant.
    """
    mine = {name_of(each) for each in picture.environments}
    others = {pinned(each) for each in picture.region_environments if name_of(each) not in mine}
    hops = _hops(template_data(environment, picture.templates))
    later = [
        each.number
        for each in template.versions
        if each.number > version
        and each.description.startswith(OWN)
        and _hops(each.data) == hops
        and not {(template.name, str(each.number)), (template.id, str(each.number))} & others
    ]
    return max(later, default=None)


def _hops(data: Described) -> int:
    return int((data.get("MetadataOptions") or {}).get("HttpPutResponseHopLimit") or 0)


def agents(picture: Picture) -> Iterator[Finding]:
    """Machines whose ECS agent is old, or has lost its connection."""
    kinds = {
        str(each.get("ecsClusterArn")): (name_of(each), str(configuration[0].get("imageType")))
        for each in picture.environments
        if (configuration := resources(each).get("ec2Configuration"))
    }
    for machine in picture.machines:
        name, kind = kinds.get(machine.cluster, (short(machine.cluster), ""))
        if not machine.connected:
            yield error(
                f"the ECS agent of {machine.instance} ({name}) is not connected",
                "AWS Batch places no job on it, and pays for it; it may be stopped, or have no way to ECS",
                f"aws ec2 terminate-instances --instance-ids {machine.instance}; see also its console output",
                machine.instance,
            )
        elif behind(machine.agent, picture.agents.get(kind, "")):
            yield warning(
                f"the ECS agent of {machine.instance} ({name}) is {machine.agent}; {picture.agents[kind]} is current",
                "old agents lack fixes",
                f"invoke build-ami && {picture.again} --ami latest",
                machine.instance,
            )


def behind(agent: str, newest: str) -> bool:
    """Whether an agent (1.94.0) is STALE minor versions behind, or a major one; False where one is not known."""
    ours, theirs = _numbers(agent), _numbers(newest)
    if ours is None or theirs is None:
        return False
    return ours[0] < theirs[0] or (ours[0] == theirs[0] and theirs[1] - ours[1] >= STALE)


def _numbers(version: str) -> tuple[int, int] | None:
    parts = version.removeprefix("v").split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdecimal() and parts[1].isdecimal() else None
