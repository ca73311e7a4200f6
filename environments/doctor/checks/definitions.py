"""Job definitions: old revisions, what they name and is gone, and sizes or GPUs that no machine gives."""

from collections.abc import Iterator, Sequence

from cloud import tags
from environments.doctor.checks.finding import Finding, error, warning
from environments.doctor.checks.fitting import machines_of, make_catalogue
from environments.doctor.facts import revisions
from environments.doctor.facts.compute_environments import Described, images_of, name_of, short_name
from environments.doctor.facts.instance_types import allows
from environments.doctor.facts.picture import Picture
from environments.doctor.facts.roles import job_roles
from environments.kinds.iam.trust_policies import trust_command, trusts
from environments.machines.definitions import Size, find_definition_misfit
from environments.machines.job_needs import Place, find_missing_drivers, write_driver_fix
from images.amis.nvidia import Driver, tell_driver
from kiln import words


def check_revisions(picture: Picture) -> Iterator[Finding]:
    """Find older revisions that are still ACTIVE: a job that names such a number gets the old settings."""
    for name, (newest, *older) in revisions.by_name(picture.definitions).items():
        if older:
            stale = [f"{name}:{revision['revision']}" for revision in reversed(older)]
            names = _shorten(stale)
            yield warning(
                f"the job definition {name} has {words.count(len(older), 'older ACTIVE revision')}",
                f"a job that names {names} does not get the settings of {name}:{newest['revision']}",
                f"when nothing names {names} any more: {_deregister(stale)}",
                name,
            )


def _deregister(stale: Sequence[str]) -> str:
    command = "aws batch deregister-job-definition --job-definition"
    if len(stale) == 1:
        return f"{command} {stale[0]}"
    return f"for revision in {' '.join(stale)}; do {command} $revision; done"


def _shorten(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


def check_roles(picture: Picture) -> Iterator[Finding]:
    """Find job definitions whose newest revision names a role that is gone: their jobs fail at once."""
    for name, newest in revisions.newest(picture.definitions).items():
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


def check_outside(picture: Picture) -> Iterator[Finding]:
    """Find job definitions whose newest revision names a log group or an image in ECR that is not there."""
    for absent in picture.outside:
        yield error(absent.what, absent.why, absent.fix, absent.definition)


def check_sizes(picture: Picture) -> Iterator[Finding]:
    """Find job definitions whose newest revision asks for more than the machines of the queues have."""
    queues = [machines_of(queue["jobQueueArn"], picture) for queue in picture.scope.queues]
    catalogue = make_catalogue(picture)
    for name, newest in revisions.newest(picture.definitions).items():
        misfit = find_definition_misfit(_size(newest), queues, catalogue)
        if misfit:
            report = error if misfit.hopeless else warning
            what = f"the job definition {name}:{newest['revision']} {misfit.what}"
            yield report(what, misfit.why, misfit.fix, f"{name}:{newest['revision']}")


def _size(revision: Described) -> Size:
    requirements = (revision.get("containerProperties") or {}).get("resourceRequirements") or ()
    asked = {requirement["type"]: int(float(requirement["value"])) for requirement in requirements}
    return Size(asked.get("VCPU", 0), asked.get("MEMORY", 0), asked.get("GPU", 0))


def check_drivers(picture: Picture) -> Iterator[Finding]:
    """Find job definitions and compute environments of GPUs whose AMIs lack the driver, or may lack it."""
    queues = {
        str(queue["jobQueueName"]): [_place(member, picture) for member in picture.scope.members(queue["jobQueueArn"])]
        for queue in picture.scope.queues
    }
    newest = revisions.newest(picture.definitions)
    asking = {name: gpus for name, revision in newest.items() if (gpus := _gpus(revision))}
    arm = any("arm64" in kind.archs for kind in picture.types.known.values() if kind.gpus)
    fix = write_driver_fix("al2023", "arm64" if arm else "x86_64", picture.scope.register_command)
    for name, misfit in find_missing_drivers(asking, queues, fix):
        report = error if misfit.hopeless else warning
        noun = f"the job definition {name}" if name in asking else name
        yield report(f"{noun} {misfit.what}", misfit.why, misfit.fix, name)


def _place(environment: Described, picture: Picture) -> Place:
    types = [kind.name for kind in picture.types.known.values() if kind.gpus and allows(environment, kind.name)]
    amis = [picture.images[ami] for ami in images_of(environment, picture.templates) if ami in picture.images]
    drivers = {
        tell_driver(
            str(image.get("Name", "")),
            str(image.get("ImageOwnerAlias") or image.get("OwnerId") or ""),
            tags.as_dict(image.get("Tags")),
        )
        for image in amis
    }
    names = ", ".join(str(image["ImageId"]) for image in amis)
    # Without an AMI of its own AWS Batch takes the GPU-optimized one for such types.
    order: tuple[Driver, ...] = ("nvidia", "unknown", "none")
    driver: Driver = next((state for state in order if state in drivers), "nvidia")
    return Place(name_of(environment), tuple(sorted(types)), names, driver)


def _gpus(revision: Described) -> int:
    requirements = (revision.get("containerProperties") or {}).get("resourceRequirements") or ()
    return sum(int(float(requirement["value"])) for requirement in requirements if requirement["type"] == "GPU")
