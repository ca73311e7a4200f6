"""What CreateJobQueue and UpdateJobQueue are asked for a job queue (pure).

Source: CreateJobQueue and UpdateJobQueue, AWS Batch API Reference.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from environments.model.resource import Ref


def render(order: Sequence[str | Ref], fields: Mapping[str, Any], *, whole: bool) -> dict[str, Any]:
    """Write these fields as parameters; `order` are the ARNs of its compute environments.

    `whole` is for a new queue, where no time limits are nothing to say; for an existing one they take all away.
    """
    request = {key: fields[key] for key in ("priority", "state") if key in fields}
    if "computeEnvironments" in fields:
        request["computeEnvironmentOrder"] = [{"order": n, "computeEnvironment": arn} for n, arn in enumerate(order, 1)]
    if fields.get("timeLimits") or ("timeLimits" in fields and not whole):
        request["jobStateTimeLimitActions"] = [
            {"reason": reason, "state": "RUNNABLE", "maxTimeSeconds": seconds, "action": action}
            for reason, seconds, action in fields["timeLimits"]
        ]
    return request
