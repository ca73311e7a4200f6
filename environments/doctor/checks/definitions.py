"""Job definitions that say what is true no longer."""

from collections.abc import Iterator, Sequence

from environments.doctor.looks.around import job_roles
from environments.doctor.picture.described import Described, short
from environments.doctor.picture.finding import Finding, error, warning
from environments.doctor.picture.picture import Picture
from kiln import words


def superseded(picture: Picture) -> Iterator[Finding]:
    """Older revisions that are still ACTIVE: whoever names one by its number gets the old settings."""
    by_name: dict[str, list[Described]] = {}
    for each in picture.definitions:
        by_name.setdefault(each["jobDefinitionName"], []).append(each)
    for name, found in sorted(by_name.items()):
        newest, *old = sorted(found, key=lambda each: -int(each["revision"]))
        if old:
            stale = [f"{name}:{each['revision']}" for each in reversed(old)]
            one = "aws batch deregister-job-definition --job-definition"
            yield warning(
                f"the job definition {name} has {words.count(len(old), 'older ACTIVE revision')}",
                f"what names {_some(stale)} does not get what {name}:{newest['revision']} says",
                f"where nothing names them any more: {one} {_some(stale)}",
                name,
            )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{names[0]} … {names[-1]}"


def roles(picture: Picture) -> Iterator[Finding]:
    """Job definitions (of each the newest revision) whose role is gone: their jobs fail at once."""
    newest: dict[str, Described] = {}
    for each in picture.definitions:
        if int(each["revision"]) > int(newest.get(each["jobDefinitionName"], {}).get("revision", 0)):
            newest[each["jobDefinitionName"]] = each
    for name, each in sorted(newest.items()):
        for arn in job_roles(each):
            found = picture.roles.get(short(arn))
            if found is None:
                yield error(
                    f"the job definition {name}:{each['revision']} names a role that is gone: {short(arn)}",
                    "a task gets no credentials, and fails",
                    f"{picture.again} makes the role, or names another",
                    short(arn),
                )
            elif "ecs-tasks.amazonaws.com" not in found.trusts:
                yield error(
                    f"the job role {short(arn)} does not trust ecs-tasks.amazonaws.com",
                    f"the tasks of {name} get no credentials",
                    f"{picture.again} puts its trust right",
                    short(arn),
                )
