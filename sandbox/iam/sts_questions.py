"""What a call of STS must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecuritytokenservice.html
"""

from collections.abc import Iterator

from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request


def ask(request: Request) -> Iterator[Question]:
    """Ask for AssumeRole; GetCallerIdentity and GetSessionToken need no permission (AWS STS API Reference)."""
    if request.operation == "AssumeRole":
        yield Question("sts:AssumeRole", str(request.get("RoleArn")))
