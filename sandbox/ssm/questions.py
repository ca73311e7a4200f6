"""What a call of Systems Manager must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssystemsmanager.html
"""

from collections.abc import Iterator

from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT


def ask(request: Request) -> Iterator[Question]:
    action = f"ssm:{request.operation}"
    if request.operation.startswith("Describe"):
        yield Question(action)
        return
    names = request.get("Names") or [request.get("Name") or request.get("Path")]
    for name in names:
        # AWS's public parameters belong to no account.
        account = "" if str(name).startswith("/aws/") else ACCOUNT
        yield Question(action, f"arn:aws:ssm:{request.region}:{account}:parameter/{str(name).lstrip('/')}")
