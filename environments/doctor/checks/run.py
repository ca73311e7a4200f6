"""All checks, and what each must have seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from environments.doctor.checks import (
    capacity,
    compute_environments,
    definitions,
    images,
    jobs,
    keys,
    network,
    queues,
    roles,
    storage,
)
from environments.doctor.picture.finding import Finding
from environments.doctor.picture.picture import Part, Picture


@dataclass(frozen=True)
class Check:
    """`find` looks at nothing but the picture; it is left out where one of the parts in `needs` was not seen."""

    find: Callable[[Picture], Iterable[Finding]]
    needs: tuple[Part, ...] = ()

    def can_look(self, picture: Picture) -> bool:
        return not set(self.needs) & picture.unseen.keys()


OF_ENVIRONMENT = (
    Check(compute_environments.invalid),
    Check(queues.switched_off),
    Check(queues.head_on_spot),
    Check(roles.service, ("roles",)),
    Check(roles.spot, ("roles",)),
    Check(roles.instance, ("roles",)),
    Check(images.templates, ("templates",)),
    Check(images.gone, ("templates", "images")),
    Check(images.deprecated, ("templates", "images")),
    Check(images.agents, ("agents",)),
    Check(keys.usable, ("templates", "images", "keys")),
    Check(network.subnets, ("templates", "network")),
    Check(network.groups, ("templates", "network")),
    Check(capacity.offered, ("types", "network")),
    Check(capacity.quota, ("quotas",)),
    Check(capacity.idle),
    Check(definitions.roles, ("definitions", "roles")),
    Check(definitions.superseded, ("definitions",)),
    Check(jobs.stuck, ("jobs",)),
)
OF_REGION = (Check(storage.unattached, ("volumes",)),)


def run(picture: Picture, checks: Iterable[Check] = OF_ENVIRONMENT) -> tuple[Finding, ...]:
    """What the checks find: errors first, and what has one cause once."""
    found = [finding for check in checks if check.can_look(picture) for finding in check.find(picture)]
    return tuple(sorted(_once(found), key=lambda each: each.severity))


def _once(found: list[Finding]) -> list[Finding]:
    """An INVALID environment and the finding on the resource to blame are one: that knows better why and what to do."""
    causes = {each.cause for each in found if each.cause}
    told = {each.resource: each for each in found if not each.cause and each.resource in causes}
    merged = [
        replace(each, why=f"{told[each.cause].what}. {each.why}", fix=told[each.cause].fix)
        if each.cause in told
        else each
        for each in found
        if told.get(each.resource) is not each
    ]
    return list(dict.fromkeys(merged))
