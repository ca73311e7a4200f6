"""Compute environments that AWS Batch calls INVALID."""

import re
from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import (
    Described,
    name_of,
    references_of,
    resources,
    short_name,
    template_of,
)
from environments.doctor.facts.picture import Picture
from environments.kinds.batch import reasons
from environments.kinds.batch.reasons import Cause
from environments.machines.references import KEY_PAIR, PLACEMENT_GROUP, describe_existing, find_unknown, suggest

_IDS = {"image": r"ami-\w+", "subnet": r"subnet-\w+", "group": r"sg-\w+"}


def check_status(picture: Picture) -> Iterator[Finding]:
    """Find INVALID compute environments, with what its statusReason means."""
    for environment in picture.scope.environments:
        if environment.get("status") != "INVALID":
            continue
        status_reason = str(environment.get("statusReason") or "no reason is given")
        reason = reasons.explain(status_reason)
        yield error(
            f"compute environment {name_of(environment)} is INVALID: {reason.why}",
            f"AWS Batch starts no machine in it; its reason: {status_reason.removeprefix('CLIENT_ERROR - ')}",
            picture.scope.name_environment(f"invoke register-env repairs what belongs to Kiln. {reason.hint}"),
            name_of(environment),
            _cause(environment, reason.cause, status_reason),
        )


def check_references(picture: Picture) -> Iterator[Finding]:
    """Find key pairs and placement groups that compute environments name and the region does not have."""
    for environment in picture.scope.environments:
        named = {reference: (name_of(environment),) for reference in references_of(environment)}
        for unknown in find_unknown(named, picture.references):
            region, kind, name = picture.scope.region, unknown.kind, unknown.name
            yield error(
                f"{name_of(environment)} names the {kind} {name}, and {region} has no such {kind}",
                f"no machine starts in it; {describe_existing(kind, name, unknown.existing)}",
                f"{suggest(kind, name, unknown.existing, region)} && {picture.scope.register_command}",
                f"{kind} {name}",
            )


def _cause(environment: Described, cause: Cause, status_reason: str) -> str:
    """The resource behind it, spelled as the checks of such resources spell it; "" where it is not known."""
    if pattern := _IDS.get(cause):
        match = re.search(pattern, status_reason)
        return match[0] if match else ""
    if cause == "profile":
        return f"instance profile {short_name(str(resources(environment).get('instanceRole') or ''))}"
    if cause == "template":
        return " v".join(template_of(environment))
    if cause == "service role":
        return short_name(str(environment.get("serviceRole") or ""))
    if cause in (KEY_PAIR, PLACEMENT_GROUP):
        return next((f"{kind} {name}" for kind, name in references_of(environment) if kind == cause), "")
    if cause == "fleet role":
        return short_name(str(resources(environment).get("spotIamFleetRole") or ""))
    return ""
