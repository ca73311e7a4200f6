"""Law of the sandbox's own: what would be said to be done, and then have no effect, is not imitated (HTTP 501).

moto answers many calls with success and keeps a record at most. Where people go by the effect, success is worse than no
answer: keys with more rights than were asked for, a machine that is off and not hibernating, logs that nobody writes.
Only what the sandbox really lacks is here; ECR and EC2's Modify… calls (`sandbox.ec2.model.unread`) refuse theirs
themselves. The table of the parameters is in `effect_parameters`.
"""

from collections.abc import Iterator
from typing import Any

from sandbox.door.effect_parameters import PARAMETERS
from sandbox.world.request import Request
from sandbox.world.world import World

_NOBODY_SIGNED = "there is no identity provider that could say who signed the token"

OPERATIONS: dict[str, dict[str, str]] = {
    "ec2": {"CreateFlowLogs": "nobody records the traffic of its networks"},
    "sts": {
        "AssumeRoleWithSAML": _NOBODY_SIGNED,
        "AssumeRoleWithWebIdentity": _NOBODY_SIGNED,
        "GetFederationToken": "its sessions are those of roles and users",
    },
    "logs": {
        "PutMetricFilter": "there are no metrics that it could write",
        "PutSubscriptionFilter": "there is nothing that log events could be sent to",
        "CreateDelivery": "there is nothing that log events could be sent to",
    },
    "ssm": {"SendCommand": "no agent of Systems Manager runs on its machines"},
}
# Where there are machines, these would change moto's records, and nothing of a machine or a disk.
OF_MACHINES = {
    "AssociateAddress": "a machine keeps the address that it was started with",
    "AttachNetworkInterface": "a machine has one network interface",
    "CopySnapshot": "the copy would have no content",
    "CreateFleet": "its instances would have no machines: RunInstances launches some",
    "CreateSnapshots": "the snapshots would have no content: CreateSnapshot copies a volume",
    "RequestSpotFleet": "its instances would have no machines: RunInstances launches some",
}
# S3's operations, by the part of the query that names them.
_OF_BUCKETS = {
    "accelerate": "there is no network that could be quicker",
    "inventory": "nobody writes inventories",
    "notification": "there is nothing that could be notified",
    "replication": "objects are not copied to other buckets",
    "website": "it serves no websites",
}


def check_effects(world: World, request: Request) -> None:
    """Raise NotImplementedError, with the reason, for a request that would have no effect, or not all of it."""
    service = request.service or "sts"  # the only one that takes requests which nobody has signed, beside S3
    why = OPERATIONS.get(service, {}).get(request.operation)
    if request.service == "ec2" and world.hypervisor:
        why = why or OF_MACHINES.get(request.operation)
    if request.service == "s3" and request.http.method == "PUT":
        why = next((_OF_BUCKETS[name] for name in request.http.query if name in _OF_BUCKETS), None)
    if why:
        raise NotImplementedError(why)
    for path, (harmless, reason) in PARAMETERS.get(request.service, {}).get(request.operation, {}).items():
        given = _find(request.parameters, path.split("."))
        if given not in (None, "", [], {}) and given not in harmless:
            raise NotImplementedError(f"{path}: {reason}")


def list_parameters() -> Iterator[tuple[str, str, str]]:
    """Yield service, operation and path of each parameter that is looked at."""
    for service, operations in PARAMETERS.items():
        for operation, parameters in operations.items():
            yield from ((service, operation, path) for path in parameters)


def _find(value: Any, path: list[str]) -> Any:
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value
