"""Compute environments that AWS Batch calls INVALID."""

import re
from collections.abc import Iterator

from environments.doctor.checks.finding import Finding, error
from environments.doctor.facts.compute_environments import Described, name_of, resources, short_name, template_of
from environments.doctor.facts.picture import Picture
from environments.kinds.batch import reasons
from environments.kinds.batch.reasons import Cause

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
            f"{picture.scope.register_command} repairs what belongs to Kiln. {reason.hint}",
            name_of(environment),
            _cause(environment, reason.cause, status_reason),
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
    if cause == "fleet role":
        return short_name(str(resources(environment).get("spotIamFleetRole") or ""))
    return ""
