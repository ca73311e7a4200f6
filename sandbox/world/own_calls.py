"""Calls that a service makes by itself, under the role that it was given: AWS Batch starts machines so.

They go the way of every request, so that faults, permissions, quotas and laws hold for them too; they are not counted
among the calls that came in.
"""

from collections.abc import Mapping
from typing import Any, Protocol


class OwnCalls(Protocol):
    def __call__(
        self, service: str, region: str, operation: str, parameters: Mapping[str, Any], role_arn: str
    ) -> dict[str, Any]:
        """Return the answer as boto3 gives it; raises `OwnCallError` where the call is refused.

        `service` and `operation` are named as in boto3's model ("ec2", "RunInstances").
        """


class OwnCallError(Exception):
    """A refused call: `code` is AWS's error code, the message AWS's own."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def refuse_all(
    service: str, region: str, operation: str, parameters: Mapping[str, Any], role_arn: str
) -> dict[str, Any]:
    """Refuse where nobody serves, which only a world without a door is."""
    raise OwnCallError("RequestExpired", f"nobody answers {service}:{operation} in {region}")
