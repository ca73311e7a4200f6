"""ECS agents on the machines: connected, and not too old."""

from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.facts.compute_environments import name_of, resources, short_name
from environments.doctor.facts.machines import Machine
from environments.doctor.facts.picture import Picture

STALE = 6
"""Minor versions of the ECS agent, about half a year of its releases."""


def check_agents(picture: Picture) -> Iterator[Finding]:
    """Find machines whose ECS agent is old, or has lost its connection."""
    by_cluster = {
        str(environment.get("ecsClusterArn")): (name_of(environment), str(configurations[0].get("imageType")))
        for environment in picture.scope.environments
        if (configurations := resources(environment).get("ec2Configuration"))
    }
    for machine in picture.agents.machines:
        name, image_type = by_cluster.get(machine.cluster, (short_name(machine.cluster), ""))
        newest = picture.agents.newest.get(image_type, "")
        if not machine.connected:
            yield error(
                f"the ECS agent of {machine.instance} ({name}) is not connected",
                "AWS Batch places no job on this machine, which is paid for; it may be stopped, or not reach ECS",
                f"read its console output, then end it: {_end(machine)}",
                machine.instance,
            )
        elif is_behind(machine.agent, newest):
            yield warning(
                f"the ECS agent of {machine.instance} ({name}) is {machine.agent}; {newest} is current",
                "old agents lack fixes",
                picture.scope.renew_command(),
                machine.instance,
            )


def _end(machine: Machine) -> str:
    """The commands that end it, and take it out of its cluster.

    ECS does that by itself for machines alone whose agents are connected (DeregisterContainerInstance, API Reference).
    """
    ecs = (
        f"aws ecs deregister-container-instance --cluster {machine.cluster} --container-instance {machine.arn} --force"
    )
    return f"aws ec2 terminate-instances --instance-ids {machine.instance} && {ecs}"


def is_behind(agent: str, newest: str) -> bool:
    """Check whether an agent (1.94.0) is STALE minor versions behind, or a major version; False where unknown."""
    ours, theirs = _numbers(agent), _numbers(newest)
    if ours is None or theirs is None:
        return False
    return ours[0] < theirs[0] or (ours[0] == theirs[0] and theirs[1] - ours[1] >= STALE)


def _numbers(version: str) -> tuple[int, int] | None:
    parts = version.removeprefix("v").split(".")
    return (int(parts[0]), int(parts[1])) if len(parts) > 1 and parts[0].isdecimal() and parts[1].isdecimal() else None
