"""All checks, and what each must have seen."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from environments.doctor.checks import (
    agents,
    capacity,
    compute_environments,
    definitions,
    images,
    jobs,
    keys,
    launch_templates,
    network,
    queues,
    roles,
    running,
    volumes,
)
from environments.doctor.checks.finding import Finding
from environments.doctor.facts.picture import Part, Picture


@dataclass(frozen=True)
class Check:
    """`find` reads nothing but the picture's scope and the parts in `needs` and in `helped_by`.

    A check is left out where one of its `needs` was not seen. A part in `helped_by` makes its findings more precise;
    without it the check still finds what it can.
    """

    find: Callable[[Picture], Iterable[Finding]]
    needs: tuple[Part, ...] = ()
    helped_by: tuple[Part, ...] = ()

    def can_run(self, picture: Picture) -> bool:
        return not set(self.needs) & picture.unseen.keys()


OF_ENVIRONMENT = (
    Check(compute_environments.check_status),
    Check(compute_environments.check_references, ("references",)),
    Check(queues.check_states),
    Check(queues.check_head_jobs),
    Check(roles.check_service_roles, ("roles",)),
    Check(roles.check_spot_roles, ("roles",)),
    Check(roles.check_instance_profiles, ("roles",)),
    Check(roles.check_rights, ("rights",)),
    Check(launch_templates.check_versions, ("templates",)),
    Check(launch_templates.check_volumes, ("templates", "images")),
    Check(images.check_existence, ("templates", "images")),
    Check(images.check_deprecation, ("templates", "images")),
    Check(agents.check_agents, ("agents",)),
    Check(keys.check_keys, ("templates", "images", "keys")),
    Check(network.check_subnets, ("templates", "network")),
    Check(network.check_acls, ("templates", "network")),
    Check(network.check_groups, ("templates", "network")),
    Check(capacity.check_offers, ("types", "network")),
    Check(capacity.check_quotas, ("quotas",)),
    Check(capacity.check_idle_machines),
    Check(definitions.check_roles, ("definitions", "roles")),
    Check(definitions.check_revisions, ("definitions",)),
    Check(definitions.check_sizes, ("definitions", "types"), helped_by=("agents", "images")),
    Check(definitions.check_outside, ("outside",)),
    Check(definitions.check_drivers, ("definitions", "types", "templates", "images")),
    Check(jobs.check_stuck_jobs, ("jobs",), helped_by=("types", "agents", "images", "templates")),
    Check(running.check_full_disks, ("recent",)),
    Check(running.check_spot_losses, ("recent",)),
    Check(running.check_log_groups, ("logs",)),
)
OF_REGION = (
    Check(volumes.check_unattached_volumes, ("volumes",)),
    Check(running.check_nextflow_definitions, ("nextflow",)),
)


def run(picture: Picture, checks: Iterable[Check] = OF_ENVIRONMENT) -> tuple[Finding, ...]:
    """Run the checks; returns their findings, errors first, and what has the same cause once."""
    findings = [finding for check in checks if check.can_run(picture) for finding in check.find(picture)]
    return tuple(sorted(_merge(findings), key=lambda finding: finding.severity))


def _merge(findings: list[Finding]) -> list[Finding]:
    """A finding on a resource goes into the findings that name it as their cause: it knows better why and what to do.

    So an INVALID compute environment and the role that makes it INVALID are shown as one finding, not as two.
    """
    causes = {finding.cause for finding in findings if finding.cause}
    on_cause = {finding.resource: finding for finding in findings if not finding.cause and finding.resource in causes}
    merged = []
    for finding in findings:
        if on_cause.get(finding.resource) is finding:
            continue
        cause = on_cause.get(finding.cause)
        merged.append(replace(finding, why=f"{cause.what}. {finding.why}", fix=cause.fix) if cause else finding)
    return list(dict.fromkeys(merged))
