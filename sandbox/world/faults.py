"""Bad days on request: an action that fails a given number of times, as AWS's own error."""

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from threading import Lock
from typing import Any

from sandbox.world.request import Request


@dataclass(frozen=True)
class Fault:
    """`action`: an operation ("RunInstances"), a method and a path ("PUT /bucket"), or "*" for all calls.

    `times` None: for ever. `after`: matching calls let through first. `where`: parameters that must be equal.

    `where` names a parameter as the API Reference does ("InstanceType", "DryRun"), a nested one by its last part.
    """

    action: str
    code: str
    status: int = 400
    message: str = ""
    times: int | None = 1
    after: int = 0
    where: Mapping[str, str] = field(default_factory=dict)

    def matches(self, request: Request) -> bool:
        if self.action not in ("*", request.operation):
            return False
        return all(_has(request, name, str(value)) for name, value in self.where.items())


def _has(request: Request, name: str, value: str) -> bool:
    return any(text.lower() == value.lower() for text in request.texts(name))


class Faults:
    def __init__(self) -> None:
        self._faults: list[Fault] = []
        self._lock = Lock()

    def add(self, action: str, code: str, **rest: Any) -> Fault:
        """Arrange a fault (the fields of `Fault`); TypeError for an unknown field."""
        fault = Fault(action, code, **rest)
        with self._lock:
            self._faults.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._faults.clear()

    def report(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def strike(self, request: Request) -> Fault | None:
        """Find the fault that this request meets, counted down; None when there is none."""
        with self._lock:
            for index, fault in enumerate(self._faults):
                if not fault.matches(request):
                    continue
                if fault.after > 0:
                    self._faults[index] = replace(fault, after=fault.after - 1)
                    continue
                if fault.times == 1:
                    del self._faults[index]
                elif fault.times is not None:
                    self._faults[index] = replace(fault, times=fault.times - 1)
                return replace(fault, message=fault.message or _message(fault, request))
        return None


def _message(fault: Fault, request: Request) -> str:
    if fault.code == "UnauthorizedOperation":
        return unauthorized(request.operation)
    if fault.code == "RequestLimitExceeded":
        return "Request limit exceeded."
    if fault.code == "InsufficientInstanceCapacity":
        instance_type = next(request.texts("InstanceType"), "requested")
        return (
            f"We currently do not have sufficient {instance_type} capacity in the Availability Zone you requested. "
            "Our system will be working on provisioning additional capacity."
        )
    return f"{fault.code} (arranged in the sandbox for {request.operation})"


def unauthorized(action: str) -> str:
    """Write EC2's message for a denied action, with the encoded part that sts:DecodeAuthorizationMessage reads.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html (UnauthorizedOperation).
    """
    denied = {"allowed": False, "explicitDeny": False, "context": {"action": f"ec2:{action}"}}
    blob = base64.urlsafe_b64encode(json.dumps(denied).encode()).decode().rstrip("=")
    return (
        "You are not authorized to perform this operation. User: arn:aws:iam::123456789012:user/sandbox is not "
        f"authorized to perform: ec2:{action} because no identity-based policy allows the ec2:{action} action. "
        f"Encoded authorization failure message: {blob}"
    )
