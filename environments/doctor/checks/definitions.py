"""Job definitions: revisions that are out of date, roles that are gone, and sizes that fit no machine."""

from collections.abc import Iterator, Sequence

from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.checks.fitting import machines_of
from environments.doctor.facts.compute_environments import Described, short_name
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.roles import job_roles
from environments.machines.definitions import Size, find_definition_misfit
from environments.machines.fitting import Catalogue
from environments.rights.trust import trust_command, trusts
from kiln import words


def check_revisions(picture: Picture) -> Iterator[Finding]:
    """Find older revisions that are still ACTIVE: a job that names such a number gets the old settings."""
    for name, (newest, *older) in sorted(_revisions(picture).items()):
        if older:
            names = _shorten([f"{name}:{revision['revision']}" for revision in reversed(older)])
            yield warning(
                f"the job definition {name} has {words.count(len(older), 'older ACTIVE revision')}",
                f"a job that names {names} does not get the settings of {name}:{newest['revision']}",
                f"when nothing names {names} any more: aws batch deregister-job-definition --job-definition {names}",
                name,
            )


def _revisions(picture: Picture) -> dict[str, list[Described]]:
    """The ACTIVE revisions of every job definition, newest first, by its name."""
    by_name: dict[str, list[Described]] = {}
    for revision in sorted(picture.definitions, key=lambda definition: -int(definition["revision"])):
        by_name.setdefault(revision["jobDefinitionName"], []).append(revision)
    return by_name


def _shorten(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


def check_roles(picture: Picture) -> Iterator[Finding]:
    """Find job definitions whose newest revision names a role that is gone: their jobs fail at once."""
    for name, (newest, *_) in sorted(_revisions(picture).items()):
        for arn in job_roles(newest):
            role = picture.roles.by_name.get(short_name(arn))
            if role is None:
                yield error(
                    f"the job definition {name}:{newest['revision']} names a role that is gone: {short_name(arn)}",
                    "its jobs get no credentials, and fail",
                    f"{picture.scope.register_command} makes the role; or name another role",
                    short_name(arn),
                )
            elif not trusts(role.trusts, "ecs-tasks.amazonaws.com"):
                yield error(
                    f"the job role {short_name(arn)} does not trust ecs-tasks.amazonaws.com",
                    f"the jobs of {name} get no credentials",
                    trust_command(short_name(arn), role.document, "ecs-tasks.amazonaws.com"),
                    short_name(arn),
                )


def check_sizes(picture: Picture) -> Iterator[Finding]:
    """Find job definitions whose newest revision asks for more than the machines of the queues have."""
    queues = [machines_of(queue["jobQueueArn"], picture) for queue in picture.scope.queues]
    catalogue = Catalogue(picture.types.known, picture.agents.registered)
    for name, (newest, *_) in sorted(_revisions(picture).items()):
        misfit = find_definition_misfit(_size(newest), queues, catalogue)
        if misfit:
            report = error if misfit.hopeless else warning
            what = f"the job definition {name}:{newest['revision']} {misfit.what}"
            yield report(what, misfit.why, misfit.fix, f"{name}:{newest['revision']}")


def _size(revision: Described) -> Size:
    requirements = (revision.get("containerProperties") or {}).get("resourceRequirements") or ()
    asked = {requirement["type"]: int(float(requirement["value"])) for requirement in requirements}
    return Size(asked.get("VCPU", 0), asked.get("MEMORY", 0), asked.get("GPU", 0))
