"""What a call of CloudWatch Logs must be allowed.

Source: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
"""

from collections.abc import Iterator

from sandbox.iam.evaluation import tags
from sandbox.iam.evaluation.policy import Question
from sandbox.world.request import Request
from sandbox.world.world import ACCOUNT


def ask(request: Request) -> Iterator[Question]:
    identifier = str(request.get("logGroupIdentifier") or "")
    named = identifier.partition(":log-group:")[2].removesuffix(":*") or identifier
    name, action = request.get("logGroupName") or named, f"logs:{request.operation}"
    own: dict[str, str | None] = dict(tags.as_dict(request.get("tags")))
    keys = tags.list_requested(own | dict.fromkeys(request.get("tagKeys") or []))
    if name:
        yield Question(action, f"arn:aws:logs:{request.region}:{ACCOUNT}:log-group:{name}", keys)
    elif request.get("resourceArn"):
        yield Question(action, str(request.get("resourceArn")), keys)
    else:
        yield Question(action, "*", keys)
