"""Compute environments that AWS Batch calls INVALID."""

import re
from collections.abc import Iterator

from environments.doctor.picture.described import Described, name_of, pinned, resources, short
from environments.doctor.picture.finding import Finding, error
from environments.doctor.picture.picture import Picture
from environments.kinds.batch import reasons
from environments.kinds.batch.reasons import Cause


def invalid(picture: Picture) -> Iterator[Finding]:
    """Each INVALID one, with what its statusReason means."""
    for each in picture.environments:
        if each.get("status") != "INVALID":
            continue
        said = str(each.get("statusReason") or "no reason is given")
        reason = reasons.explain(said)
        what = f"compute environment {name_of(each)} is INVALID: {reason.why}"
        why = f"AWS Batch starts no machine in it; it says: {said.removeprefix('CLIENT_ERROR - ')}"
        yield error(
            what,
            why,
            f"{picture.again} mends what is Kiln's. {reason.hint}",
            name_of(each),
            _blamed(each, reason.cause, said),
        )


def _blamed(each: Described, cause: Cause, said: str) -> str:
    """The resource that is to blame, spelled as the checks of such resources spell it; "" where it is not known."""
    if cause == "image":
        return _match(r"ami-\w+", said)
    if cause == "subnet":
        return _match(r"subnet-\w+", said)
    if cause == "group":
        return _match(r"sg-\w+", said)
    found = {
        "service role": str(each.get("serviceRole") or ""),
        "fleet role": str(resources(each).get("spotIamFleetRole") or ""),
        "profile": str(resources(each).get("instanceRole") or ""),
        "template": " v".join(pinned(each)),
    }
    return short(found.get(cause, "")) if cause != "profile" else f"instance profile {short(found['profile'])}"


def _match(pattern: str, said: str) -> str:
    found = re.search(pattern, said)
    return found[0] if found else ""
